"""The control API, `/_sandbox/…`: what tests, benchmarks and the demo ask of the sandbox. JSON in and out.

`GET portals` · `POST portals {name, title?, language?, license_family?, limits?, operating_scale?,
    operating_limit?, billing?}` · `PATCH portals/{p}` with the last five: portals and their limits
`POST apps {title, kind, portal?, handler_url, install_url?, api_only?, event_url?, scopes}`:
    an application card; answers `{client_id, client_secret}`
`GET portals/{p}/apps/{client_id}`: `{installed, active, version, robots, placements, events}`
`POST …/install {user_id?}` · `…/uninstall {clean?}` · `…/update` · `…/finish {user_id?}`: its life cycle
`POST …/open {placement?, user_id?, options?, uri?}`: `{url, fields, name, sid, …}` to post as a browser
`POST portals/{p}/deals {deals}` · `GET …/deals` · `GET …/deals/count`: create, read, count
`POST portals/{p}/deals/move {ids, stage, user_id?}`: move, which starts robots
`POST portals/{p}/records/{entityTypeId} {items}` · `GET …`: contacts (3), companies (4), deals (2)
`GET portals/{p}/timeline` · `GET portals/{p}/fields/{entityTypeId}`: comments and logs · field names
`POST portals/{p}/automation {category, stage, client_id, code, properties?, wait?, timeout?, run_as?}`:
    puts a robot on a stage
`GET portals/{p}/workflows` · `GET portals/{p}/requests` · `GET calls`: robot runs · REST requests ·
    deliveries of the queue server
`POST portals/{p}/users {name, last_name, email, admin?}` · `PATCH …/users/{id} {active?, admin?}`
`POST portals/{p}/webhooks {user_id?, scopes}`: an incoming webhook; answers `{code, url}`
`POST faults {portal?, kind, method?, times?, seconds?, error?, description?, status?, domain?}` ·
    `GET faults` · `DELETE faults[/{id}]`: kinds are in `sandbox.world.faults`; `error` (instead
    of the call) and `error_after` (after it) strike single commands of a batch, the rest whole requests,
    `method` may name a nested one
`POST clock {advance}`: moves the sandbox's clock forward by seconds · `POST reset`: empties everything
"""

from typing import Any

from sandbox.control import applications, people, records, strikes
from sandbox.control.routes import Ask, Table
from sandbox.wire.errors import RestError

Json = dict[str, Any]

_TUNABLE = ("limits", "operating_scale", "operating_limit", "billing", "license_family")
_RESERVED = frozenset({"oauth", "control"})


def add_portal(ask: Ask) -> Json:
    body, name = ask.body, ask.body["name"]
    if name in ask.world.portals or name in _RESERVED:
        raise RestError("TAKEN", f"There is a portal {name}", 409)
    portal = ask.world.add_portal(
        name,
        title=body.get("title") or name,
        language=body.get("language", "en"),
        family=body.get("license_family", "std"),
        limits=body.get("limits", True),
    )
    for key in _TUNABLE:
        setattr(portal, key, body.get(key, getattr(portal, key)))
    return portal.row()


def tune(ask: Ask) -> Json:
    for key in _TUNABLE:
        setattr(ask.portal, key, ask.body.get(key, getattr(ask.portal, key)))
    return ask.portal.row() | {key: getattr(ask.portal, key) for key in _TUNABLE}


def calls(ask: Ask) -> Json:
    queue = ask.scene.queue
    return {"pending": queue.pending, "by_status": queue.by_status, "calls": list(queue.calls)}


def advance(ask: Ask) -> Json:
    ask.world.skew += float(ask.body["advance"])
    return {"now": ask.world.now()}


def reset(ask: Ask) -> Json:
    ask.scene.reset()
    return {"result": True}


TABLE: Table = {
    "GET portals": lambda ask: [portal.row() for portal in ask.world.portals.values()],
    "POST portals": add_portal,
    "PATCH portals/*": tune,
    "GET portals/*/requests": lambda ask: ask.portal.journal.row(),
    "GET calls": calls,
    "POST clock": advance,
    "POST reset": reset,
    **applications.TABLE,
    **people.TABLE,
    **records.TABLE,
    **strikes.TABLE,
}
