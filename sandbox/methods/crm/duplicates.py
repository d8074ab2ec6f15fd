"""Search for people and companies by phone or e-mail."""

from sandbox.crm.fields import COMPANY, CONTACT, LEAD
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError

_MAX_VALUES = 20
_MAX_MATCHES = 20


def find_by_communication(request: Request) -> Reply:
    """Answer ids by kind of record; values beyond the 20th are ignored, nothing says which value hit."""
    kind = php.to_text(request.get("type")).upper()
    if kind not in ("PHONE", "EMAIL"):
        raise RestError("", "Communication type is not defined or invalid.")
    wanted = [php.to_text(value) for value in php.values(request.get("values"))][:_MAX_VALUES]
    if not wanted:
        raise RestError("", "Communication values is not defined or invalid.")
    only = php.to_text(request.get("entity_type")).upper()
    found = {}
    for name, entity in (("LEAD", LEAD), ("CONTACT", CONTACT), ("COMPANY", COMPANY)):
        if only in ("", name):
            records = request.portal.records[entity]
            ids = [item for value in wanted for item in records.by_contact(kind, value)[:_MAX_MATCHES]]
            if ids:
                found[name] = list(dict.fromkeys(ids))
    return Reply(php.array(found))


METHODS = [Method("crm.duplicate.findbycomm", find_by_communication, "crm")]
