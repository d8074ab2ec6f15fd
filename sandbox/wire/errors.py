"""An error as REST prints it."""

from typing import Any


class RestError(Exception):
    """`{"error": code, "error_description": description}` with an HTTP status and extra keys."""

    def __init__(self, code: str, description: str, status: int = 400, **extra: Any) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return {"error": self.code, "error_description": self.description, **self.extra}


def access_denied(description: str = "Access denied!") -> RestError:
    return RestError("ACCESS_DENIED", description, 403)
