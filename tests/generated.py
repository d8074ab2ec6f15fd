"""Files that are made from the code and kept in the repository: writes them, or checks that they are true."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from application.documents import manifest_text, openapi_text
from application.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]


def settings_text() -> str:
    """The one list of all settings, out of the class that reads them."""
    lines = [
        "# Settings",
        "",
        "Made from `application/settings.py` by `make generate`. Every setting is an environment variable",
        "or a line of an `.env` file. Lists have commas; patterns may hold `*`; durations are seconds.",
        "",
        "| variable | default | what it is |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, timedelta):
        return f"`{value.total_seconds():g}`"
    if isinstance(value, tuple):
        return "`" + ",".join(value) + "`" if len(value) < 5 else "the zones of Bitrix24's cloud"
    return f"`{value}`"


def files() -> dict[Path, str]:
    return {
        ROOT / "manifest.json": manifest_text(),
        ROOT / "docs" / "settings.md": settings_text(),
        ROOT / "placements" / "openapi.json": asyncio.run(openapi_text()),
    }


def main() -> int:
    check = "--check" in sys.argv
    stale = 0
    for path, text in files().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            print(f"{path.relative_to(ROOT)} is not what the code says; run `make generate`.")
            stale += 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"Wrote {path.relative_to(ROOT)}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
