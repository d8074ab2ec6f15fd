"""A hub and two partners between which deals have crossed, so that there is something to look at."""

import asyncio
from dataclasses import dataclass

from sandbox.demo.traffic import Traffic
from sandbox.driver.world import Portal, Way
from tests.scenarios.arena import Arena, until

DEALS = 3
REFUSAL = "CRM_FIELD_ERROR_REQUIRED"


@dataclass(frozen=True)
class Crossed:
    """`north` is Russian, `south` English; the hub refused the last deal of each."""

    hub: Portal
    north: Portal
    south: Portal
    refused: dict[str, str]


async def cross(arena: Arena) -> Crossed:
    """Let deals cross, then one more of each partner that the hub refuses; returns when all is final."""
    cards = (
        ("hub", "Центральный офис", "ru"),
        ("north", "ООО «Северный путь»", "ru"),
        ("south", "South Trade", "en"),
    )
    hub, north, south = await asyncio.gather(
        *(arena.world.add_portal(name, title, language, Way.MARKET) for name, title, language in cards)
    )
    await arena.world.connect(north, hub, wait=True)
    await arena.world.connect(south, hub, wait=False)
    traffic = Traffic(arena.control, hub, [north, south])
    for name, deals in traffic.share(2 * DEALS).items():
        await traffic.send(name, deals)
    await _finished(arena, hub, 2 * DEALS)

    await arena.control.fault(
        "error", hub.name, method="crm.deal.add", error=REFUSAL, description="Fill in the source", status=400
    )
    refused = {"north": "Отказ: монтаж вентиляции", "south": "Refused: forklift lease"}
    for name, title in refused.items():
        await traffic.send(name, [{"title": title, "opportunity": 1234.5, "currencyId": "USD"}])
    await _finished(arena, hub, 2 * DEALS + len(refused))
    await arena.control.clear_faults()
    return Crossed(hub, north, south, refused)


async def _finished(arena: Arena, hub: Portal, number: int) -> None:
    page = await arena.browser.open(hub.name, hub.client_id)

    async def finished() -> bool:
        _, answer = await page.api("GET", "deliveries")
        return int(answer["counts"]["delivered"] + answer["counts"]["failed"]) == number

    await until(finished, 30, f"{number} deliveries are final")
