"""The table of fidelity names tests that exist."""

import re
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parents[1] / "sandbox" / "README.md"


def test_every_test_named_in_the_readme_exists():
    missing, path = [], HERE
    for row in README.read_text().splitlines():
        if not row.startswith("| "):
            continue
        for named in re.findall(r"`((?:[\w./-]+\.py)?(?:::\w+)?)`", row):
            file, _, test = named.partition("::")
            if file and "test_" not in file:
                continue
            path = HERE / file if file else path
            if named and (not path.is_file() or (test and f"def {test}(" not in path.read_text())):
                missing.append(named)
    assert missing == []
