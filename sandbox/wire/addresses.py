"""Handler addresses as the portal judges them."""

from urllib.parse import urlsplit

from sandbox.wire.errors import RestError


def check(url: object) -> str:
    """Answer the address, or raise for another protocol than http(s) or a host without a dot."""
    text = str(url or "")
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise RestError("ERROR_WRONG_HANDLER_URL", "Wrong handler URL") from error
    if parts.scheme not in ("http", "https"):
        raise RestError("ERROR_UNSUPPORTED_PROTOCOL", "Unsupported handler protocol")
    if "." not in host.strip("."):
        raise RestError("ERROR_WRONG_HANDLER_URL", "Wrong handler URL")
    return text
