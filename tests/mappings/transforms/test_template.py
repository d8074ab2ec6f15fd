"""The transform `template`."""

import pytest

from mappings.model import Mapping
from mappings.problems import MappingInvalid
from tests.mappings.cards import RUSSIAN, card


def rule(text, source=None):
    source = source or {"kind": "field", "name": "title"}
    return {"target": "comments", "source": source, "transforms": [{"transform": "template", "text": text}]}


def written(text, deal=RUSSIAN, source=None):
    return (
        Mapping.parse({"name": "m", "rules": [rule(text, source)]}).apply(card(deal)).fields.get("comments")
    )


@pytest.mark.parametrize(
    ("text", "deal", "expected"),
    [
        ("№{id}: {value}", {"id": 5, "title": "Окна"}, "№5: Окна"),
        ("{portal.title}/{portal.domain}", {}, "Север Трейд/north.bitrix24.ru"),
        ("{deal.url}", {"id": "5"}, "https://north.bitrix24.ru/crm/deal/details/5/"),
        ("{robot.comment}, {robot.tags}, {robot.none}", {}, "от робота, a, b, "),
        ("{{value}} {value}", {"title": "x"}, "{value} x"),
        # What people wrote is put in as it is and never read as a template again.
        ("{value}", {"title": "{id} {{x}} {0.__class__} %s"}, "{id} {{x}} {0.__class__} %s"),
        ("{opportunity}", {"opportunity": 1000.50}, "1000.5"),
        ("{companyId}|{ufCrm_1}", {"companyId": 0, "ufCrm_1": [1, None, 2]}, "|1, 2"),
        ("[{value}]", {"title": ""}, None),
    ],
)
def test_template(text, deal, expected):
    assert written(text, deal) == expected


@pytest.mark.parametrize("text", ["{", "}", "{a", "{a b}", "{}", "{value!r}", "{value:>10}", "{a[0]}"])
def test_a_broken_template_is_refused(text):
    with pytest.raises(MappingInvalid, match="template cannot be read at character 1"):
        written(text)


@pytest.mark.parametrize(
    "name", ["value.__class__", "portal.secret", "UF_CRM_1", "_x", "robot.", "deal.url.x"]
)
def test_an_unknown_name_is_refused(name):
    with pytest.raises(MappingInvalid) as caught:
        written("{" + name + "}")
    assert [(p.code, p.field, p.params["source"]) for p in caught.value.problems] == [
        ("source_unknown", "comments", name)
    ]


def test_a_template_says_which_fields_it_reads():
    mapping = Mapping.parse(
        {"name": "m", "rules": [rule("{ufCrm_1} {deal.url} {responsible.email} {value}")]}
    )
    assert mapping.needs() == {"title", "ufCrm_1", "id", "assignedById"}
