"""import-linter catches a violation of each contract: planted in a copy of the sources, seen in one run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("application", "handlers", "mappings", "placements", "sandbox")
PLANTED = {
    "Rooms are stacked": ("application/errors.py", "import application.worker"),
    "Only the composition root knows single robots and pages": ("application/worker.py", "import handlers"),
    "Mappings are pure": ("mappings/values.py", "import socket"),
    "The sandbox knows nothing of the bridge": ("sandbox/server.py", "import mappings"),
    "The bridge knows nothing of the sandbox": ("application/limits.py", "import sandbox"),
    "One door to Bitrix24": ("application/tokens.py", "import aiohttp"),
    "One door to Redis": ("application/worker.py", "import redis"),
    "One door to PostgreSQL": ("application/runner.py", "import asyncpg"),
    "One door to the web": ("application/registration.py", "import quart"),
}


def _lint(folder: Path) -> dict[str, str]:
    """Contract → KEPT or BROKEN."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run(
        [*command, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": ""},
    )
    return dict(re.findall(r"^(\S.*\S) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the sources without what is built or installed."""
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", "static", "web")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_each_contract_catches_the_violation_it_is_there_for(house: Path) -> None:
    assert set(_lint(house).values()) == {"KEPT"}
    for file, line in PLANTED.values():
        path = house / file
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    verdicts = _lint(house)
    assert verdicts.keys() == PLANTED.keys()
    assert set(verdicts.values()) == {"BROKEN"}
