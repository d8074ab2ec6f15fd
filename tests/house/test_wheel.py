"""The wheel holds what an operator needs and nothing of the workshop."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_engine_pages_sql_and_texts_but_no_workshop(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("b24_integration_bridge-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    rooms = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert rooms == {"application", "handlers", "mappings", "placements"}
    assert {
        "application/__main__.py",
        "application/messages.json",
        "application/store/migrations/0001_initial.sql",
        "handlers/send_deal.py",
        "mappings/model.py",
        "placements/static/manifest.json",
    } <= names
    assert any(name.startswith("placements/static/assets/") and name.endswith(".js") for name in names)
    assert not any(name.startswith("placements/web") for name in names)
