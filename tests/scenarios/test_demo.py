"""The demo leaves nothing behind when it is stopped, and starts again whatever happened to it."""

import signal
import subprocess
from pathlib import Path

import psutil

from tests.scenarios.arena import until
from tests.scenarios.demos import at_work_in, command, demo, read_until, running_demo

RUNNING = "The hub portal:"


async def test_ctrl_c_leaves_no_process_and_no_lock(open_folder: Path):
    with running_demo(open_folder) as process:
        read_until(process, RUNNING)
        assert len(at_work_in(open_folder)) >= 5
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output[-3000:]
    assert at_work_in(open_folder) == []
    assert not (open_folder / "lock").exists()
    assert not (open_folder / "children.json").exists()


async def test_ctrl_c_while_it_is_still_starting_leaves_nothing_either(open_folder: Path):
    with running_demo(open_folder) as process:
        read_until(process, "Starting PostgreSQL")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert at_work_in(open_folder) == []
    assert not (open_folder / "lock").exists()


async def test_after_kill_9_its_processes_end_and_it_starts_again(open_folder: Path):
    with running_demo(open_folder) as process:
        read_until(process, RUNNING)
        process.kill()
        process.wait()

    async def gone() -> bool:
        return at_work_in(open_folder) == []

    await until(gone, 30, "the killed demo's processes")
    assert demo(open_folder, "--deals", "6")["delivered"] == 6


async def test_a_start_right_after_kill_9_does_not_meet_its_predecessor(open_folder: Path):
    with running_demo(open_folder) as process:
        read_until(process, RUNNING)
        process.kill()
        process.wait()
    assert demo(open_folder, "--deals", "6")["delivered"] == 6
    assert at_work_in(open_folder) == []


async def test_after_kill_9_of_it_and_of_everything_it_started_it_starts_again(open_folder: Path):
    with running_demo(open_folder) as process:
        read_until(process, RUNNING)
        # Its children die first, so that none of them can tidy up; the servers' own children stay.
        for child in psutil.Process(process.pid).children():
            child.kill()
        process.kill()
        process.wait()
    assert demo(open_folder, "--deals", "6")["delivered"] == 6
    assert at_work_in(open_folder) == []


async def test_a_second_demo_of_one_folder_is_refused_in_one_sentence(open_folder: Path):
    with running_demo(open_folder) as process:
        read_until(process, RUNNING)
        second = subprocess.run(  # noqa: ASYNC221 - nothing else happens in this loop
            command(open_folder, "--headless"), check=False, capture_output=True, text=True, timeout=60
        )
        assert second.returncode == 1
        assert "running already" in second.stderr
        assert "Traceback" not in second.stderr
        assert process.poll() is None


async def test_two_checkouts_side_by_side_do_not_meet(open_folder: Path):
    other = open_folder / "other checkout"
    with running_demo(open_folder) as process:
        read_until(process, RUNNING)
        result = demo(other, "--deals", "6")
        assert (result["delivered"], result["hub_deals"]) == (6, 6)
        assert process.poll() is None
