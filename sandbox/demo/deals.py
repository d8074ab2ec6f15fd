"""Deals as people enter them, in Russian and English; the same seed gives the same deals."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]

_GOODS = {
    "ru": (
        "Поставка кабеля ВВГнг 3×2,5",
        "Аренда склада, 240 м²",
        "Лицензии 1С:Предприятие, 12 рабочих мест",
        "Монтаж вентиляции",
        "Станок токарный 16К20, капремонт",
        "Сервисный договор на год",
        "Внедрение CRM «под ключ»",
        "Спецодежда, зимний комплект",
        "Насосы КМ 80-50-200",
        "Обучение отдела продаж",
    ),
    "en": (
        "Forklift lease, 36 months",
        "Annual support & maintenance",
        "Cold-store panels 120 mm",
        "CRM rollout, phase 2",
        "Solar inverter 50 kW",
        "Conveyor belt replacement",
        "Warehouse racking, hall B",
        "Fleet telematics, 85 vehicles",
        "On-site training (2 days)",
        "Spare parts – hydraulic pumps",
    ),
}
_CUSTOMERS = {
    "ru": (
        "ООО «Ромашка»",
        "АО «Уралмашсервис»",
        "ИП Ёлкина А. Ю.",
        "ТД «Северный путь»",
        "ЗАО «Щёкино-Азот Плюс»",
        "ГК «Объединённые заводы»",
        "Кафе «Чайка» & Ко",
    ),
    "en": (
        "Harbour & Sons Ltd",
        "O'Neill Logistics",
        "Müller GmbH",
        "Acme “Rocket” Corp",
        "Łódź Textile SA",
        "Blue Whale Seafood, Inc.",
        "Café Noir",
    ),
}
_COMMENTS = {
    "ru": (
        "Клиент просит счёт до пятницы. Скидка согласована: 7 %.",
        "Позвонить после 14:00 (МСК).\nКонтакт — главный инженер.",
        "[b]Срочно![/b] Доставка до терминала, разгрузка наша.",
        "",
        "Оплата двумя частями: 60/40, см. договор № 118-П.",
    ),
    "en": (
        "Customer wants the invoice by Friday; 7% discount agreed.",
        "Call after 2 pm CET.\nContact: chief engineer.",
        "[b]Urgent![/b] Deliver to the terminal, unloading on us.",
        "",
        "Two instalments, 60/40 – see contract #118-P <draft>.",
    ),
}
_AMOUNTS = {"RUB": (18_000, 4_800_000), "EUR": (400, 95_000), "USD": (500, 120_000)}


def make_deals(
    number: int,
    *,
    language: str,
    users: list[Json],
    custom: dict[str, list[Any]],
    seed: str,
) -> Iterator[Json]:
    """`number` deals as camelCase fields of crm.item; `custom` holds values to choose from by field name."""
    chance = random.Random(seed)
    salespeople = [user["id"] for user in users if not user["admin"]] or [user["id"] for user in users]
    likely = ("RUB", "RUB", "RUB", "EUR", "USD") if language == "ru" else ("EUR", "EUR", "USD", "USD", "RUB")
    for position in range(1, number + 1):
        currency = chance.choice(likely)
        low, high = _AMOUNTS[currency]
        customer, goods = chance.choice(_CUSTOMERS[language]), chance.choice(_GOODS[language])
        yield {
            "title": f"{customer}: {goods} · {position:04d}",
            "opportunity": round(chance.uniform(low, high), 2),
            "isManualOpportunity": "Y",
            "currencyId": currency,
            "comments": chance.choice(_COMMENTS[language]),
            "assignedById": chance.choice(salespeople),
            "closedate": (date(2026, 9, 1) + timedelta(days=chance.randrange(120))).isoformat(),
            **{name: chance.choice(values) for name, values in custom.items()},
        }
