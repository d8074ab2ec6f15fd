"""Arithmetic of product rows: four prices of one unit, discounts, taxes, the amount of the owner."""

from typing import Any

from sandbox.wire import php
from sandbox.wire.errors import RestError

Row = dict[str, Any]

MONEY, PERCENT = 1, 2
_DEFINED = "Discount Type (DISCOUNT_TYPE_ID) is defined"
_NEED_SUM = "Discount Sum (DISCOUNT_SUM) is required if"


def number(value: Any, places: int = 2) -> float | int:
    rounded = round(php.to_float(value), places)
    return int(rounded) if float(rounded).is_integer() else rounded


def complete(row: Row, given: Row) -> None:
    """Derive what is not given. `price` is what the customer pays for one, discount and tax included.

    `priceExclusive` is without tax, `priceNetto` without tax and discount, `priceBrutto` without discount.
    """
    rate = php.to_float(row["taxRate"] or 0) / 100
    exclusive = given.get("priceExclusive")
    if given.get("price") in (None, "") and exclusive not in (None, ""):
        row["price"] = number(php.to_float(exclusive) * (1 + rate))
    price = php.to_float(row["price"])
    net = php.to_float(exclusive) if exclusive not in (None, "") else price / (1 + rate)
    netto = _without_discount(row, net)
    row |= {
        "priceExclusive": number(net),
        "priceNetto": number(given.get("priceNetto") or netto),
        "priceBrutto": number(given.get("priceBrutto") or netto * (1 + rate)),
        "priceAccount": row["price"],
    }


def check_discount(given: Row) -> None:
    """The older family wants the figure that goes with the type of discount."""
    kind = php.to_int(given.get("discountTypeId") or 0)
    rate, amount = given.get("discountRate"), given.get("discountSum")
    if kind == PERCENT and rate is None:
        text = f"Discount Rate (DISCOUNT_RATE) is required if Percentage {_DEFINED}."
    elif kind == PERCENT and php.to_float(rate) == 100 and amount is None:
        text = f"{_NEED_SUM} Percentage {_DEFINED} and Discount Rate (DISCOUNT_RATE) is 100%"
    elif kind == MONEY and amount is None:
        text = f"{_NEED_SUM} Monetary {_DEFINED}."
    else:
        return
    raise RestError("ERROR_CORE", f"{text}<br>")


def totals(rows: list[Row]) -> tuple[float | int, float | int]:
    """The amount of the owner and the tax in it; each row is rounded by itself."""
    amount = sum(round(row["price"] * row["quantity"], 2) for row in rows)
    net = sum(row["price"] * row["quantity"] / (1 + (row["taxRate"] or 0) / 100) for row in rows)
    return number(amount), number(amount - net)


def _without_discount(row: Row, net: float) -> float:
    """Complete the two figures of a discount from the one that counts; answer the undiscounted price."""
    netto: float = net + row["discountSum"]
    if row["discountTypeId"] == MONEY:
        row["discountRate"] = number(row["discountSum"] / netto * 100) if netto else 0
    elif row["discountRate"] < 100:
        netto = net / (1 - row["discountRate"] / 100)
        row["discountSum"] = number(netto - net)
    return netto
