"""Writes a text with values put into it: fields, facts and, as {value}, what the rule has so far."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from mappings import sources
from mappings.problems import MappingInvalid, Problem
from mappings.transforms.contract import Label, Parameters, Scope, Transform
from mappings.values import is_empty, text_of

# Not str.format, which would let a template reach into Python objects.
_TOKEN = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<name>[A-Za-z0-9_.]+)\}|(?P<text>[^{}]+)")
_VALUE = "value"


def _tokens(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise MappingInvalid((Problem("template_broken", "", {"position": position + 1}),))
        yield token
        position = token.end()


def _names(text: str) -> list[str]:
    return [token["name"] for token in _tokens(text) if token["name"]]


def _readable(text: str) -> str:
    unknown = [
        name
        for name in _names(text)
        if name != _VALUE and not sources.is_field(name) and not sources.is_fact(name)
    ]
    if unknown:
        raise MappingInvalid(tuple(Problem("source_unknown", "", {"source": name}) for name in unknown))
    return text


class Template(Parameters):
    transform: Literal["template"] = "template"
    text: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_readable)]
    """`{title}`, `{portal.title}`, `{robot.comment}`, `{value}`; a brace itself is written twice."""

    def needs(self) -> frozenset[str]:
        return frozenset().union(*(sources.needs(name) for name in _names(self.text) if name != _VALUE))


def run(value: Any, parameters: Template, scope: Scope) -> str | None:
    """None if the template is about {value} and there is none."""
    parts: list[str] = []
    for token in _tokens(parameters.text):
        name = token["name"]
        if name is None:
            parts.append(token["text"] or token["brace"][0])
        elif name != _VALUE:
            parts.append(_written(sources.read(name, scope.card)))
        elif is_empty(value):
            return None
        else:
            parts.append(_written(value))
    return "".join(parts)


def _written(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(text_of(item) for item in value if not is_empty(item))
    return "" if is_empty(value) else text_of(value)


TRANSFORM = Transform(
    code="template",
    label=Label(ru="Текст с полями", en="Text with fields"),
    parameters=Template,
    run=run,
    whole=True,
)
