"""The control API, `/_sandbox/…`: what tests, benchmarks and the demo ask of the sandbox. JSON in and out.

`GET portals` · `POST portals {name, title?, language?, license_family?, region?, self_hosted?, limits?,
    operating_scale?, operating_limit?, billing?, licensed?, features?, quirks?, confirmable?, switches?}` ·
    `PATCH portals/{p}` with any from `license_family` on, but for region and hosting. `region` is `com`
    or `ru`; features are in `sandbox.world.admission`; quirks are `old_frame_form` (without the newer
    fields), `undefined_options` (the word instead of JSON), `registered_properties` (robot settings);
    `confirmable` names methods that wait for an administrator; `switches` are those of
    `sandbox.holdings.switches`
`POST apps {title, kind, portal?, handler_url, install_url?, api_only?, event_url?, scopes, status?}`:
    an application card; answers `{client_id, client_secret}`
`GET portals/{p}/apps/{client_id}`: `{installed, active, version, robots, placements, events, …}`
`POST …/install {user_id?}` · `…/uninstall {clean?}` · `…/update` · `…/finish {user_id?}`: its life cycle
`POST …/payment {status, expired?, days?}` · `…/confirm {method, confirmed?}` · `…/access {users}`
`POST …/open {placement?, user_id?, options?, uri?}`: `{url, fields, name, sid, …}` to post as a browser
`POST portals/{p}/deals {deals}` · `GET …/deals` · `GET …/deals/count`: create, read, count
`POST portals/{p}/deals/move {ids, stage, user_id?}`: move, which starts robots
`POST portals/{p}/records/{entityTypeId} {items}` · `GET …`: contacts (3), companies (4), deals (2)
`GET portals/{p}/timeline` · `GET portals/{p}/fields/{entityTypeId}`: comments and logs · field names
`POST portals/{p}/fields/{entityTypeId} {name, type, title?, options?, multiple?, required?}`: a custom field
`POST portals/{p}/types {title, entity_type_id?}` · `GET …`: smart processes
`GET portals/{p}/activities` · `POST portals/{p}/activities/{id}/press {part, user_id?}`: clicks a button,
    a tag … of a configurable activity
`POST portals/{p}/triggers {client_id?, code, stage, back?}` · `GET …`: triggers on stages
`PATCH portals/{p}/fields/{entityTypeId}/{name} {required}` · `DELETE …` · `PATCH portals/{p}/stages
    {stage, name}`: what an administrator does to the portal while applications look away
`POST portals/{p}/automation {category, stage, client_id, code, properties?, wait?, timeout?, run_as?}`:
    puts a robot on a stage; without `client_id`, `code` is `webhook` and `properties` has its `url`
`POST portals/{p}/outgoing {event, handler}`: an outgoing webhook; answers its `application_token`
`GET portals/{p}/workflows` · `GET portals/{p}/requests` · `GET calls`: robot runs · REST requests ·
    deliveries of the queue server
`POST portals/{p}/users {name, last_name, email, admin?}` · `PATCH …/users/{id} {active?, admin?,
    rights?}` (rights: `read`, `add`, `update`, `delete`, `import`, each `all`, `own` or `none`) ·
    `POST …/users/{id}/dismiss {keep?}`: with `keep` a technical user inherits
`POST portals/{p}/webhooks {user_id?, scopes}`: an incoming webhook; answers `{code, url}`
`POST faults {portal?, kind, method?, times?, seconds?, error?, description?, status?, domain?}` ·
    `GET faults` · `DELETE faults[/{id}]`: kinds are in `sandbox.world.faults`; `error` (instead
    of the call) and `error_after` (after it) strike single commands of a batch, the rest whole
    requests, `method` may name a nested one
`POST clock {advance}`: moves the sandbox's clock forward by seconds · `POST reset`: empties everything
"""

from typing import Any

from sandbox.control import applications, cards, people, records, strikes, troubles
from sandbox.control.routes import Ask, Table
from sandbox.wire.errors import RestError
from sandbox.world.portal import Portal

Json = dict[str, Any]

_TUNABLE = ("limits", "operating_scale", "operating_limit", "billing", "license_family", "licensed")
_SETS = ("features", "quirks", "confirmable")
_RESERVED = frozenset({"oauth", "oauth-ru", "control"})


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
        region=body.get("region", "com"),
        self_hosted=bool(body.get("self_hosted")),
    )
    _set(portal, body)
    return portal.row()


def tune(ask: Ask) -> Json:
    _set(ask.portal, ask.body)
    sets = {key: sorted(getattr(ask.portal, key)) for key in _SETS}
    return ask.portal.row() | sets | {key: getattr(ask.portal, key) for key in _TUNABLE}


def _set(portal: Portal, body: Json) -> None:
    for key in _TUNABLE:
        if key in body and not (key == "limits" and portal.self_hosted):
            setattr(portal, key, body[key])
    for key in _SETS:
        if key in body:
            setattr(portal, key, set(body[key]))
    portal.switches.turn(body.get("switches") or {})


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
    **cards.TABLE,
    **people.TABLE,
    **records.TABLE,
    **strikes.TABLE,
    **troubles.TABLE,
}
