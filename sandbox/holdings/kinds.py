"""Leads and smart processes: their pipelines, their stages, and the fields that tie deals to them."""

from sandbox.crm.fields import DEAL, FIRST_DYNAMIC, LEAD, Field, custom_field, staged, table
from sandbox.crm.records import Records
from sandbox.holdings.state import Kind
from sandbox.wire import moments
from sandbox.wire.errors import RestError
from sandbox.world.model import Category, Status
from sandbox.world.portal import Portal

_LEAD_STAGES = (
    ("NEW", "Не обработан", "Unassigned", None),
    ("IN_PROCESS", "В работе", "In progress", None),
    ("PROCESSED", "Обработан", "Processed", None),
    ("CONVERTED", "Качественный лид", "Good lead", "S"),
    ("JUNK", "Некачественный лид", "Junk lead", "F"),
)
_DYNAMIC_STAGES = (
    ("NEW", "Начало", "Start", None),
    ("PREPARATION", "Подготовка", "Preparation", None),
    ("CLIENT", "Согласование", "Client", None),
    ("SUCCESS", "Успех", "Success", "S"),
    ("FAIL", "Провал", "Failure", "F"),
)
_PRESETS = {
    "ru": (1, ("Организация", "Индивидуальный предприниматель", "Физ. лицо")),
    "en": (122, ("Organization", "Sole Proprietorship", "Individual")),
}
# The numbers that portals give to smart processes: even ones from 1030, the first few below.
_FIRST_NUMBERS = (128, 129, 130)
_STEP, _FROM = 4, 1030


def fill(portal: Portal) -> None:
    """Give a new portal leads and templates of requisites."""
    stages = _stages(portal, "STATUS", "", _LEAD_STAGES, None)
    portal.held.kinds[LEAD] = Kind(LEAD, LEAD, "Lead", moments.stamp(0), {0: stages}, {})
    country, names = _PRESETS[portal.language]
    for number, name in enumerate(names, 1):
        row = {
            "ENTITY_TYPE_ID": 8,
            "COUNTRY_ID": country,
            "DATE_CREATE": "",
            "DATE_MODIFY": "",
            "CREATED_BY_ID": 1,
            "MODIFY_BY_ID": 1,
            "NAME": name,
            "XML_ID": f"#CRM_REQUISITE_PRESET_DEF_{number}#",
            "ACTIVE": "Y",
            "SORT": 500 + number * 10,
        }
        portal.held.presets.add(row)


def add(portal: Portal, title: str, entity: int | None, now: float) -> Kind:
    """Found a smart process with one pipeline; deals and its items can be its children."""
    kinds = portal.held.kinds
    entity = entity or next(n for n in _numbers() if n not in kinds)
    if entity < FIRST_DYNAMIC or entity in kinds:
        raise RestError("INVALID_ARG_VALUE", f"entityTypeId {entity} is taken or out of range")
    category = Category(portal.next_id(), "Общее" if portal.language == "ru" else "General", 500)
    stages = _stages(
        portal,
        f"DYNAMIC_{entity}_STAGE_{category.id}",
        f"DT{entity}_{category.id}:",
        _DYNAMIC_STAGES,
        category.id,
    )
    kind = Kind(entity, len(kinds), title, moments.stamp(now), {category.id: stages}, {category.id: category})
    kinds[entity] = kind
    portal.fields[entity] = table(entity)
    portal.fields[entity]["stageId"].directory = f"DYNAMIC_{entity}_STAGE_{category.id}"
    portal.records[entity] = Records()
    name = f"parentId{entity}"
    portal.fields[DEAL][name] = Field(name, f"PARENT_ID_{entity}", f"PARENT_ID_{entity}", "integer", title)
    return kind


def add_field(
    portal: Portal,
    entity: int,
    upper: str,
    kind: str,
    title: str,
    *,
    options: tuple[str, ...] = (),
    multiple: bool = False,
) -> Field:
    """Create a custom field; an existing one of that name is an error."""
    item = custom_field(upper, kind, title, (), multiple=multiple)
    if item.name in portal.fields[entity]:
        raise RestError("", f'The field "{upper}" already exists.')
    item.id = portal.next_id()
    item.items = [{"ID": str(portal.next_id()), "VALUE": text} for text in options]
    portal.fields[entity][item.name] = item
    if kind == "file":
        portal.held.file_fields[entity].append(item.name)
    for record in portal.records[entity]:
        record[item.name] = [] if multiple else None
    return item


def remove_field(portal: Portal, entity: int, name: str) -> Field:
    item = portal.fields[entity].pop(name)
    portal.held.required[entity].discard(name)
    if item.type == "file":
        portal.held.file_fields[entity].remove(name)
    for record in portal.records[entity]:
        record.pop(name, None)
    return item


def require(portal: Portal, entity: int, name: str, *, required: bool) -> None:
    portal.fields[entity][name].required = required
    if required:
        portal.held.required[entity].add(name)
    else:
        portal.held.required[entity].discard(name)


def stage_rows(portal: Portal, entity: int, category: int) -> list[Status]:
    """The stages of one pipeline of deals, leads or a smart process."""
    if entity == DEAL:
        return portal.stages(category)
    stages = portal.held.kinds[entity].stages
    return stages.get(category) or next(iter(stages.values()))


def stage(portal: Portal, entity: int, code: str | None) -> Status | None:
    if entity == DEAL:
        return portal.stage(code) if code else None
    return portal.held.kinds[entity].stage(code)


def categories(portal: Portal, entity: int) -> dict[int, Category]:
    if entity == DEAL:
        return portal.categories
    return portal.held.kinds[entity].categories if staged(entity) else {}


def _stages(
    portal: Portal,
    directory: str,
    prefix: str,
    given: tuple[tuple[str, str, str, str | None], ...],
    category: int | None,
) -> list[Status]:
    rows = [
        Status(
            len(portal.statuses) + order,
            directory,
            prefix + code,
            russian if portal.language == "ru" else english,
            order * 10,
            semantics,
            category=category,
        )
        for order, (code, russian, english, semantics) in enumerate(given, 1)
    ]
    portal.statuses += rows
    return rows


def _numbers() -> range | tuple[int, ...]:
    return (*_FIRST_NUMBERS, *range(_FROM, _FROM + 400 * _STEP, _STEP))
