"""1,000 deals through the demo, with and without trouble: each arrives once, says the hub portal."""

from pathlib import Path

from tests.scenarios.demos import demo

THOUSAND = ("--deals", "1000")


def everything_once(result: dict, deals: int) -> None:
    assert result["deals"] == result["delivered"] == result["hub_deals"] == deals
    assert (result["lost"], result["duplicates"]) == (0, 0)


def test_a_thousand_deals_arrive_and_each_once(open_folder: Path):
    result = demo(open_folder, *THOUSAND)
    everything_once(result, 1000)
    # Fifty to a request: a thousand deals one by one would take thousands of requests.
    assert result["hub_requests"] < 300
    assert result["partner_requests"] < 500


def test_with_the_worker_killed_twice_and_the_web_process_once(open_folder: Path):
    everything_once(demo(open_folder, *THOUSAND, "--kill-worker", "2", "--kill-web", "1"), 1000)


def test_with_every_robot_call_sent_twice(open_folder: Path):
    everything_once(demo(open_folder, *THOUSAND, "--double-calls"), 1000)


def test_three_partners_install_in_three_ways_and_share_the_deals(open_folder: Path):
    everything_once(demo(open_folder, "--deals", "20", "--partners", "3"), 20)
