"""What an application tells a workflow: `bizproc.event.send`, `bizproc.activity.log`."""

from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError, access_denied
from sandbox.world import automation
from sandbox.world.model import Run


def send(request: Request) -> Reply:
    """Complete a waiting robot: true whenever the token's signature is good."""
    run = _run(request)
    if run is not None:
        message = request.get("LOG_MESSAGE")
        text = php.to_text(message) if message else None
        automation.answer(request.portal, run, request.get("RETURN_VALUES"), text)
    return Reply(result=True)


def log(request: Request) -> Reply:
    run = _run(request)
    message = php.to_text(request.get("LOG_MESSAGE"))
    if not message:
        raise RestError("ERROR_EMPTY_LOG_MESSAGE", "Empty log message!")
    if run is None:
        raise RestError("ERROR_CORE", "Workflow not found")
    if run.state == "waiting":
        run.log.append(message)
    return Reply(result=True)


def _run(request: Request) -> Run | None:
    try:
        return automation.find_run(request.portal, php.to_text(request.get("EVENT_TOKEN")))
    except LookupError:
        raise access_denied() from None


METHODS = [
    Method("bizproc.event.send", send, "bizproc"),
    Method("bizproc.activity.log", log, "bizproc"),
]
