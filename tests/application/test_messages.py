"""Every sentence that a person may read exists in both languages, and none is there for nothing."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.messages import Language, known_codes, language_of, remedy, sentence

ROOT = Path(__file__).parents[2]
ROOMS = ("application", "handlers", "placements", "mappings")
_ERRORS = {"AppError", "TryLater", "OutcomeUnknown", "Throttled", "PortalUnavailable", "Rejected", "kind"}
# Callables whose first or second argument is a code: kind of step, then its code.
_SECOND = {"add", "ApiError", "Step"}
_FIRST = {*_ERRORS, "Note", "sentence", "remedy", "problem", "_plain_page"}
_TABLES = {"_PARKS", "_NOT_CARRIED_OUT", "reasons"}
_PLACEHOLDER = re.compile(r"\{(\w*)")
CODES = sorted(known_codes())
LANGUAGES: tuple[Language, ...] = ("en", "ru")


def _modules() -> Iterator[ast.Module]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "node_modules" not in path.parts and "embedded" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"))


def _strings(node: ast.expr | None) -> Iterator[str]:
    """Texts that an expression may be: a constant, or either side of an `if`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _strings(value)


def _codes_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _FIRST and node.args:
            yield from _strings(node.args[0])
        elif name in _SECOND and len(node.args) > 1:
            yield from _strings(node.args[1])
    elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if {getattr(target, "id", "") for target in targets} & _TABLES:
            for value in node.value.values:
                yield from _strings(value)


def _raised() -> set[str]:
    return {code for module in _modules() for node in ast.walk(module) for code in _codes_of(node)}


def _mentioned() -> set[str]:
    """Every text of the code, for codes that reach a sentence by another way: SQL, tables, refusals."""
    texts = [
        node.value
        for module in _modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return {code for code in CODES if any(re.search(rf"\b{code}\b", text) for text in texts)}


def test_the_codes_are_found_where_they_are_raised() -> None:
    assert {
        "connection_lost",
        "refresh_refused",
        "owner_lost_access",
        "robot_told",
        "portal_moved",
    } <= _raised()


def test_every_code_that_can_be_raised_has_its_sentence() -> None:
    codes = {code for code in _raised() if re.fullmatch(r"[a-z]+(_[a-z]+)+|delivered|received", code)}
    assert codes - known_codes() == set()


def test_no_sentence_is_there_for_nothing() -> None:
    assert known_codes() - _mentioned() == set()


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_is_complete_in_both_languages_and_fills_the_same_places(code: str) -> None:
    blank: dict[str, str] = {}
    for part in (sentence, remedy):
        english, russian = part(code, "en", blank), part(code, "ru", blank)
        assert bool(english) == bool(russian)
        assert english.count("…") == russian.count("…")
    assert sentence(code, "en", blank)
    assert re.search("[а-яё]", sentence(code, "ru", blank), re.IGNORECASE)
    assert not re.search("[а-яё]", sentence(code, "en", blank), re.IGNORECASE)
    for language in LANGUAGES:
        for text in (sentence(code, language, blank), remedy(code, language, blank)):
            assert not text or text.endswith((".", "…"))
            assert not _PLACEHOLDER.search(text)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_name_the_same_parameters(code: str) -> None:
    params = {name: f"<{name}>" for name in _PLACEHOLDER.findall(_raw(code))}
    for part in (sentence, remedy):
        english, russian = (set(re.findall("<.*?>", part(code, way, params))) for way in LANGUAGES)
        assert english == russian


def _raw(code: str) -> str:
    catalogue = json.loads((ROOT / "application" / "messages.json").read_text(encoding="utf-8"))
    return json.dumps(catalogue[code])


def test_a_code_that_nobody_knows_still_makes_a_sentence() -> None:
    assert "error of its own" in sentence("nobody_knows", "en", {"error": "X"})


def test_what_a_portal_said_may_hold_braces() -> None:
    said = sentence("bitrix_refused", "en", {"method": "m", "description": "{x} {0} {", "bitrix_code": "C"})
    assert "{x} {0} {" in said


@pytest.mark.parametrize(
    ("portal", "ours"), [("ru", "ru"), ("KZ", "ru"), ("by", "ru"), ("de", "en"), ("", "en")]
)
def test_a_portal_is_spoken_to_in_russian_or_english(portal: str, ours: str) -> None:
    assert language_of(portal) == ours
