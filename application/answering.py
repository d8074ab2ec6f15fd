"""Tells a waiting robot how its deal fared."""

from application.model import RobotCall
from application.portal_api import PortalApi

_MAX_LOG = 1000


async def answer_robot(api: PortalApi, call: RobotCall, *, log: str, values: dict[str, str]) -> None:
    """Complete the robot's step (bitrix24-app-protocol 4.4); the first answer wins, repeats are harmless."""
    await api.call(
        "bizproc.event.send",
        {"EVENT_TOKEN": call.event_token, "RETURN_VALUES": values, "LOG_MESSAGE": log[:_MAX_LOG]},
        writes=True,
    )
