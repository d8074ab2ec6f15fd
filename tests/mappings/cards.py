"""Source deals as `crm.item.list` gives them, in the two languages of the product."""

from collections.abc import Mapping as Dictionary
from typing import Any

from mappings.card import Card, PartnerFacts

NORTH = PartnerFacts("north.bitrix24.ru", "Север Трейд", "a1b2c3")

RUSSIAN: dict[str, Any] = {
    "id": 7405,
    "title": 'ООО «Ромашка» — поставка 🌼 "под ключ" $result[x][id]',
    "stageId": "C3:EXECUTING",
    "categoryId": 3,
    "stageSemanticId": "P",
    "opportunity": 1250000.5,
    "isManualOpportunity": "N",
    "currencyId": "RUB",
    "companyId": 0,
    "contactId": None,
    "contactIds": [],
    "assignedById": 17,
    "comments": "[B]Срочно[/B]\nклиент просит «счёт» до пятницы & акт",
    "begindate": "2026-05-14T00:00:00+03:00",
    "sourceId": "WEB",
    "sourceDescription": "",
    "utmSource": "yandex",
    "utmMedium": None,
    "ufCrm_1721244707107": "300|RUB",
    "ufCrm_1721244707108": [44, 46],
    "ufCrm_INN2": "7707083893",
    "originId": None,
}

ENGLISH: dict[str, Any] = {
    "id": 12,
    "title": "O'Neil & Sons <renewal>",
    "stageId": "NEW",
    "categoryId": 0,
    "opportunity": 0,
    "currencyId": "USD",
    "assignedById": 1,
    "comments": "",
    "utmSource": "google",
    "utmCampaign": "spring 2026",
}


def card(deal: Dictionary[str, Any] = RUSSIAN, **changes: Any) -> Card:
    known: dict[str, Any] = {
        "deal": deal,
        "portal": NORTH,
        "responsible_email": "Anna@Example.com",
        "users_by_email": {"anna@example.com": 6, "boris@example.com": 8},
        "robot": {"comment": "от робота", "tags": ["a", "b"]},
    }
    return Card(**{**known, **changes})
