"""Log lines: one JSON object or one readable line per event, through one redactor."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_KEYS = re.compile(
    r"(access_token|refresh_token|application_token|event_token|client_secret|auth_id|refresh_id|password|"
    r"secret_keys?|authorization|session)$",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"((?:access_token|refresh_token|application_token|event_token|client_secret|auth_id|refresh_id|auth)"
    r"(?:\]|%5D)?[\"']?\s*[=:]\s*[\"']?)[^&\s\"',}]+",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@/\s]+@")
MASK = "•••"


def redact(text: str) -> str:
    """The text without tokens, secrets and passwords, in plain and in percent-encoded form."""
    return _URL_PASSWORD.sub(rf"\1{MASK}@", _SECRET_TEXT.sub(rf"\1{MASK}", text))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: MASK if _SECRET_KEYS.search(str(key)) else _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def redactor(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before rendering; nothing is written around it."""
    cleaned: MutableMapping[str, Any] = _clean(dict(event))
    return cleaned


def set_up(shape: str, level: str) -> None:
    """Send everything, ours and the libraries', to standard error in one shape."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redactor,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if shape == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
