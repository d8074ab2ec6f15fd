"""Finds the hub's user with the same e-mail address."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mappings.card import Note
from mappings.transforms.contract import Label, Noted, Parameters, Scope, Transform
from mappings.values import is_empty, shown, text_of


class UserByEmail(Parameters):
    transform: Literal["user_by_email"] = "user_by_email"
    fallback: Annotated[int, Field(ge=1)] | None = None
    """The hub's user who stands in for anybody not found."""


def run(value: Any, parameters: UserByEmail, scope: Scope) -> Any:
    emails = value if isinstance(value, list | tuple) else [value]
    wanted = ["" if is_empty(email) else text_of(email).strip() for email in emails]
    users = [scope.card.users_by_email.get(email.lower()) for email in wanted]
    missing = [email for email, user in zip(wanted, users, strict=True) if user is None]
    found = list(dict.fromkeys(user or parameters.fallback for user in users))
    present = [user for user in found if user is not None]
    answer = present if isinstance(value, list | tuple) else next(iter(present), None)
    if not missing:
        return answer
    code = "responsible_not_found" if scope.field == "assignedById" else "user_not_found"
    return Noted(answer, Note(code, {"field": scope.field, "email": shown(", ".join(missing))}))


TRANSFORM = Transform(
    code="user_by_email",
    label=Label(ru="Сотрудник по e-mail", en="User by e-mail"),
    parameters=UserByEmail,
    run=run,
    whole=True,
)
