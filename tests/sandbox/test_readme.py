"""The table of fidelity names tests that exist."""

import re
from pathlib import Path

import sandbox

HERE = Path(__file__).parent
README = Path(sandbox.__file__).parent / "README.md"
NAME = re.compile(r"`([a-z_/]*(?:test_[a-z_]+\.py)?)(?:::(test_[a-z0-9_]+))?`")


def test_every_test_that_the_table_names_exists():
    missing, file = [], HERE
    for line in README.read_text().splitlines():
        cells = line.split("|")
        for path, name in NAME.findall(cells[-2]) if line.startswith("|") and len(cells) > 4 else ():
            file = HERE / path if path else file
            if not file.is_file() or (name and f"def {name}(" not in file.read_text()):
                missing.append(f"{path}::{name}")
    assert missing == []
