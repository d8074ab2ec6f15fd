"""`batch`: up to 50 commands in order, in one hit, without a transaction."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox.holdings.switches import Switches
from sandbox.rest import references
from sandbox.rest.hit import Reply
from sandbox.wire import php
from sandbox.wire.errors import RestError

MAX_COMMANDS = 50

# What the portal's filter takes for an attack; it breaks such words with a space.
_ATTACKS = (re.compile(r"(<\s*sc)(ript)", re.IGNORECASE), re.compile(r"(un)(ion\s+select)", re.IGNORECASE))
_NOT_ALLOWED = frozenset({"batch", "upload", "download", "crm.controller.item.getfile"})

Runner = Callable[[str, dict[str, Any]], tuple[Reply, dict[str, Any]]]


def commands(params: dict[str, Any]) -> list[tuple[str, Any]]:
    low = {key.lower(): value for key, value in params.items()}
    return list(php.pairs(low.get("cmd")))


def methods(params: dict[str, Any]) -> list[str]:
    """Names of the methods inside, for journals and faults."""
    return [split(command)[0] for _, command in commands(params) if isinstance(command, str)]


def split(command: str) -> tuple[str, str]:
    """Take a command apart as a URL: an unencoded `#` cuts the rest off."""
    try:
        parts = urlsplit(command)
    except ValueError:
        return "", ""
    return parts.path.lower().removesuffix(".json"), parts.query


def run(params: dict[str, Any], switches: Switches, call: Runner) -> Reply:
    """Run the commands; `call` executes one and answers its reply and its `time`."""
    low = {key.lower(): value for key, value in params.items()}
    halt = php.truthy(low.get("halt"))
    sections: dict[str, dict[str, Any]] = {name: {} for name in ("result", "error", "total", "next", "time")}
    for position, (key, command) in enumerate(commands(params)):
        if not isinstance(command, str):
            continue
        try:
            method, query = _read(position, command, switches)
            reply, time = call(method, references.resolve(query, sections))
        except RestError as error:
            sections["error"][key] = error.body()
            if halt:
                break
            continue
        _keep(sections, key, reply, time)
    return Reply({_TITLES[name]: php.array(section) for name, section in sections.items()})


_TITLES = {
    "result": "result",
    "error": "result_error",
    "total": "result_total",
    "next": "result_next",
    "time": "result_time",
}


def _read(position: int, command: str, switches: Switches) -> tuple[str, Any]:
    """Take a command apart: all its scalars are strings, what exceeds `max_input_vars` is lost."""
    if position >= MAX_COMMANDS:
        raise RestError("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
    method, query = split(command)
    if method in _NOT_ALLOWED:
        raise RestError("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")
    params = php.parse_str(query, switches.max_input_vars)
    return method, _cleansed(params) if switches.proactive_filter else params


def _cleansed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cleansed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleansed(item) for item in value]
    for attack in _ATTACKS:
        value = attack.sub(r"\1 \2", value)
    return value


def _keep(sections: dict[str, dict[str, Any]], key: str, reply: Reply, time: dict[str, Any]) -> None:
    sections["result"][key] = reply.result
    sections["time"][key] = time
    if reply.total is not None:
        sections["total"][key] = reply.total
    if reply.next is not None:
        sections["next"][key] = reply.next
