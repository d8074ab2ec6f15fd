"""Product rows: prices with discount and tax, and the amount of the deal."""

import pytest


async def rows_of(stage, *rows, owner=1):
    ask = {"ownerType": "D", "ownerId": owner, "productRows": list(rows)}
    return (await stage.result("crm.item.productrow.set", ask))["productRows"]


async def deal(stage):
    return (await stage.result("crm.item.get", {"entityTypeId": 2, "id": 1}))["item"]


@pytest.mark.parametrize(
    ("given", "exclusive", "netto", "brutto", "discount"),
    [
        ({"price": 120, "taxRate": 20}, 100, 100, 120, (0, 0)),
        ({"price": 120, "taxRate": 20, "taxIncluded": "Y"}, 100, 100, 120, (0, 0)),
        ({"price": 90, "discountTypeId": 2, "discountRate": 10}, 90, 100, 100, (10, 10)),
        ({"price": 90, "discountTypeId": 1, "discountSum": 10}, 90, 100, 100, (10, 10)),
        ({"price": 108, "taxRate": 20, "discountRate": 10}, 90, 100, 120, (10, 10)),
        ({"price": 50}, 50, 50, 50, (0, 0)),
    ],
)
async def test_the_four_prices_of_a_row(stage, given, exclusive, netto, brutto, discount):
    await stage.deals({"title": "x"})
    (row,) = await rows_of(stage, {"productName": "A", **given})
    assert row["price"] == row["priceAccount"] == given["price"]
    assert (row["priceExclusive"], row["priceNetto"], row["priceBrutto"]) == (exclusive, netto, brutto)
    assert (row["discountRate"], row["discountSum"]) == discount


async def test_amount_and_tax_come_from_the_rows_unless_set_by_hand(stage):
    await stage.deals({"opportunity": 5})
    await rows_of(stage, {"price": 120, "quantity": 2, "taxRate": 20}, {"price": 0.335, "quantity": 3})
    assert ((await deal(stage))["opportunity"], (await deal(stage))["taxValue"]) == (241.02, 40)
    change = {"entityTypeId": 2, "id": 1, "fields": {"isManualOpportunity": "Y", "opportunity": 7}}
    await stage.result("crm.item.update", change)
    await rows_of(stage, {"price": 11, "quantity": 1, "taxRate": 10})
    assert ((await deal(stage))["opportunity"], (await deal(stage))["taxValue"]) == (7, 1)
    change["fields"] = {"isManualOpportunity": "N"}
    assert (await stage.result("crm.item.update", change))["item"]["opportunity"] == 11


async def test_derived_prices_are_read_only_in_one_family_and_writable_in_the_other(stage):
    await stage.deals({"title": "x"})
    (row,) = await rows_of(stage, {"price": 100, "priceNetto": 1, "priceExclusive": 1, "taxRate": ""})
    assert (row["priceNetto"], row["taxRate"], row["taxName"]) == (100, None, "No VAT")
    old = [{"PRODUCT_NAME": "A", "PRICE_EXCLUSIVE": 100, "TAX_RATE": 20, "QUANTITY": 1}]
    await stage.result("crm.deal.productrows.set", {"id": 1, "rows": old})
    (shown,) = await stage.result("crm.deal.productrows.get", {"id": 1})
    assert (shown["PRICE"], shown["PRICE_EXCLUSIVE"], shown["PRICE_BRUTTO"]) == (120, 100, 120)
    assert (await deal(stage))["opportunity"] == 120


async def test_the_older_family_wants_the_figure_of_a_discount(stage):
    await stage.deals({"title": "x"})
    for row in ({"DISCOUNT_TYPE_ID": 1}, {"DISCOUNT_TYPE_ID": 2}):
        wrong = {"id": 1, "rows": [{"PRICE": 1, **row}]}
        assert (await stage.error("crm.deal.productrows.set", wrong))[1] == "ERROR_CORE"
