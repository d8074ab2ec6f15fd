"""Which fields leads, deals, contacts, companies and SPA items have, under both of their names."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.wire import names

LEAD, DEAL, CONTACT, COMPANY = 1, 2, 3, 4
REQUISITE, FIRST_DYNAMIC = 8, 128
TYPE_NAMES = {LEAD: "LEAD", DEAL: "DEAL", CONTACT: "CONTACT", COMPANY: "COMPANY"}
SHORT_CODES = {"L": LEAD, "D": DEAL, "C": CONTACT, "CO": COMPANY}
MULTI_FIELDS = ("PHONE", "EMAIL", "WEB", "IM", "LINK")


@dataclass(slots=True)
class Field:
    """One field: `name` in `crm.item.*`, `legacy` in `crm.deal.*` and the like, `upper` as `upperName`."""

    name: str
    upper: str
    legacy: str
    type: str = "string"
    title: str = ""
    required: bool = False
    read_only: bool = False
    multiple: bool = False
    directory: str | None = None
    items: list[dict[str, str]] = field(default_factory=list)
    id: int = 0
    sort: int = 100
    xml_id: str | None = None

    @property
    def custom(self) -> bool:
        return self.upper.startswith("UF_")


def custom_field(
    upper: str, kind: str, title: str, options: tuple[str, ...] = (), *, multiple: bool = False
) -> Field:
    items = [{"ID": str(44 + index * 2), "VALUE": text} for index, text in enumerate(options)]
    return Field(names.to_camel(upper), upper, upper, kind, title, multiple=multiple, items=items)


def type_name(entity: int) -> str:
    return TYPE_NAMES.get(entity) or f"DYNAMIC_{entity}"


def short_code(entity: int) -> str:
    return next((code for code, known in SHORT_CODES.items() if known == entity), f"T{entity:x}")


def staged(entity: int) -> bool:
    """Tell whether records of this kind go through stages."""
    return entity in (LEAD, DEAL) or entity >= FIRST_DYNAMIC


def table(entity: int) -> dict[str, Field]:
    """A fresh table of the built-in fields of an entity, by camelCase name."""
    dynamic = entity >= FIRST_DYNAMIC
    text = _SHARED + (_DYNAMIC if dynamic else _EXTERNAL + _OWN[entity])
    fields = [_parse(line) for line in text.splitlines() if line]
    return {item.name: item for item in fields}


def _parse(line: str) -> Field:
    name, upper, legacy, kind, flags, title = (part.strip() for part in line.split("|"))
    directory = kind.partition(":")[2] or None
    return Field(
        name,
        upper,
        legacy or upper,
        kind.partition(":")[0],
        title,
        required="q" in flags,
        read_only="r" in flags,
        multiple="m" in flags,
        directory=directory,
    )


def describe(item: Field, *, upper: bool) -> dict[str, Any]:
    """Print a field as `crm.item.fields` (or, `upper`, as `crm.deal.fields`) does."""
    out: dict[str, Any] = {
        "type": item.type,
        "isRequired": item.required,
        "isReadOnly": item.read_only,
        "isImmutable": False,
        "isMultiple": item.multiple,
        "isDynamic": item.custom,
        "title": item.upper if item.custom and upper else item.title,
    }
    if item.directory:
        out["statusType"] = item.directory
    if item.items:
        out["items"] = item.items
    if item.custom:
        out |= {"listLabel": item.title, "formLabel": item.title, "filterLabel": item.title, "settings": []}
    if not upper:
        out["upperName"] = item.upper
    return out


# name | upper name | legacy name if different | type[:directory] | r read-only, m multiple, q must | title
_SHARED = """
id                | ID                 |                  | integer     | r | ID
createdTime       | CREATED_TIME       | DATE_CREATE      | datetime    | r | Created on
updatedTime       | UPDATED_TIME       | DATE_MODIFY      | datetime    | r | Modified on
createdBy         | CREATED_BY         | CREATED_BY_ID    | user        | r | Created by
updatedBy         | UPDATED_BY         | MODIFY_BY_ID     | user        | r | Modified by
assignedById      | ASSIGNED_BY_ID     |                  | user        |   | Responsible person
opened            | OPENED             |                  | boolean     |   | Available to everyone
utmSource         | UTM_SOURCE         |                  | string      |   | Ad system
utmMedium         | UTM_MEDIUM         |                  | string      |   | Medium
utmCampaign       | UTM_CAMPAIGN       |                  | string      |   | Ad campaign UTM
utmContent        | UTM_CONTENT        |                  | string      |   | Campaign contents
utmTerm           | UTM_TERM           |                  | string      |   | Campaign search term
lastActivityBy    | LAST_ACTIVITY_BY   |                  | user        | r | Last activity by
lastActivityTime  | LAST_ACTIVITY_TIME |                  | datetime    | r | Last activity
"""

_EXTERNAL = """
comments          | COMMENTS           |                  | text        |   | Comment
originatorId      | ORIGINATOR_ID      |                  | string      |   | External source
originId          | ORIGIN_ID          |                  | string      |   | Item ID in data source
"""

_DYNAMIC = """
xmlId             | XML_ID             |                  | string      |   | External ID
title             | TITLE              |                  | string      |   | Name
categoryId        | CATEGORY_ID        |                  | crm_category|   | Pipeline
stageId           | STAGE_ID           |                  | crm_status  |   | Stage
previousStageId   | PREVIOUS_STAGE_ID  |                  | crm_status  | r | Previous stage
begindate         | BEGINDATE          |                  | date        |   | Start date
closedate         | CLOSEDATE          |                  | date        |   | End date
currencyId        | CURRENCY_ID        |                  | crm_currency|   | Currency
opportunity       | OPPORTUNITY        |                  | double      |   | Total
isManualOpportunity | IS_MANUAL_OPPORTUNITY |             | boolean     |   | Manual amount
taxValue          | TAX_VALUE          |                  | double      |   | Tax total
companyId         | COMPANY_ID         |                  | crm_company |   | Company
contactId         | CONTACT_ID         |                  | crm_contact |   | Contact
contactIds        | CONTACT_IDS        |                  | crm_contact | m | Contacts
movedTime         | MOVED_TIME         |                  | datetime    | r | Stage changed on
movedBy           | MOVED_BY           |                  | user        | r | Stage changed by
sourceId          | SOURCE_ID          |                  | crm_status:SOURCE |  | Source
sourceDescription | SOURCE_DESCRIPTION |                  | text        |   | Source information
observers         | OBSERVERS          |                  | user        | m | Observers
"""

_OWN = {
    LEAD: """
