"""The deliveries page: what crossed, what did not and why, and who may see it."""

from playwright.async_api import expect

from tests.pages.crossed import DEALS, Crossed
from tests.pages.window import BROWSER, Windows

pytestmark = BROWSER


async def test_a_partner_sees_its_own_deals_with_their_states_in_words(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.south.name)
    await expect(window.rows).to_have_count(DEALS + 1)
    await expect(window.rows.first).to_have_text(crossed.refused["south"])
    states = window.app.locator("tbody tr > td:nth-child(3)")
    await expect(states).to_have_text(["Rejected", *["Delivered"] * DEALS])
    await expect(window.app.get_by_text(crossed.refused["north"])).to_have_count(0)
    await expect(window.app.locator("header")).to_contain_text(f"{crossed.south.domain} sends to the hub")


async def test_the_hub_sees_the_deals_of_every_partner(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.hub.name)
    await expect(window.rows).to_have_count(2 * (DEALS + 1))
    for title in crossed.refused.values():
        await expect(window.app.get_by_role("button", name=title)).to_be_visible()
    await expect(window.app.locator("header")).to_contain_text("получает от партнёров")


async def test_a_delivery_opens_and_closes_by_keyboard(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.north.name)
    row, dialog = window.rows.nth(1), window.app.get_by_role("dialog")
    await row.focus()
    await window.page.keyboard.press("Enter")
    await expect(dialog.get_by_role("heading", level=2)).to_have_text(await row.inner_text())
    steps = dialog.locator("ol > li")
    kinds = ["Получено", "Прочитано", "Сопоставлено"]
    for number, kind in enumerate(kinds):
        await expect(steps.nth(number)).to_contain_text(kind)
    await expect(steps.last).to_contain_text("Доставлено: сделка")
    await expect(dialog.get_by_role("link", name="Открыть сделку на главном портале")).to_be_visible()

    await window.page.keyboard.press("ArrowDown")
    await expect(dialog).to_contain_text(f"3 из {DEALS + 1}")
    await window.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(window.rows.nth(2)).to_be_focused()


async def test_a_delivery_in_vain_says_why_and_what_to_do(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.south.name)
    await window.rows.first.click()
    why = window.app.get_by_role("dialog").get_by_role("alert")
    await expect(why).to_contain_text("Why it was not delivered")
    await expect(why).to_contain_text("Bitrix24 refused crm.deal.add: Fill in the source")
    await expect(why).to_contain_text("What to do: Change what it complains about")


async def test_tiles_filter_the_list_and_let_go_again(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.open_app(crossed.south.name)
    tiles = window.app.locator("button[aria-pressed]")
    await expect(tiles).to_contain_text(["On the way", "Delivered", "Need attention"])
    await expect(tiles).to_contain_text(["0", str(DEALS), "1"])
    await tiles.nth(2).click()
    await expect(window.rows).to_have_text([crossed.refused["south"]])
    await tiles.nth(0).click()
    await expect(window.app.get_by_text("Nothing matches")).to_be_visible()
    await window.app.get_by_role("button", name="Show all").click()
    await expect(window.rows).to_have_count(DEALS + 1)


async def test_the_deal_list_opens_the_page_in_a_slider_and_the_page_opens_its_deal(
    windows: Windows, crossed: Crossed
):
    window = await windows()
    await window.page.goto(window.portal_url(crossed.north.name))
    await window.page.get_by_role("button", name="Передача сделок").click()
    await window.rows.first.click()
    await window.app.get_by_role("link", name="Открыть сделку партнёра").click()
    deal = window.page.frame_locator("iframe[src*='/crm/deal/details/']")
    await expect(deal.get_by_role("heading", level=1)).to_contain_text(crossed.refused["north"])


async def test_who_is_no_administrator_is_told_so(windows: Windows, crossed: Crossed):
    window = await windows()
    await window.act_as(crossed.south.name, 2)
    await window.open_app(crossed.south.name)
    refusal = window.app.get_by_role("alert")
    await expect(refusal).to_contain_text("Only administrators see the deliveries")
    await expect(refusal).to_contain_text("Ask a portal administrator to open this page.")
    assert window.asked("GET", "") == []
