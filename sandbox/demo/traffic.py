"""Deals made and moved in the partner portals, and what became of them, as the portals themselves tell."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.demo.count import Count, Origin, count, origin_of
from sandbox.demo.deals import make_deals
from sandbox.driver.control import Control
from sandbox.driver.world import STAGE, START, Portal

Json = dict[str, Any]

_CUSTOM: dict[str, list[Any]] = {
    "ufCrm_1721244707107": ["118-П/2026", "A-2026/0042", "Д-7 «срочный»", ""],
    "ufCrm_1721244707208": [12.5, 240, 1080.75],
    "ufCrm_1721244707309": ["2026-10-01", "2026-11-15", "2026-12-31"],
    "ufCrm_1721244707410": [44, 46, 48],
    "ufCrm_1721244707511": ["Y", "N"],
    "ufCrm_INN2": ["7707083893", "500100732259", "GB980780684"],
}


@dataclass
class Traffic:
    """Sends deals through partners to the hub and counts them on both sides."""

    control: Control
    hub: Portal
    partners: list[Portal]
    sent: dict[str, list[int]] = field(default_factory=dict)

    def share(self, total: int, *, seed: str = "demo") -> dict[str, list[Json]]:
        """`total` deals dealt out evenly to the partners, by name."""
        each, rest = divmod(total, len(self.partners))
        return {
            partner.name: list(
                make_deals(
                    each + (position < rest),
                    language=partner.language,
                    users=partner.users,
                    custom=_CUSTOM,
                    seed=f"{seed} {partner.name}",
                )
            )
            for position, partner in enumerate(self.partners)
        }

    async def send(self, partner: str, deals: list[Json]) -> list[int]:
        """Create the deals and move them into the stage where the robot sits."""
        ids = await self.control.add_deals(partner, deals)
        self.sent.setdefault(partner, []).extend(ids)
        await self.control.move(partner, ids, STAGE)
        return ids

    async def send_again(self, partner: str, ids: list[int]) -> None:
        """Move deals out of the stage and in again, as a person does whose deal did not arrive."""
        await self.control.move(partner, ids, START)
        await self.control.move(partner, ids, STAGE)

    @property
    def sent_total(self) -> int:
        return sum(map(len, self.sent.values()))

    def origins(self) -> Iterator[Origin]:
        for partner in self.partners:
            for number in self.sent.get(partner.name, ()):
                yield partner.member_id, str(number)

    async def count(self) -> Count:
        return count(self.origins(), await self.control.deals(self.hub.name))

    async def notice(self) -> list[Json]:
        """Count deals as sent that a person brought to the stage, in the portal; returns the hub's deals."""
        hub_deals = await self.control.deals(self.hub.name)
        arrived = {origin_of(deal) for deal in hub_deals}
        for partner in self.partners:
            sent = self.sent.setdefault(partner.name, [])
            known = set(sent)
            for deal in await self.control.deals(partner.name):
                here = deal["stageId"] == STAGE or (partner.member_id, str(deal["id"])) in arrived
                if here and deal["id"] not in known:
                    sent.append(deal["id"])
        return hub_deals

    async def waiting_robots(self) -> int:
        """Robots that still wait for the bridge's answer; those whose deal moved on do not count."""
        lists = await asyncio.gather(*(self.control.workflows(partner.name) for partner in self.partners))
        return sum(
            run["state"] == "waiting" and not run.get("terminated", False) for runs in lists for run in runs
        )

    async def pending_calls(self) -> int:
        return int((await self.control.calls())["pending"])

    async def failed_calls(self) -> int:
        """Robot calls that nobody answered with 200; Bitrix24 notes and forgets them."""
        answer = await self.control.calls()
        return sum(row["kind"] == "robot" and row["status"] != 200 for row in answer["calls"])

    async def requests(self) -> tuple[int, int]:
        """REST requests that the hub and all partners together have had so far."""
        names = [self.hub.name, *(partner.name for partner in self.partners)]
        rows = await asyncio.gather(*(self.control.requests(name) for name in names))
        return rows[0]["total"], sum(row["total"] for row in rows[1:])
