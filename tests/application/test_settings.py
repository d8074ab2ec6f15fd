"""Settings are read once; what is wrong is said in one sentence each, without its value."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from application.crypto import new_key
from application.settings import PREFIX, Settings, SettingsWrong, read_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and no `.env` file."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
        monkeypatch.delenv(f"{PREFIX}{name.upper()}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


def _set(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name.upper(), value)


def test_without_any_setting_the_defaults_serve() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8080, None)
    assert settings.portal_deadline == timedelta(seconds=65)


def test_every_wrong_setting_is_named_in_a_sentence_of_its_own_and_no_value_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _set(monkeypatch, port="s3cret-port", lanes="s3cret-0", secret_keys="s3cret-key", public_url="s3cret://x",
         lease="s3cret-lease", log_format="s3cret-format")  # fmt: skip
    with pytest.raises(SettingsWrong) as wrong:
        read_settings()
    lines = str(wrong.value).splitlines()
    assert {line.partition(":")[0] for line in lines} == {
        "BRIDGE_PORT", "BRIDGE_LANES", "BRIDGE_SECRET_KEYS", "BRIDGE_PUBLIC_URL", "BRIDGE_LEASE",
        "BRIDGE_LOG_FORMAT",
    }  # fmt: skip
    assert len(lines) == 6
    assert all(line.endswith(".") for line in lines)
    assert "s3cret" not in str(wrong.value)
    assert wrong.value.__suppress_context__


def test_secrets_may_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = new_key()
    for name, text in {"SECRET_KEYS": f"{key}\n", "CLIENT_SECRET": " abc \n"}.items():
        (tmp_path / name).write_text(text)
        monkeypatch.setenv(f"{PREFIX}{name}_FILE", str(tmp_path / name))
    settings = read_settings()
    assert [secret.get_secret_value() for secret in settings.secret_keys] == [key]
    assert settings.client_secret is not None
    assert settings.client_secret.get_secret_value() == "abc"


def test_a_secret_s_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGE_DATABASE_URL_FILE", "/nowhere/url")
    with pytest.raises(SettingsWrong, match="BRIDGE_DATABASE_URL_FILE: cannot read /nowhere/url"):
        read_settings()


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    _set(monkeypatch, secret_keys=key, client_secret="s3cret", database_url="postgresql://u:s3cret@h/d")
    shown = f"{read_settings()!r} {read_settings()}"
    assert key not in shown
    assert "s3cret" not in shown


@pytest.mark.parametrize("given", ["5", "5.0", " 5 ", "PT5S", "00:00:05"])
def test_a_duration_is_seconds_or_what_its_unit_says(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    _set(monkeypatch, portal_deadline=given)
    assert read_settings().portal_deadline == timedelta(seconds=5)


def test_lists_are_words_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, private_hosts=" *.corp.lan , crm.local,, ")
    assert read_settings().private_hosts == ("*.corp.lan", "crm.local")


@pytest.mark.parametrize("address", ["https://bridge.example/", "http://bridge.b24.localhost:8080"])
def test_the_public_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    _set(monkeypatch, public_url=address)
    assert read_settings().public_url == address.rstrip("/")


@pytest.mark.parametrize("address", ["bridge.example", "ftp://bridge.example", "https://localhost:8080"])
def test_an_address_that_bitrix24_would_refuse_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    _set(monkeypatch, public_url=address)
    with pytest.raises(SettingsWrong, match="BRIDGE_PUBLIC_URL"):
        read_settings()


def test_settings_stay_as_they_were_read() -> None:
    with pytest.raises(ValidationError):
        read_settings().port = 1  # type: ignore[misc]  # that it is forbidden is what is shown


@pytest.mark.parametrize(
    ("domain", "allowed"),
    [
        ("north.bitrix24.ru", True), ("NORTH.Bitrix24.RU", True), ("north.bitrix24.ru:443", True),
        ("north.bitrix24.com.br", True), ("crm.corp.lan", True), ("CRM.corp.lan:8443", True),
        ("odd.corp.lan:8443", True), ("odd.corp.lan", False), ("odd.corp.lan:1", False),
        ("bitrix24.ru", False), ("evilbitrix24.ru", False), ("north.bitrix24.ru.evil.example", False),
        ("evil.example", False), ("xcrm.corp.lan", False), ("", False),
    ],
)  # fmt: skip
def test_only_portals_on_the_list_may_install(
    monkeypatch: pytest.MonkeyPatch, domain: str, allowed: bool
) -> None:
    _set(monkeypatch, self_hosted="Crm.Corp.Lan,odd.corp.lan:8443")
    assert read_settings().may_install(domain) is allowed
