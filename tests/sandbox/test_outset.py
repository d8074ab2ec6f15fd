"""What `serve` prepares for somebody's own application."""

import asyncio
import json
import sys


async def serve(folder, *arguments):
    """Start, read what is said on both outputs until the last line, stop."""
    command = [sys.executable, "-m", "sandbox", "serve", "--folder", str(folder), *arguments]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(20):
        said = json.loads(await process.stdout.readline())
        process.terminate()
        people = (await process.stderr.read()).decode()
        assert await process.wait() == 0
    return said, people


async def test_two_portals_for_ones_own_application_in_one_line(tmp_path):
    url = "http://app.b24.localhost:8080/"
    said, people = await serve(tmp_path, "--portals", "hub,north:ru", "--app-url", url)
    assert [portal["name"] for portal in said["portals"]] == ["hub", "north"]
    assert said["client_id"].startswith("app.")
    for portal in said["portals"]:
        assert f"{portal['url']}marketplace/app/{said['client_id']}/" in people
    assert said["client_secret"] in people


async def test_a_local_application_without_pages(tmp_path):
    event = "http://app.b24.localhost:8080/events"
    said, people = await serve(
        tmp_path, "--portals", "north", "--local", "--event-url", event, "--deals", "0"
    )
    assert said["client_id"].startswith("local.")
    assert "portal     https://north.b24.localhost:" in people


async def test_without_arguments_there_is_nothing_but_the_servers(tmp_path):
    said, people = await serve(tmp_path)
    assert (said["portals"], "client_id" in said, people) == ([], False, "")
    assert said["oauth_ru"].startswith("https://oauth-ru.")
