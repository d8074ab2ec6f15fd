"""What a new portal holds before anybody works in it."""

import hashlib

from sandbox.crm import fields
from sandbox.holdings import kinds
from sandbox.world.model import Category, Status, User
from sandbox.world.portal import Portal, stage_entity

_PEOPLE = {
    "ru": (("Ирина", "Соколова"), ("Павел", "Кузнецов"), ("Марина", "Орлова")),
    "en": (("Alice", "Morgan"), ("Peter", "Walsh"), ("Maria", "Evans")),
}
_ACCOUNTS = ("admin", "sales1", "sales2")
_PIPELINES = {"ru": ("Общая", "Партнёрские"), "en": ("General", "Partner deals")}
_STAGES = (
    ("NEW", "Новая", "New", None, "#39A8EF"),
    ("PREPARATION", "Подготовка документов", "Preparation", None, "#2FC6F6"),
    ("PREPAYMENT_INVOICE", "Счёт на предоплату", "Prepayment invoice", None, "#55D0E0"),
    ("EXECUTING", "В работе", "In progress", None, "#47E4C2"),
    ("FINAL_INVOICE", "Финальный счёт", "Final invoice", None, "#FFA900"),
    ("WON", "Сделка успешна", "Deal won", "S", "#7BD500"),
    ("LOSE", "Сделка провалена", "Deal lost", "F", "#FF5752"),
    ("APOLOGY", "Анализ причины провала", "Analyze failure", "F", "#FF5752"),
)
_DIRECTORIES = {
    "SOURCE": (
        ("CALL", "Звонок", "Call"),
        ("EMAIL", "Электронная почта", "E-mail"),
        ("WEB", "Веб-сайт", "Website"),
        ("PARTNER", "Существующий партнёр", "Partner"),
        ("OTHER", "Другое", "Other"),
    ),
    "DEAL_TYPE": (
        ("SALE", "Продажа", "Sale"),
        ("GOODS", "Продажа товара", "Goods sale"),
        ("SERVICES", "Оказание услуг", "Services sale"),
    ),
    "CONTACT_TYPE": (("CLIENT", "Клиенты", "Clients"), ("PARTNER", "Партнёры", "Partners")),
    "COMPANY_TYPE": (("CUSTOMER", "Клиент", "Client"), ("PARTNER", "Партнёр", "Partner")),
    "INDUSTRY": (
        ("IT", "Информационные технологии", "IT"),
        ("MANUFACTURING", "Производство", "Manufacturing"),
    ),
    "EMPLOYEES": (("EMPLOYEES_1", "менее 50", "less than 50"), ("EMPLOYEES_2", "50-250", "50-250")),
    "HONORIFIC": (("HNR_RU_1", "г-н", "Mr."), ("HNR_RU_2", "г-жа", "Mrs.")),
}
_CURRENCIES = {"ru": {"RUB": 1.0, "USD": 92.5, "EUR": 100.2}, "en": {"USD": 1.0, "EUR": 1.08, "RUB": 0.0108}}
_CUSTOM = (
    ("UF_CRM_1721244707107", "string", "Номер договора", "Contract number", ()),
    ("UF_CRM_1721244707208", "double", "Площадь объекта", "Site area", ()),
    ("UF_CRM_1721244707309", "date", "Дата поставки", "Delivery date", ()),
    (
        "UF_CRM_1721244707410",
        "enumeration",
        "Приоритет",
        "Priority",
        ("Низкий/Low", "Средний/Medium", "Высокий/High"),
    ),
    ("UF_CRM_1721244707511", "boolean", "Нужен монтаж", "Installation needed", ()),
    ("UF_CRM_INN2", "string", "ИНН плательщика", "Payer tax number", ()),
)


def fill(portal: Portal) -> Portal:
    """Give a new portal people, pipelines, directories, currencies and custom fields, in its language."""
    ru = portal.language == "ru"
    for number, (name, last_name) in enumerate(_PEOPLE[portal.language], 1):
        account = _ACCOUNTS[number - 1]
        portal.users[number] = User(
            number,
            name,
            last_name,
            f"{account}@{portal.name if number == 1 else 'company'}.example",
            admin=number == 1,
        )
    for number, pipeline in enumerate(_PIPELINES[portal.language]):
        portal.categories[number] = Category(number, pipeline, 300 + number * 100)
        _add_stages(portal, number, ru=ru)
    portal.index_stages()
    for entity, rows in _DIRECTORIES.items():
        for order, (code, russian, english) in enumerate(rows, 1):
            portal.statuses.append(
                Status(len(portal.statuses) + 1, entity, code, russian if ru else english, order * 10)
            )
    portal.currencies = dict(_CURRENCIES[portal.language])
    for upper, kind, russian, english, options in _CUSTOM:
        texts = tuple(option.split("/")[0 if ru else 1] for option in options)
        item = fields.custom_field(upper, kind, russian if ru else english, texts)
        item.id = portal.next_id()
        portal.fields[fields.DEAL][item.name] = item
    kinds.fill(portal)
    return portal


def member_id(name: str, salt: str) -> str:
    return hashlib.md5(f"{salt}|{name}".encode(), usedforsecurity=False).hexdigest()


def _add_stages(portal: Portal, category: int, *, ru: bool) -> None:
    prefix = f"C{category}:" if category else ""
    for order, (code, russian, english, semantics, color) in enumerate(_STAGES, 1):
        portal.statuses.append(
            Status(
                len(portal.statuses) + 1,
                stage_entity(category),
                prefix + code,
                russian if ru else english,
                order * 10,
                semantics,
                color,
                category or None,
            )
        )
