"""Errors as the pages get them: a code, a sentence and a remedy in the reader's language."""

from typing import Any

from pydantic import BaseModel

from application.errors import AppError
from application.messages import Language, remedy, sentence


class Problem(BaseModel):
    """What happened and what to do; `request_id` finds the line in the bridge's log."""

    code: str
    sentence: str
    remedy: str
    request_id: str


class ApiError(Exception):
    """Ends a request of a page with a problem; `status` is the HTTP status."""

    def __init__(self, status: int, code: str, **params: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = params


def problem(code: str, params: dict[str, Any], language: Language, request_id: str) -> Problem:
    return Problem(
        code=code,
        sentence=sentence(code, language, params),
        remedy=remedy(code, language, params),
        request_id=request_id,
    )


def problem_of(error: AppError, language: Language, request_id: str) -> Problem:
    return problem(error.code, error.params, language, request_id)
