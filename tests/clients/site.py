"""The web site of a foreign application: pages that start the official JavaScript SDK, and its file."""

from pathlib import Path

from aiohttp import web

from tests.sandbox.stage import Json

SDK = Path(__file__).parents[2] / "placements/web/node_modules/@bitrix24/b24jssdk/dist/umd/index.min.js"
_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Foreign application</title>
<style>body {{ font: 14px system-ui; padding: 16px }}</style>
<h1 id="path">{path}</h1>
<script src="/sdk.js"></script>
<script>
  window.started = B24Js.initializeB24Frame().then((b24) => {{ window.b24 = b24; return true }})
</script>
"""


class Site:
    """Serves the same page at every path; `forms` are what portals have posted, by path."""

    def __init__(self) -> None:
        self.forms: list[tuple[str, Json]] = []
        self.url = ""
        self._runner = web.ServerRunner(web.Server(self._answer))

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://foreign.b24.localhost:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    def at(self, path: str) -> list[Json]:
        return [form for where, form in self.forms if where == path]

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/sdk.js":
            return web.FileResponse(SDK, headers={"Content-Type": "text/javascript"})
        if request.method == "POST":
            self.forms.append((request.path, dict(await request.post())))
        return web.Response(text=_PAGE.format(path=request.path), content_type="text/html")
