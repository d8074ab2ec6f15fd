"""The live table: what each partner sent, what is on its way and what the hub already has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sandbox.demo.count import Count, origin_of
from sandbox.driver.world import Portal

_LAST = 8
_TITLE_WIDTH = 46


@dataclass(frozen=True)
class View:
    """One look at the portals."""

    partners: list[Portal]
    count: Count
    hub_deals: Sequence[Mapping[str, Any]]
    planned: int
    seconds: float


def draw(view: View) -> RenderableType:
    return Group(_partners(view), _last_deals(view), _foot(view))


def _partners(view: View) -> Table:
    table = Table(title="Deals from the partners to the hub", title_justify="left", expand=False)
    table.add_column("Partner portal")
    table.add_column("Application", style="dim")
    for title, style in (("sent", ""), ("on the way", "yellow"), ("in the hub", "green")):
        table.add_column(title, justify="right", style=style)
    for partner in view.partners:
        sent = sum(member == partner.member_id for member, _ in view.count.sent)
        arrived = sum(member == partner.member_id for member, _ in view.count.arrived)
        table.add_row(partner.title, partner.way.value, str(sent), str(sent - arrived), str(arrived))
    return table


def _last_deals(view: View) -> Table:
    table = Table(title="Last deals in the hub", title_justify="left", expand=False)
    for title, justify in (("hub deal", "right"), ("from", "left"), ("deal", "right")):
        table.add_column(title, justify="right" if justify == "right" else "left")
    table.add_column("title", max_width=_TITLE_WIDTH, no_wrap=True, overflow="ellipsis")
    table.add_column("amount", justify="right")
    names = {partner.member_id: partner.title for partner in view.partners}
    newest = sorted(view.hub_deals, key=lambda deal: int(deal["id"]), reverse=True)
    for deal in newest[:_LAST]:
        member, number = origin_of(deal) or ("", "–")
        amount = f"{float(deal.get('opportunity') or 0):,.2f} {deal.get('currencyId') or ''}"
        table.add_row(
            str(deal["id"]), names.get(member, "–"), number, Text(str(deal.get("title") or "")), amount
        )
    return table


def _foot(view: View) -> Text:
    counted = view.count
    if counted.duplicates:
        return Text(f"{counted.duplicates} deals too many in the hub.", style="bold red")
    if len(counted.sent) >= view.planned and not counted.lost:
        return Text(
            f"All {len(counted.sent)} deals arrived, each once. Open the portals and click, or move a deal"
            " yourself; Ctrl-C stops everything.",
            style="green",
        )
    return Text(f"{counted.delivered} of {view.planned} planned deals delivered after {view.seconds:.0f} s.")
