"""The command as a driver starts it."""

import asyncio
import json
import signal
import ssl
import sys

import pytest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_listens_and_ends_on_a_signal(tmp_path, number):
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--folder", str(tmp_path / "made")]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            said = json.loads(await process.stdout.readline())
        assert said["oauth"] == f"https://oauth.b24.localhost:{said['port']}"
        tls = ssl.create_default_context(cafile=said["ca_file"])
        _, writer = await asyncio.open_connection(
            "127.0.0.1", said["port"], ssl=tls, server_hostname="north.b24.localhost"
        )
        writer.transport.abort()
        process.send_signal(number)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
