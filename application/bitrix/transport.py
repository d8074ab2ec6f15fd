"""Carries bytes to portals: b24pysdk prepares the request and parses the answer, aiohttp sends it.

b24pysdk 1.3 has no seam for a transport, so four of its inner names are used here and nowhere else
(`_MethodCaller._url`, `._effective_params`, `BitrixAPIRequester._headers`, `._parse_response`); tests pin
them. Its own sending, retries, sleeping and token refresh never run.
"""

import ipaddress
import json
import socket
import ssl
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import requests
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from b24pysdk.api.callers.call_method import _MethodCaller
from b24pysdk.api.requesters import BitrixAPIRequester
from b24pysdk.errors import BitrixBaseAPIError, BitrixResponseError

from application.bitrix.answers import Moved, error_parts, translate, unreadable
from application.errors import OutcomeUnknown, TryLater

CONNECT_SECONDS = 5.0
READ_SECONDS = 65.0  # a cloud portal works on a request for up to 60 s (bitrix24-crm-rest 2.2)
MAX_ANSWER_BYTES = 32 * 1024 * 1024
_REDIRECT = 302
# A request that failed here never reached the portal.
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class PrivateAddress(OSError):
    """A host resolves to an address that only this machine or network can reach."""


class AnswerTooLong(ValueError):
    """More than any answer of Bitrix24 holds."""


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise AnswerTooLong
    return bytes(content)


class _GuardedResolver(AbstractResolver):
    """Resolves names; refuses private addresses except for hosts that the operator named."""

    def __init__(self, private_hosts: Sequence[str]) -> None:
        self._private_hosts = private_hosts
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host.endswith(".localhost"):  # RFC 6761: such names mean this machine, whatever a resolver says
            found = [
                ResolveResult(
                    hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
                )
            ]
        else:
            found = await self._resolver.resolve(host, port, family)
        for address in found:
            guard_address(host, address["host"], self._private_hosts)
        return found

    async def close(self) -> None:
        await self._resolver.close()


def guard_address(host: str, address: str, private_hosts: Sequence[str]) -> None:
    """Raise PrivateAddress unless `address` is public or `host` may be private."""
    try:
        if ipaddress.ip_address(address).is_global:
            return
    except ValueError:
        raise PrivateAddress(f"{host} is no well-formed address") from None
    if not any(fnmatch(host.lower(), pattern.lower()) for pattern in private_hosts):
        raise PrivateAddress(f"{host} resolves to a private address")


class _Prepared(BitrixAPIRequester):
    """The SDK's requester with its parts in reach."""

    __slots__ = ()

    def headers(self) -> dict[str, str]:
        return dict(self._headers)

    def parse(self, status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        response = requests.Response()
        response.status_code = status
        response.headers.update(headers)
        response._content = body  # noqa: SLF001 - requests has no other way to make a response of known bytes
        response.url = self._url
        response.encoding = "utf-8"
        parsed: dict[str, Any] = self._parse_response(response)
        return parsed


class Transport:
    """One connection pool for all portals and authorization servers of this process."""

    def __init__(self, *, private_hosts: Sequence[str], ca_file: Path | None) -> None:
        self._private_hosts = private_hosts
        tls = ssl.create_default_context()
        if ca_file:
            tls.load_verify_locations(ca_file)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=tls, resolver=_GuardedResolver(private_hosts), limit=256, limit_per_host=16
            ),
            timeout=aiohttp.ClientTimeout(total=READ_SECONDS + CONNECT_SECONDS, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        await self._session.close()

    async def call(
        self, *, domain: str, token: str, member_id: str, method: str, params: dict[str, Any], writes: bool
    ) -> dict[str, Any]:
        """Call one REST method; returns the whole envelope.

        Raises TokenRefused, Moved, or one of our errors; for a write whose fate is open, OutcomeUnknown.
        """
        caller = _MethodCaller(
            domain=domain, auth_token=token, is_webhook=False, api_method=method, params=params
        )
        request = _Prepared(caller._url, params=caller._effective_params)  # noqa: SLF001 - see the module's text
        status, headers, body = await self._send(
            caller._url,  # noqa: SLF001 - see the module's text
            json.dumps(caller._effective_params).encode(),  # noqa: SLF001 - see the module's text
            request.headers(),
            method,
            writes=writes,
        )
        if status == _REDIRECT and "location" in headers:
            raise Moved(headers["location"])
        try:
            return request.parse(status, headers, body)
        except BitrixBaseAPIError as error:
            code, description = error_parts(dict(error.json_response))
            raise translate(code, description, member_id=member_id, method=method, writes=writes) from None
        except (BitrixResponseError, AttributeError, TypeError, ValueError):
            raise unreadable(status, method=method, writes=writes) from None

    async def ask(
        self, url: str, *, query: dict[str, str] | None = None, form: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Read a JSON object from an authorization server: GET a query or POST a form.

        Raises TryLater if no JSON comes.
        """
        host = url.partition("://")[2].partition("/")[0]
        try:
            self._guard_literal(host)
            async with self._session.request(
                "POST" if form else "GET", url, params=query, data=form, allow_redirects=False
            ) as answer:
                parsed = json.loads(await _body(answer))
                return answer.status, parsed if isinstance(parsed, dict) else {}
        except (aiohttp.ClientError, TimeoutError, ValueError, PrivateAddress) as error:
            raise TryLater("oauth_unreachable", host=host, reason=type(error).__name__) from None

    def _guard_literal(self, host: str) -> None:
        name = urlsplit(f"//{host}").hostname or ""
        # aiohttp asks no resolver, which guards names, for whatever it takes for an address, such as 127.1.
        if ":" in name or name.replace(".", "").isdigit():
            guard_address(name, name, self._private_hosts)

    async def _send(
        self, url: str, body: bytes, headers: dict[str, str], method: str, *, writes: bool
    ) -> tuple[int, dict[str, str], bytes]:
        host = url.partition("://")[2].partition("/")[0]
        try:
            self._guard_literal(host)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                content = await _body(answer)
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, content
        except AnswerTooLong:
            raise unreadable(200, method=method, writes=writes) from None
        except (*_NEVER_SENT, PrivateAddress) as error:
            raise TryLater("portal_unreachable", host=host, reason=type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            kind = OutcomeUnknown if writes else TryLater
            raise kind("connection_lost", host=host, method=method, reason=type(error).__name__) from None
