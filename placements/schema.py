"""The OpenAPI document of the pages' API, with named models and page routes left out."""

import json
from typing import Any

from quart_schema.openapi import OpenAPIProvider


class NamedModels(OpenAPIProvider):
    """quart-schema inlines top-level models; the typed client wants them by name."""

    def schema(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(json.dumps(super().schema(), default=str))
        document["paths"] = {
            path: operations for path, operations in document["paths"].items() if path.startswith("/api/")
        }
        models = document["components"].setdefault("schemas", {})
        for operations in document["paths"].values():
            for operation in operations.values():
                for body in (operation.get("requestBody", {}), *operation.get("responses", {}).values()):
                    for media in body.get("content", {}).values():
                        _name(media, models)
        return document


def _name(media: dict[str, Any], models: dict[str, Any]) -> None:
    schema = media.get("schema", {})
    title = schema.get("title")
    if title and schema.get("type") == "object":
        if models.setdefault(title, schema) != schema:
            raise ValueError(f"two different models are called {title}")
        media["schema"] = {"$ref": f"#/components/schemas/{title}"}
