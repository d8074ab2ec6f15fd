"""No secret reaches a log line, in whatever shape it comes."""

import io
import json
from contextlib import redirect_stderr
from urllib.parse import quote, urlencode

import pytest
import structlog

from application.logs import MASK, redact, redactor, set_up

SECRET = "5ecretV4lue-._~"
NAMES = (
    "access_token",
    "refresh_token",
    "application_token",
    "event_token",
    "client_secret",
    "AUTH_ID",
    "auth",
)


def _line(**event: object) -> str:
    return json.dumps(redactor(None, "info", event), default=str, ensure_ascii=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_masked_in_every_spelling_of_a_form(name: str) -> None:
    for text in (
        f"{name}={SECRET}&x=1", f"auth[{name}]={SECRET}", urlencode({f"auth[{name}]": SECRET, "x": "1"}),
        f'{{"{name}": "{SECRET}", "x": 1}}', f"{{'{name}': '{SECRET}'}}", f"{name}: {SECRET}",
        f"https://p.example/rest/x?{name}={quote(SECRET)}&start=0",
    ):  # fmt: skip
        assert "5ecret" not in redact(text), text
        assert MASK in redact(text)


@pytest.mark.parametrize("name", ["access_token", "password", "secret_keys", "Authorization", "session"])
def test_a_secret_is_masked_at_any_depth(name: str) -> None:
    assert "5ecret" not in _line(event="x", **{name: SECRET})
    assert "5ecret" not in _line(event="x", form={"auth": [{name: SECRET}], "tuple": ({name: SECRET},)})
    assert "5ecret" not in _line(event="x", note=f"it said access_token={SECRET}", list=[f"auth={SECRET}"])


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://user:{SECRET}@db.example/x",
        f"redis://:{SECRET}@h:1/0",
        f"postgresql://u:{SECRET}%40@h/d",
    ],
)
def test_a_password_in_an_address_is_masked_and_the_rest_stays(url: str) -> None:
    masked = redact(f"cannot reach {url}")
    assert "5ecret" not in masked
    assert masked.startswith("cannot reach ")
    assert masked.endswith(url.partition("@")[2].partition("@")[2] or url.rpartition("@")[2])


def test_ordinary_text_stays_as_it_is() -> None:
    for text in (
        "deal 7 of north.bitrix24.ru: crm.deal.add",
        "https://north.bitrix24.ru:443/crm/",
        "author=Ann",
    ):
        assert redact(text) == text


@pytest.mark.parametrize("shape", ["json", "console"])
def test_a_trace_shows_no_secret_either(shape: str) -> None:
    written = io.StringIO()
    with redirect_stderr(written):
        set_up(shape, "info")
        try:
            int(f"https://p.example/rest/x?auth={SECRET}")
        except ValueError:
            structlog.get_logger().exception("bug", url=f"https://u:{SECRET}@h/")
    structlog.reset_defaults()
    assert "ValueError" in written.getvalue()
    assert "5ecret" not in written.getvalue()
