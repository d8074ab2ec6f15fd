"""How a robot call lies in the queue: as JSON, sealed by whoever puts it there."""

import json
from dataclasses import asdict

from application.model import RobotCall


def payload_of(call: RobotCall) -> str:
    return json.dumps(asdict(call))


def call_of(payload: str) -> RobotCall:
    return RobotCall(**json.loads(payload))