title             | TITLE              |                  | string      |   | Lead name
name              | NAME               |                  | string      |   | First name
lastName          | LAST_NAME          |                  | string      |   | Last name
secondName        | SECOND_NAME        |                  | string      |   | Second name
honorific         | HONORIFIC          |                  | crm_status:HONORIFIC |  | Salutation
birthdate         | BIRTHDATE          |                  | date        |   | Date of birth
post              | POST               |                  | string      |   | Position
companyTitle      | COMPANY_TITLE      |                  | string      |   | Company name
stageId           | STATUS_ID          |                  | crm_status:STATUS |  | Stage
stageSemanticId   | STATUS_SEMANTIC_ID |                  | string      | r | Stage group
currencyId        | CURRENCY_ID        |                  | crm_currency|   | Currency
opportunity       | OPPORTUNITY        |                  | double      |   | Total
isManualOpportunity | IS_MANUAL_OPPORTUNITY |             | boolean     |   | Manual amount
companyId         | COMPANY_ID         |                  | crm_company |   | Company
contactId         | CONTACT_ID         |                  | crm_contact |   | Contact
contactIds        | CONTACT_IDS        |                  | crm_contact | m | Contacts
isReturnCustomer  | IS_RETURN_CUSTOMER |                  | boolean     | r | Repeat lead
sourceId          | SOURCE_ID          |                  | crm_status:SOURCE |  | Source
sourceDescription | SOURCE_DESCRIPTION |                  | text        |   | Source information
movedTime         | MOVED_TIME         |                  | datetime    | r | Stage changed on
movedBy           | MOVED_BY           | MOVED_BY_ID      | user        | r | Stage changed by
observers         | OBSERVERS          |                  | user        | m | Observers
hasPhone          | HAS_PHONE          |                  | boolean     | r | Has phone
hasEmail          | HAS_EMAIL          |                  | boolean     | r | Has e-mail
""",
    DEAL: """
