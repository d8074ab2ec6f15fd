"""Dictionaries of a portal that change rarely: users by e-mail, deal fields. Read once, kept for minutes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from application.portal_api import PortalApi

_KEEP_SECONDS = 600.0
_PAGE = 50
_MAX_USERS = 20_000
_MAX_KNOWN = 2_000

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Users:
    """Active users of a portal."""

    by_email: dict[str, int]
    emails: dict[int, str]


class Directory:
    """What is known of each portal's dictionaries; one reader at a time, the others wait for its answer."""

    def __init__(self) -> None:
        self._kept: dict[tuple[UUID, str], tuple[float, Any]] = {}
        self._reading: dict[tuple[UUID, str], asyncio.Lock] = {}

    async def users(self, api: PortalApi) -> Users:
        """E-mails are only shown with scope `user` or `user_basic` (bitrix24-crm-rest 6.4)."""
        return await self._keep(api, "users", _read_users)

    async def deal_fields(self, api: PortalApi) -> dict[str, dict[str, Any]]:
        """`crm.item.fields` of deals: camelCase name → description with `upperName`."""
        return await self._keep(api, "deal_fields", _read_deal_fields)

    async def _keep(
        self, api: PortalApi, what: str, read: Callable[[PortalApi], Awaitable[_Value]]
    ) -> _Value:
        key = (api.portal.id, what)
        async with self._reading.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            if kept and time.monotonic() - kept[0] < _KEEP_SECONDS:
                value: _Value = kept[1]
                return value
            value = await read(api)
            if len(self._kept) >= _MAX_KNOWN:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), value)
            return value


async def _read_users(api: PortalApi) -> Users:
    by_email: dict[str, int] = {}
    emails: dict[int, str] = {}
    for start in range(0, _MAX_USERS, _PAGE):
        page = await api.call("user.get", {"FILTER": {"ACTIVE": "Y"}, "start": start})
        for user in page:
            email = str(user.get("EMAIL") or "").strip().lower()
            if email:
                by_email.setdefault(email, int(user["ID"]))
                emails[int(user["ID"])] = email
        if len(page) < _PAGE:
            break
    return Users(by_email, emails)


async def _read_deal_fields(api: PortalApi) -> dict[str, dict[str, Any]]:
    result = await api.call("crm.item.fields", {"entityTypeId": 2})
    fields: dict[str, dict[str, Any]] = result["fields"]
    return fields
