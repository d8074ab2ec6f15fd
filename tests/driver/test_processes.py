"""Children of the demo end with it, in order, even when it is killed or its state file tells old stories."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sandbox.driver.folder import DemoError, sole_user, sweep_out
from sandbox.driver.processes import Command, Processes, stop_leftovers
from tests.scenarios.arena import until

READY = "import json,time\nprint(json.dumps({'port': 7}), flush=True)\ntime.sleep(600)"
STUBBORN = "import signal,time\nsignal.signal(15, signal.SIG_IGN)\nprint('{}', flush=True)\ntime.sleep(600)"
OWNER = """
import asyncio, os, sys
from pathlib import Path
from sandbox.driver.processes import Command, Processes
async def main():
    processes = Processes(Path(sys.argv[1]))
    await processes.start(Command("child", [sys.executable, "-c", sys.argv[2]], os.environ), announces=20)
    print(processes.pid("child"), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def command(name: str, code: str) -> Command:
    return Command(name, [sys.executable, "-c", code], os.environ)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sweep_out(tmp_path)
    return tmp_path


async def test_children_announce_themselves_and_end_with_the_context(folder: Path):
    async with Processes(folder) as processes:
        assert await processes.start(command("one", READY), announces=20) == {"port": 7}
        pid = processes.pid("one")
        assert json.loads((folder / "children.json").read_text())[0]["pid"] == pid
    assert is_gone(pid)
    assert not (folder / "children.json").exists()


async def test_a_child_that_does_not_start_is_one_sentence_with_the_end_of_its_log(folder: Path):
    async with Processes(folder) as processes:
        with pytest.raises(DemoError, match="no such setting"):
            await processes.start(command("one", "raise SystemExit('no such setting')"), announces=20)


async def test_a_child_that_ends_by_itself_is_noticed(folder: Path):
    async with Processes(folder) as processes:
        await processes.start(command("one", "raise SystemExit(3)"))

        async def ended() -> bool:
            return not processes.is_running("one")

        await until(ended)
        with pytest.raises(DemoError, match="status 3"):
            processes.check()


async def test_a_crashed_child_is_no_complaint_and_can_start_again(folder: Path):
    async with Processes(folder) as processes:
        await processes.start(command("one", READY))
        first = processes.pid("one")
        await processes.crash("one")
        processes.check()
        await processes.restart("one")
        assert processes.pid("one") != first
        assert processes.is_running("one")


async def test_a_child_that_ignores_sigterm_is_killed_in_the_end(folder: Path):
    async with Processes(folder) as processes:
        await processes.start(command("one", STUBBORN), announces=20)
        started = time.monotonic()
        assert await processes.stop("one", seconds=0.3) == -9
        assert time.monotonic() - started < 5


async def test_kill_9_of_the_owner_ends_the_child_by_the_kernels_hand(folder: Path):
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OWNER, str(folder), READY), stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout is not None
    child = int(await owner.stdout.readline())
    assert psutil.pid_exists(child)
    owner.kill()
    await owner.wait()

    async def gone() -> bool:
        return is_gone(child)

    await until(gone, 10)


async def test_the_next_start_stops_what_a_killed_owner_left(folder: Path):
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OWNER, str(folder), STUBBORN), stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout is not None
    child = int(await owner.stdout.readline())
    owner.kill()
    await owner.wait()
    assert psutil.pid_exists(child)  # it ignores SIGTERM, the kernel's one as well
    await asyncio.to_thread(stop_leftovers, folder / "children.json", 0.3)

    async def gone() -> bool:
        return is_gone(child)

    await until(gone, 10)


def test_a_stranger_with_a_reused_process_id_is_left_alone(folder: Path):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as stranger:
        rows = [{"name": "web", "pid": stranger.pid, "created": time.time() - 3600}]
        (folder / "children.json").write_text(json.dumps(rows))
        stop_leftovers(folder / "children.json")
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("text", ["", "{", "[]", "[{}]", '[{"pid": "x", "created": null}]'])
def test_a_state_file_that_makes_no_sense_is_no_obstacle(folder: Path, text: str):
    (folder / "children.json").write_text(text)
    stop_leftovers(folder / "children.json")


def test_one_folder_has_one_user_and_the_lock_goes_with_it(folder: Path):
    with sole_user(folder), pytest.raises(DemoError, match=f"process {os.getpid()}"), sole_user(folder):
        pass
    assert not (folder / "lock").exists()
    with sole_user(folder):
        pass