title             | TITLE              |                  | string      |   | Name
typeId            | TYPE_ID            |                  | crm_status:DEAL_TYPE |  | Type
categoryId        | CATEGORY_ID        |                  | crm_category|   | Pipeline
stageId           | STAGE_ID           |                  | crm_status:DEAL_STAGE |  | Stage
stageSemanticId   | STAGE_SEMANTIC_ID  |                  | string      | r | Stage group
previousStageId   | PREVIOUS_STAGE_ID  |                  | crm_status:DEAL_STAGE | r | Previous stage
isNew             | IS_NEW             |                  | boolean     | r | New
isRecurring       | IS_RECURRING       |                  | boolean     |   | Recurring deal
isReturnCustomer  | IS_RETURN_CUSTOMER |                  | boolean     | r | Repeat deal
isRepeatedApproach| IS_REPEATED_APPROACH |                | boolean     | r | Repeat inquiry
probability       | PROBABILITY        |                  | integer     |   | Probability
currencyId        | CURRENCY_ID        |                  | crm_currency|   | Currency
opportunity       | OPPORTUNITY        |                  | double      |   | Total
isManualOpportunity | IS_MANUAL_OPPORTUNITY |             | boolean     |   | Manual amount
taxValue          | TAX_VALUE          |                  | double      |   | Tax rate
companyId         | COMPANY_ID         |                  | crm_company |   | Company
contactId         | CONTACT_ID         |                  | crm_contact |   | Contact
contactIds        | CONTACT_IDS        |                  | crm_contact | m | Contacts
quoteId           | QUOTE_ID           |                  | crm_quote   |   | Estimate
leadId            | LEAD_ID            |                  | crm_lead    |   | Lead
begindate         | BEGINDATE          |                  | date        |   | Start date
closedate         | CLOSEDATE          |                  | date        |   | Expected close date
closed            | CLOSED             |                  | boolean     | r | Closed
movedTime         | MOVED_TIME         |                  | datetime    | r | Stage changed on
movedBy           | MOVED_BY           | MOVED_BY_ID      | user        | r | Stage changed by
sourceId          | SOURCE_ID          |                  | crm_status:SOURCE |  | Source
sourceDescription | SOURCE_DESCRIPTION |                  | text        |   | Source information
additionalInfo    | ADDITIONAL_INFO    |                  | text        |   | Additional information
locationId        | LOCATION_ID        |                  | location    |   | Location
observers         | OBSERVERS          |                  | user        | m | Observers
""",
    CONTACT: """
name              | NAME               |                  | string      |   | First name
lastName          | LAST_NAME          |                  | string      |   | Last name
secondName        | SECOND_NAME        |                  | string      |   | Second name
honorific         | HONORIFIC          |                  | crm_status:HONORIFIC |  | Salutation
birthdate         | BIRTHDATE          |                  | date        |   | Date of birth
typeId            | TYPE_ID            |                  | crm_status:CONTACT_TYPE |  | Contact type
sourceId          | SOURCE_ID          |                  | crm_status:SOURCE |  | Source
sourceDescription | SOURCE_DESCRIPTION |                  | text        |   | Source information
post              | POST               |                  | string      |   | Position
companyId         | COMPANY_ID         |                  | crm_company |   | Company
companyIds        | COMPANY_IDS        |                  | crm_company | m | Companies
export            | EXPORT             |                  | boolean     |   | Export
originVersion     | ORIGIN_VERSION     |                  | string      |   | Original version
hasPhone          | HAS_PHONE          |                  | boolean     | r | Has phone
hasEmail          | HAS_EMAIL          |                  | boolean     | r | Has e-mail
""",
    COMPANY: """
title             | TITLE              |                  | string      |   | Company name
typeId            | TYPE_ID            | COMPANY_TYPE     | crm_status:COMPANY_TYPE |  | Company type
industry          | INDUSTRY           |                  | crm_status:INDUSTRY |  | Industry
employees         | EMPLOYEES          |                  | crm_status:EMPLOYEES |  | Employees
revenue           | REVENUE            |                  | double      |   | Annual revenue
currencyId        | CURRENCY_ID        |                  | crm_currency|   | Currency
bankingDetails    | BANKING_DETAILS    |                  | text        |   | Bank details
isMyCompany       | IS_MY_COMPANY      |                  | boolean     |   | My company
contactIds        | CONTACT_IDS        |                  | crm_contact | m | Contacts
originVersion     | ORIGIN_VERSION     |                  | string      |   | Original version
hasPhone          | HAS_PHONE          |                  | boolean     | r | Has phone
hasEmail          | HAS_EMAIL          |                  | boolean     | r | Has e-mail
""",
}
