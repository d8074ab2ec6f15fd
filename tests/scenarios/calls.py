"""Robot calls made by hand, field by field, for what the queue server itself would never send."""

import io
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from sandbox.driver.control import loopback_session
from sandbox.driver.world import ROBOT
from tests.scenarios.arena import Arena, Pair

Fields = list[tuple[str, str]]
FORM = "application/x-www-form-urlencoded"


async def robot_call(arena: Arena, pair: Pair, deal_id: int) -> Fields:
    """The fields of a call as the queue server sends it for this deal, with tokens that work."""
    partner = pair.partner
    row = await arena.control.app_row(partner.name, partner.client_id)
    opened = (await arena.control.open(partner.name, partner.client_id))["fields"]
    workflow = f"{secrets.token_hex(7)}.{secrets.randbelow(10**8):08d}"
    now = int(time.time())
    oauth = f"https://{arena.control.oauth_host}/rest/"
    return [
        ("workflow_id", workflow),
        ("code", ROBOT),
        *(
            (f"document_id[{n}]", part)
            for n, part in enumerate(("crm", "CCrmDocumentDeal", f"DEAL_{deal_id}"))
        ),
        *((f"document_type[{n}]", part) for n, part in enumerate(("crm", "CCrmDocumentDeal", "DEAL"))),
        ("event_token", f"{workflow}|A1_2_3_4|{secrets.token_hex(16)}.{secrets.token_hex(32)}"),
        ("use_subscription", "N"),
        ("timeout_duration", "0"),
        ("ts", str(now)),
        ("auth[access_token]", opened["AUTH_ID"]),
        ("auth[expires]", str(now + 3600)),
        ("auth[expires_in]", "3600"),
        ("auth[scope]", "crm,bizproc,placement,user"),
        ("auth[domain]", partner.domain),
        ("auth[server_endpoint]", oauth),
        ("auth[status]", "F"),
        ("auth[client_endpoint]", f"https://{partner.domain}/rest/"),
        ("auth[member_id]", partner.member_id),
        ("auth[user_id]", "1"),
        ("auth[refresh_token]", opened["REFRESH_ID"]),
        ("auth[application_token]", row["application_token"]),
    ]


def changed(fields: Fields, **values: str | None) -> Fields:
    """Fields with others' values (None removes one); `__` in a name stands for a pair of brackets."""
    named = {_key(name): value for name, value in values.items()}
    kept = [(key, named.get(key, value)) for key, value in fields]
    new = [(key, value) for key, value in named.items() if key not in dict(fields)]
    return [(key, value) for key, value in (*kept, *new) if value is not None]


def _key(name: str) -> str:
    head, *rest = name.split("__")
    return head + "".join(f"[{part}]" for part in rest)


def encoded(fields: Fields) -> bytes:
    return urlencode(fields).encode()


async def post(arena: Arena, body: bytes, content_type: str = FORM) -> tuple[int, dict[str, Any]]:
    """Post to the robots' door; the answer must be JSON whatever happened."""
    headers = {"Content-Type": content_type}
    async with (
        loopback_session() as session,
        session.post(f"{arena.bridge.url}/b24/robot", data=io.BytesIO(body), headers=headers) as answer,
    ):
        text = await answer.text()
        return answer.status, json.loads(text)
