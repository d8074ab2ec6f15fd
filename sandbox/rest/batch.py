"""`batch`: up to 50 commands in order, in one hit, without a transaction."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox.rest import references
from sandbox.rest.hit import Reply
from sandbox.wire import php
from sandbox.wire.errors import RestError

MAX_COMMANDS = 50

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


def run(params: dict[str, Any], call: Runner) -> Reply:
    """Run the commands; `call` executes one and answers its reply and its `time`."""
    low = {key.lower(): value for key, value in params.items()}
    halt = php.truthy(low.get("halt"))
    sections: dict[str, dict[str, Any]] = {name: {} for name in ("result", "error", "total", "next", "time")}
    for position, (key, command) in enumerate(commands(params)):
        if not isinstance(command, str):
            continue
        try:
            _run_one(position, key, command, sections, call)
        except RestError as error:
            sections["error"][key] = error.body()
            if halt:
                break
    return Reply({_TITLES[name]: php.array(section) for name, section in sections.items()})


_TITLES = {
    "result": "result",
    "error": "result_error",
    "total": "result_total",
    "next": "result_next",
    "time": "result_time",
}


def _run_one(
    position: int, key: str, command: str, sections: dict[str, dict[str, Any]], call: Runner
) -> None:
    if position >= MAX_COMMANDS:
        raise RestError("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
    method, query = split(command)
    if method == "batch":
        raise RestError("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")
    reply, time = call(method, references.resolve(php.parse_str(query), sections))
    sections["result"][key] = reply.result
    sections["time"][key] = time
    if reply.total is not None:
        sections["total"][key] = reply.total
    if reply.next is not None:
        sections["next"][key] = reply.next
