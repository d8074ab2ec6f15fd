"""The settings of a bridge process: read once from the environment or an `.env` file, then frozen."""

import os
import re
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "BRIDGE_"
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_SECRETS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEYS", "CLIENT_SECRET")
CLOUD_ZONES = (
    "*.bitrix24.ru,*.bitrix24.com,*.bitrix24.kz,*.bitrix24.by,*.bitrix24.ua,*.bitrix24.de,*.bitrix24.eu,"
    "*.bitrix24.es,*.bitrix24.fr,*.bitrix24.it,*.bitrix24.pl,*.bitrix24.in,*.bitrix24.com.br,*.bitrix24.mx,"
    "*.bitrix24.co,*.bitrix24.com.tr,*.bitrix24.cn,*.bitrix24.jp,*.bitrix24.vn,*.bitrix24.id,*.bitrix24.uz,"
    "*.bitrix24.uk,*.bitrix24.tech,*.bitrix24.site"
)


class SettingsWrong(Exception):
    """The settings cannot be used; the text is one sentence per problem and shows no value."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _address(value: str) -> str:
    if value and (not value.startswith(("https://", "http://")) or "." not in value.partition("://")[2]):
        raise ValueError("must be an http(s) address whose host contains a dot, as Bitrix24 demands")
    return value.rstrip("/")


def _seconds(value: object) -> object:
    """A bare number is a number of seconds, as the descriptions promise; pydantic alone refuses "5"."""
    if isinstance(value, str) and value.strip().replace(".", "", 1).isdigit():
        return float(value)
    return value


Words = Annotated[tuple[str, ...], NoDecode]
Seconds = Annotated[timedelta, BeforeValidator(_seconds)]


class Settings(BaseSettings):
    """Every setting is an environment variable BRIDGE_…; secrets may also come through BRIDGE_…_FILE."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    public_url: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="The address under which portals and browsers reach the bridge."
    )
    host: str = Field(default="127.0.0.1", description="The address the web process listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port the web process listens on.")
    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL 15 or newer; without it `run` starts a server of its own."
    )
    redis_url: SecretStr | None = Field(
        default=None, description="Redis 7 or Valkey; without it the bridge works, on a slower path."
    )
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Keys that seal tokens, newest first; `b24-bridge keys new` makes one."
    )
    client_id: str = Field(default="", description="Client id of the market app, if there is one.")
    client_secret: SecretStr | None = Field(default=None, description="Client secret of the market app.")
    portal_zones: Words = Field(
        default=tuple(CLOUD_ZONES.split(",")), description="Host patterns of portals that may install."
    )
    self_hosted: Words = Field(default=(), description="Hosts of self-hosted portals that may install.")
    oauth_servers: Words = Field(
        default=("oauth.bitrix.info", "oauth.bitrix24.tech", "oauth.bitrix24.info"),
        description="Authorization servers that may see our client secrets; the first is the default.",
    )
    private_hosts: Words = Field(
        default=(), description="Host patterns that may resolve to private or loopback addresses."
    )
    ca_file: Path | None = Field(default=None, description="More certificate authorities to trust (PEM).")
    data: Path | None = Field(
        default=None, description="Folder of the embedded servers' data; `./var/b24-bridge` by default."
    )
    lanes: int = Field(default=16, ge=1, le=256, description="How many routes one worker serves at a time.")
    portal_deadline: Seconds = Field(
        default=timedelta(seconds=65),
        description="Seconds a portal may go on working on a request whose answer was lost.",
    )
    lease: Seconds = Field(
        default=timedelta(seconds=30), description="Seconds a worker holds a lane without a heartbeat."
    )
    log_format: Literal["json", "console"] = Field(default="json", description="Shape of the log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important log lines that are written."
    )

    @field_validator(
        "secret_keys", "portal_zones", "self_hosted", "oauth_servers", "private_hosts", mode="before"
    )
    @classmethod
    def _words(cls, value: object) -> object:
        return _split(value)

    @field_validator("secret_keys")
    @classmethod
    def _keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(_KEY.fullmatch(key.get_secret_value()) for key in value):
            raise ValueError("must hold keys made by `b24-bridge keys new`")
        return value

    def may_install(self, domain: str) -> bool:
        """Whether the portal at `domain` (host, perhaps with a port) is on the allowlist."""
        host = domain.partition(":")[0].lower()
        listed = (entry.lower() for entry in self.self_hosted)
        return any(entry in {host, domain.lower()} for entry in listed) or any(
            fnmatch(host, zone.lower()) for zone in self.portal_zones
        )


def _secret_files() -> dict[str, str]:
    """Values of BRIDGE_…_FILE variables, as Docker and Kubernetes hand over secrets."""
    values = {}
    for name in _SECRETS:
        path = os.environ.get(f"{PREFIX}{name}_FILE")
        if path:
            try:
                values[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingsWrong(f"{PREFIX}{name}_FILE: cannot read {path}: {error.strerror}.") from None
    return values


def unknown_names() -> list[str]:
    """Variables that look like settings of ours and are none: most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {f"{PREFIX}{name}_FILE" for name in _SECRETS}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def read_settings(**overrides: Any) -> Settings:
    """Read the settings. Raises SettingsWrong, whose text is fit for an operator and shows no value."""
    try:
        return Settings(**{**_secret_files(), **overrides})
    except ValidationError as error:
        problems = []
        for problem in error.errors(include_input=False, include_url=False, include_context=False):
            name = PREFIX + str(problem["loc"][0]).upper() if problem["loc"] else "settings"
            problems.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}.")
        raise SettingsWrong("\n".join(problems)) from None
