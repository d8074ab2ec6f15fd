"""What the house rules can be checked for: sizes, names, locks, documents, texts."""

import re
import subprocess
from pathlib import Path

import pytest

from application.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
FORBIDDEN = {"utils", "helpers", "common", "base", "manager", "service"}
MOST_LINES = 400
MOST_FILES = 13  # a dozen and the package's own __init__


def _tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in endings and path.exists()]


SOURCES = [path for path in _tracked(".py", ".ts", ".vue", ".js") if path.name != "schema.d.ts"]


def test_no_source_file_is_longer_than_a_reader_bears() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = {part for path in SOURCES for part in (*path.relative_to(ROOT).parts[:-1], path.stem)}
    assert named & FORBIDDEN == set()


def test_every_python_module_opens_with_a_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in _tracked(".py")
        if (text := path.read_text()).strip() and not text.startswith('"""')
    ]
    assert silent == []


@pytest.mark.parametrize("name", ["run", "dev", "node"])
def test_locks_carry_versions_and_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, re.MULTILINE)
    assert entries
    assert text.count("--hash=sha256:") >= len(entries)
    assert "://" not in text


def test_the_pages_lock_carries_no_addresses_of_packages() -> None:
    text = (ROOT / "placements" / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 100


def test_every_dependency_of_the_wheel_is_locked() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    block = project.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    lines = [line.strip(' ",') for line in block.splitlines() if line.strip()]
    names = {re.split(r"[\[<>=~;]", line, maxsplit=1)[0].lower() for line in lines}
    locked = (ROOT / "requirements" / "run.txt").read_text().lower()
    assert {name for name in names if f"\n{name}==" not in f"\n{locked}"} == set()


@pytest.mark.parametrize("document", ["README.md", "README.ru.md"])
def test_the_readme_names_only_settings_and_commands_that_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    named = set(re.findall(r"\bBRIDGE_[A-Z_]+\b", text))
    assert {name.removesuffix("_FILE") for name in named} <= known | {"BRIDGE_"}
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake ([a-z]+)", text):
        assert f"\n{target}:" in makefile


def test_both_readmes_have_the_same_parts() -> None:
    english, russian = ((ROOT / name).read_text() for name in ("README.md", "README.ru.md"))
    for mark in ("\n## ", "\n```", "\n| ", "\n1. ", "\n5. "):
        assert english.count(mark) == russian.count(mark)


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text()
