"""The default mapping on deals as they come."""

from mappings.card import PartnerFacts
from mappings.model import Mapping
from tests.mappings.cards import ENGLISH, RUSSIAN, card


def test_a_russian_deal():
    mapped = Mapping.default().apply(card(RUSSIAN))
    assert mapped.fields == {
        "title": RUSSIAN["title"],
        "opportunity": 1250000.5,
        "isManualOpportunity": "Y",
        "currencyId": "RUB",
        "comments": RUSSIAN["comments"],
        "assignedById": 6,
        "sourceDescription": "Север Трейд (north.bitrix24.ru) #7405\n"
        "https://north.bitrix24.ru/crm/deal/details/7405/",
        "utmSource": "yandex",
    }
    assert mapped.notes == ()


def test_an_english_deal_whose_responsible_is_unknown_in_the_hub():
    mapped = Mapping.default().apply(card(ENGLISH, responsible_email="joe@example.com"))
    assert mapped.fields["opportunity"] == 0
    assert mapped.fields["title"] == "O'Neil & Sons <renewal>"
    assert mapped.fields["utmCampaign"] == "spring 2026"
    assert "comments" not in mapped.fields
    assert "assignedById" not in mapped.fields
    assert [(note.code, note.params["email"]) for note in mapped.notes] == [
        ("responsible_not_found", "joe@example.com")
    ]


def test_an_empty_deal_still_gets_a_title():
    fields = Mapping.default().apply(card({}, responsible_email=None)).fields
    assert fields == {"title": "Сделка / Deal", "isManualOpportunity": "Y"}


def test_a_portal_without_title_is_named_by_its_domain():
    portal = PartnerFacts("north.b24.localhost:8443", "", "m")
    fields = Mapping.default().apply(card({"id": 1}, portal=portal)).fields
    assert fields["sourceDescription"] == (
        "north.b24.localhost:8443 (north.b24.localhost:8443) #1\n"
        "https://north.b24.localhost:8443/crm/deal/details/1/"
    )


def test_a_title_longer_than_the_field_is_shortened_and_mentioned():
    mapped = Mapping.default().apply(card(RUSSIAN | {"title": "ы" * 300}))
    assert mapped.fields["title"] == "ы" * 254 + "…"
    assert [note.code for note in mapped.notes] == ["text_shortened"]


def test_the_stage_is_left_to_the_hub_unless_stages_are_given():
    assert "stageId" not in Mapping.default().apply(card()).fields
    fields = Mapping.default({"C3:EXECUTING": "C7:NEW"}).apply(card()).fields
    assert (fields["stageId"], fields["categoryId"]) == ("C7:NEW", 7)


def test_it_says_which_fields_of_the_deal_it_reads():
    assert Mapping.default().needs() == {
        "id",
        "title",
        "opportunity",
        "currencyId",
        "comments",
        "assignedById",
        "utmSource",
        "utmMedium",
        "utmCampaign",
        "utmContent",
        "utmTerm",
    }
