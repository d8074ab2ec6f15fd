"""Call a portal as if it had no limits: reads of one kind become one list, what waits becomes one batch."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application.bitrix.answers import Moved, TokenRefused
from application.bitrix.batch import MAX_COMMANDS
from application.errors import AppError, OutcomeUnknown, TryLater
from application.model import Portal
from application.request_queue import Command, Means, RequestQueue, Ticket, fail

_PATIENCE_OF_A_PAGE = 5.0


@dataclass(slots=True)
class _List:
    """A list by ids that is being filled: id → who waits for that row."""

    waiting: dict[Any, asyncio.Future[dict[str, Any] | None]] = field(default_factory=dict)


class PortalApi:
    """One portal's REST, shared by everything in this process."""

    def __init__(self, queue: RequestQueue, means: Means) -> None:
        self._queue = queue
        self._transport = means.transport
        self._tokens = means.tokens
        self._lists: dict[tuple[Any, ...], _List] = {}

    @property
    def portal(self) -> Portal:
        return self._queue.portal

    def renew(self, portal: Portal) -> None:
        """Take over what has changed of the portal's row: its host, its licence."""
        self._queue.portal = portal

    async def call(self, method: str, params: dict[str, Any], *, writes: bool = False) -> Any:
        """The `result` of one method. A write through here must be harmless to repeat.

        Raises our errors; see `application.errors` for what each means.
        """
        answer = asyncio.get_running_loop().create_future()
        return await self._queue.put(Command(method, params, answer), writes=writes)

    async def create(self, method: str, params: dict[str, Any], ticket: Ticket) -> Any:
        """A create under the ledger: the row is committed as sent before the request leaves.

        Raises NotOurs if the row or the delivery is somebody else's by now. An error that proves that
        nothing was carried out has the row's `sent_at` among its params as `not_carried_out`.
        """
        command = Command(method, params, asyncio.get_running_loop().create_future(), ticket)
        try:
            return await self._queue.put(command, writes=True)
        except AppError as error:
            if command.sent_at and not isinstance(error, OutcomeUnknown):
                error.not_carried_out = command.sent_at
            raise

    async def item(self, entity: int, item_id: int, select: tuple[str, ...]) -> dict[str, Any] | None:
        """One CRM item by `crm.item.list`; None if the list lacks it (which does not prove a deletion)."""
        return await self._row(("item", entity, "@id", "id", select), item_id)

    async def by_origin(self, entity: int, originator: str, origin: str) -> list[int]:
        """Ids of items that carry this origin, oldest first."""
        row = await self._row(("origin", entity, originator), origin)
        return row["ids"] if row else []

    async def _row(self, kind: tuple[Any, ...], key: Any) -> dict[str, Any] | None:
        filling = self._lists.get(kind)
        if filling is None or len(filling.waiting) >= MAX_COMMANDS:
            filling = self._lists[kind] = _List()
            self._queue.spawn(self._fetch(kind, filling))
        answer = filling.waiting.setdefault(key, asyncio.get_running_loop().create_future())
        # Two callers may wait for one row: the one that gives up must not take it from the other.
        return await asyncio.shield(answer)

    async def _fetch(self, kind: tuple[Any, ...], filling: _List) -> None:
        await asyncio.sleep(0)  # whoever starts in the same turn of the loop joins this list
        if self._lists.get(kind) is filling:
            del self._lists[kind]
        answers = list(filling.waiting.values())
        try:
            keys = list(filling.waiting)
            rows = await (self._origins if kind[0] == "origin" else self._items)(kind, keys)
        except AppError as error:
            fail(answers, error)
        except (KeyError, TypeError, ValueError):
            fail(answers, TryLater("answer_unreadable", method="crm.item.list", status=200))
        except Exception as error:  # noqa: BLE001 - every caller must hear of it
            fail(answers, error)
        else:
            for key, answer in filling.waiting.items():
                if not answer.done():
                    answer.set_result(rows.get(key))

    async def _items(self, kind: tuple[Any, ...], keys: list[Any]) -> dict[Any, dict[str, Any]]:
        _, entity, _, _, select = kind
        found = await self._list(entity, {"@id": keys}, list(select))
        return {int(item["id"]): item for item in found}

    async def _origins(self, kind: tuple[Any, ...], keys: list[Any]) -> dict[Any, dict[str, Any]]:
        _, entity, originator = kind
        rows: dict[Any, dict[str, Any]] = {}
        last = 0
        while True:  # duplicates can make 50 origins exceed one page
            wanted = {"=originatorId": originator, "@originId": keys, ">id": last}
            found = await self._list(entity, wanted, ["id", "originId"])
            for item in found:
                rows.setdefault(str(item["originId"]), {"ids": []})["ids"].append(int(item["id"]))
            if len(found) < MAX_COMMANDS:
                return rows
            last = max(int(item["id"]) for item in found)

    async def _list(self, entity: int, wanted: dict[str, Any], select: list[str]) -> list[dict[str, Any]]:
        params = {
            "entityTypeId": entity,
            "filter": wanted,
            "select": select,
            "order": {"id": "ASC"},
            "start": -1,
        }
        result = await self.call("crm.item.list", params)
        items: list[dict[str, Any]] = result["items"]
        return items

    async def interactive(self, token: str, method: str, params: dict[str, Any]) -> Any:
        """A page's own call with its user's token, at once and outside the queue."""
        await asyncio.sleep(min(await self._queue.reserve(), _PATIENCE_OF_A_PAGE))
        try:
            answer = await self._transport.call(
                domain=self._tokens.domain(self.portal), token=token, member_id=self.portal.member_id,
                method=method, params=params, writes=False,
            )  # fmt: skip
        except (TokenRefused, Moved):
            raise TryLater("session_lost") from None
        return answer.get("result")


class PortalApis:
    """The portals this process talks to, each with one queue."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._known: dict[UUID, PortalApi] = {}

    def of(self, portal: Portal) -> PortalApi:
        """The API of `portal` as its row is now; made anew when its installation has changed."""
        known = self._known.get(portal.id)
        if known is None or known.portal.application_id != portal.application_id:
            self._means.tokens.forget(portal.id)
            queue = RequestQueue(portal, self._means)
            known = self._known[portal.id] = PortalApi(queue, self._means)
        known.renew(portal)
        return known
