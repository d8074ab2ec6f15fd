"""Turns what pydantic found wrong with a mapping into problems that name the field of the hub."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from mappings.problems import MappingInvalid, Problem


def problems(error: ValidationError, data: object) -> tuple[Problem, ...]:
    """`data` is what was parsed: it tells which target a faulty rule was meant for."""
    targets = _targets(data)
    found: list[Problem] = []
    for each in error.errors(include_url=False, include_input=False):
        at = ".".join(map(str, each["loc"]))
        field = _field(each["loc"], targets)
        inner = each.get("ctx", {}).get("error")
        if isinstance(inner, MappingInvalid):
            found += [
                Problem(one.code, one.field or field, {"at": at, **one.params}) for one in inner.problems
            ]
        elif each["type"] == "union_tag_invalid" and "transforms" in each["loc"]:
            found.append(Problem("transform_unknown", field, {"at": at, "transform": each["ctx"]["tag"]}))
        else:
            found.append(Problem("malformed", field, {"at": at, "reason": each["msg"]}))
    # pydantic compares the rules with each other only once each of them is right.
    named = {problem.field for problem in found if problem.code == "target_twice"}
    found += [Problem("target_twice", target) for target in repeated(targets.values()) if target not in named]
    return tuple(found)


def repeated(targets: Iterable[str]) -> list[str]:
    return [target for target, count in Counter(targets).items() if count > 1]


def _field(location: tuple[int | str, ...], targets: dict[int, str]) -> str:
    match location:
        case ("rules", int(index), *_):
            return targets.get(index, "")
    return ""


def _targets(data: object) -> dict[int, str]:
    rules: Any = data.get("rules") if isinstance(data, dict) else None
    return dict(_named(rules)) if isinstance(rules, list | tuple) else {}


def _named(rules: Iterable[Any]) -> Iterator[tuple[int, str]]:
    for index, rule in enumerate(rules):
        target = rule.get("target") if isinstance(rule, dict) else getattr(rule, "target", None)
        if isinstance(target, str):
            yield index, target
