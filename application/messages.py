"""Every sentence that a person may read about a delivery or an installation, in English and Russian.

One entry per code: what happened, then what to do about it. `{name}` is filled from the error's parameters.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "ru"]


@cache
def _catalogue() -> dict[str, dict[str, list[str]]]:
    text = (Path(__file__).parent / "messages.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, list[str]]] = json.loads(text)
    return catalogue


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def language_of(code: str) -> Language:
    """The language we speak to a portal of language `code`: Russian for its neighbours, else English."""
    return "ru" if code.lower() in {"ru", "kz", "by", "ua"} else "en"


def known_codes() -> frozenset[str]:
    return frozenset(_catalogue())


def _text(code: str, language: Language, params: Mapping[str, Any], part: int) -> str:
    entry = _catalogue().get(code) or _catalogue()["internal_error"]
    return entry[language][part].format_map(_Blank(params))


def sentence(code: str, language: Language, params: Mapping[str, Any]) -> str:
    """What happened, in one sentence."""
    return _text(code, language, params, 0)


def remedy(code: str, language: Language, params: Mapping[str, Any]) -> str:
    """What a person can do about it; empty when nothing needs doing."""
    return _text(code, language, params, 1)
