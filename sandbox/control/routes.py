"""A table of JSON calls: method and path to a function, errors to an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.cloud.queue import QueueServer
from sandbox.control.frames import Frames
from sandbox.rest.dispatch import Dispatcher, dump
from sandbox.wire.errors import RestError
from sandbox.world.portal import Portal
from sandbox.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the calls work on."""

    world: World
    frames: Frames
    queue: QueueServer
    dispatcher: Dispatcher

    def portal(self, name: str) -> Portal:
        found = self.world.portals.get(name)
        if found is None:
            raise RestError("NOT_FOUND", f"No portal {name}", 404)
        return found

    def reset(self) -> None:
        self.queue.reset()
        self.dispatcher.limits.clear()
        self.frames.clear()
        self.world.reset()


@dataclass(frozen=True, slots=True)
class Ask:
    """One call: its JSON body, its query, and the parts of the path that the pattern left open."""

    scene: Scene
    body: Json
    query: dict[str, str]
    host: Portal | None
    parts: Sequence[str]

    @property
    def world(self) -> World:
        return self.scene.world

    @property
    def portal(self) -> Portal:
        """The portal of the host, or the one that the path names first."""
        return self.host or self.scene.portal(self.parts[0])

    @property
    def user_id(self) -> int:
        return int(self.body.get("user_id") or self.query.get("user_id") or 1)


Handler = Callable[[Ask], Any]
Table = dict[str, Handler]


async def answer(request: web.BaseRequest, scene: Scene, table: Table, host: Portal | None) -> web.Response:
    """Run the call that `table` has under `METHOD path`, where `*` stands for any one part."""
    path = request.path.strip("/").split("/")[1:]
    try:
        body = await request.json() if request.can_read_body else {}
        handler, parts = _find(table, request.method, path)
        ask = Ask(scene, body if isinstance(body, dict) else {}, dict(request.query), host, parts)
        return _reply(handler(ask))
    except RestError as error:
        return _reply(error.body(), error.status)
    except (KeyError, TypeError, ValueError) as error:
        text = f"{type(error).__name__}: {error}"
        return _reply({"error": "BAD_REQUEST", "error_description": text}, 400)


def _find(table: Table, method: str, path: list[str]) -> tuple[Handler, list[str]]:
    for pattern, handler in table.items():
        verb, _, route = pattern.partition(" ")
        wanted = route.split("/")
        if verb != method or len(wanted) != len(path):
            continue
        if all(want in ("*", have) for want, have in zip(wanted, path, strict=True)):
            return handler, [have for want, have in zip(wanted, path, strict=True) if want == "*"]
    raise RestError("NOT_FOUND", "No such call", 404)


def _reply(body: Any, status: int = 200) -> web.Response:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return web.Response(status=status, body=dump(body), headers=headers)
