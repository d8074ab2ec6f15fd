"""The table of methods: what runs, and which scope it asks for."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.rest.hit import Reply, Request

Handler = Callable[[Request], Reply]


@dataclass(frozen=True, slots=True)
class Method:
    """`scope` is empty for methods that are open to every credential."""

    name: str
    run: Handler
    scope: str = ""


def table(*groups: list[Method]) -> dict[str, Method]:
    return {method.name: method for group in groups for method in group}
