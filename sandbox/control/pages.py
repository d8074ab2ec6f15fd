"""The files of the portal page."""

from pathlib import Path

from aiohttp import web

FOLDER = (Path(__file__).parent.parent / "shell").resolve()


async def answer(request: web.BaseRequest) -> web.StreamResponse:
    """Serve a file of the shell, or its index for every address of the portal's pages."""
    path = (FOLDER / request.path.lstrip("/")).resolve()
    if not path.is_relative_to(FOLDER) or not path.is_file():
        path = FOLDER / "index.html"
    if not path.is_file():
        return web.Response(text="The portal page is missing.", status=404)
    return web.FileResponse(path, headers={"Cache-Control": "no-store"})
