"""Documents that are made from the code: the manifest of what we register, and the pages' API."""

import json

from pydantic import SecretStr

from application.crypto import new_key
from application.main import declare, engine
from application.registration import placement_parameters, robot_parameters
from application.settings import Settings
from application.web import create_app


def manifest_text() -> str:
    """`manifest.json`: addresses are relative to the bridge's public URL."""
    declared = declare(Settings.model_construct(public_url=""))
    manifest = {
        "scopes": list(declared.scopes),
        "events": [event.code for event in declared.events],
        "robots": [robot_parameters(robot, declared.robot_url, 0) for robot in declared.robots],
        "placements": [
            placement_parameters(placement, declared.page_url(placement.page))
            for placement in declared.placements
        ],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"


async def openapi_text() -> str:
    """The pages' API, as `placements/openapi.json` keeps it; nothing is connected to."""
    settings = Settings.model_construct(**{**Settings().model_dump(), "secret_keys": (SecretStr(new_key()),)})
    async with engine(settings, "postgresql://nobody@nowhere.invalid/none", None) as parts:
        app = create_app(parts)
        document = app.extensions["QUART_SCHEMA"].openapi_provider.schema()
    return json.dumps(document, indent=2, sort_keys=True) + "\n"
