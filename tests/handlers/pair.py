"""A partner and a hub, and what a person could do in either."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.model import Portal
from tests.application.bench import Bench, name_of


@dataclass(frozen=True)
class Pair:
    """Deals leave `partner` and arrive in `hub`."""

    bench: Bench
    partner: Portal
    hub: Portal

    async def new_deal(self, title: str = "A deal", **fields: Any) -> int:
        (deal_id,) = await self.bench.control.add_deals(
            name_of(self.partner), [{"title": title, "opportunity": 100, **fields}]
        )
        return deal_id

    async def change(self, deal_id: int, **fields: Any) -> None:
        """As a person changes a deal in the partner's portal."""
        await self._as_admin(self.partner, "crm.item.update", id=deal_id, fields=fields)

    async def delete_hub_deal(self, deal_id: int) -> None:
        await self._as_admin(self.hub, "crm.item.delete", id=deal_id)

    async def add_hub_deal(self, **fields: Any) -> int:
        (deal_id,) = await self.bench.control.add_deals(name_of(self.hub), [{"title": "x", **fields}])
        return deal_id

    async def _as_admin(self, portal: Portal, method: str, **params: Any) -> None:
        contact = await self.bench.contact(name_of(portal))
        api = self.bench.engine.apis.of(portal)
        await api.interactive(contact.access_token, method, {"entityTypeId": 2, **params})

    async def send(self, deal_id: int) -> UUID:
        """The deal enters the guarded stage."""
        return await self.bench.call_robot(self.partner, deal_id)

    async def delivered(self, deal_id: int) -> dict[str, Any]:
        return await self.bench.settled(await self.send(deal_id))

    async def hub_deals(self) -> list[dict[str, Any]]:
        return await self.bench.deals(self.hub)

    async def fault(self, kind: str, method: str = "crm.deal.add", times: int = 1, **more: Any) -> None:
        """Trouble in the hub."""
        await self.bench.control.fault(kind, name_of(self.hub), method=method, times=times, **more)
