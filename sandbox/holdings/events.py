"""The names of events that the CRM tells of."""

from sandbox.crm.fields import FIRST_DYNAMIC
from sandbox.world.portal import Portal

_CHANGES = ("ADD", "UPDATE", "DELETE")
_RECORDS = ("LEAD", "DEAL", "CONTACT", "COMPANY", "TIMELINECOMMENT", "ACTIVITY", "REQUISITE", "BANKDETAIL")
_FIELD_OWNERS = ("LEAD", "DEAL", "CONTACT", "COMPANY")

NAMES = [f"ONCRM{kind}{what}" for kind in (*_RECORDS, "DYNAMICITEM", "TYPE") for what in _CHANGES]
NAMES += [f"ONCRM{kind}USERFIELD{what}" for kind in _FIELD_OWNERS for what in (*_CHANGES, "SETENUMVALUES")]
NAMES += ["ONCRMDEALMOVETOCATEGORY", "ONCRMTIMELINEITEMACTION"]


def names(portal: Portal) -> list[str]:
    """All names, those of single smart processes among them."""
    own = [entity for entity in portal.held.kinds if entity >= FIRST_DYNAMIC]
    return NAMES + [f"ONCRMDYNAMICITEM{what}_{entity}" for entity in own for what in _CHANGES]
