"""The panel of trouble: faults and what administrators do, each at a button of the portal page."""

from typing import Any

from sandbox.control import strikes, troubles
from sandbox.control.routes import Ask, Table

Json = dict[str, Any]


def faults(ask: Ask) -> Json:
    rows = [row for row in ask.world.faults.rows() if row["portal"] in (None, ask.portal.name)]
    return {"faults": rows}


def strike(ask: Ask) -> Json:
    """Set a fault for this portal."""
    ask.body["portal"] = ask.portal.name
    ask.body.pop("user_id", None)
    return strikes.add(ask)


TABLE: Table = {
    "GET faults": faults,
    "POST faults": strike,
    "DELETE faults": strikes.clear,
    "DELETE faults/*": strikes.remove,
    "POST users/*/dismiss": troubles.dismiss,
    "POST users/*/reinstate": troubles.reinstate,
    "POST licence": troubles.license_portal,
    "PATCH fields/*/*": troubles.require_field,
    "DELETE fields/*/*": troubles.remove_field,
    "PATCH stages": troubles.rename_stage,
}
