"""Every error that Bitrix24 is known to answer means one thing for a delivery."""

import pytest

from application.bitrix.answers import TokenRefused, error_parts, translate
from application.errors import AppError, OutcomeUnknown, PortalUnavailable, Rejected, Throttled, TryLater
from application.messages import known_codes

MEMBER = "0" * 32
# Codes of bitrix24-app-protocol 3.7 and bitrix24-crm-rest 1.3: what it is for a read, and for a write.
_TABLE: dict[str, tuple[type[Exception], type[Exception]]] = {
    "QUERY_LIMIT_EXCEEDED": (Throttled, Throttled),
    "OPERATION_TIME_LIMIT": (Throttled, Throttled),
    "expired_token": (TokenRefused, TokenRefused),
    "invalid_token": (TokenRefused, TokenRefused),
    "NO_AUTH_FOUND": (TokenRefused, TokenRefused),
    "INVALID_CREDENTIALS": (TokenRefused, TokenRefused),
    "ERROR_OAUTH": (PortalUnavailable, PortalUnavailable),
    "APPLICATION_NOT_FOUND": (PortalUnavailable, PortalUnavailable),
    "authorization_error": (PortalUnavailable, PortalUnavailable),
    "user_access_error": (PortalUnavailable, PortalUnavailable),
    "allowed_only_intranet_user": (PortalUnavailable, PortalUnavailable),
    "insufficient_scope": (PortalUnavailable, PortalUnavailable),
    "WRONG_AUTH_TYPE": (PortalUnavailable, PortalUnavailable),
    "PAYMENT_REQUIRED": (PortalUnavailable, PortalUnavailable),
    "OVERLOAD_LIMIT": (PortalUnavailable, PortalUnavailable),
    "PORTAL_DELETED": (PortalUnavailable, PortalUnavailable),
    "NOT_INSTALLED": (PortalUnavailable, PortalUnavailable),
    "invalid_client": (PortalUnavailable, PortalUnavailable),
    "wrong_client": (PortalUnavailable, PortalUnavailable),
    "CONNECTION_ERROR": (TryLater, TryLater),
    "METHOD_CONFIRM_WAITING": (TryLater, TryLater),
    "METHOD_CONFIRM_DENIED": (Rejected, Rejected),
    "ACCESS_DENIED": (Rejected, Rejected),
    "WRONG_LICENSE": (Rejected, Rejected),
    "ERROR_METHOD_NOT_FOUND": (Rejected, Rejected),
    "ERROR_BATCH_LENGTH_EXCEEDED": (Rejected, Rejected),
    "ERROR_BATCH_METHOD_NOT_ALLOWED": (Rejected, Rejected),
    "NOT_FOUND": (Rejected, Rejected),
    "INVALID_ARG_VALUE": (Rejected, Rejected),
    "REQUIRED_ARG_MISSING": (Rejected, Rejected),
    "OWNER_NOT_FOUND": (Rejected, Rejected),
    "ENTITY_TYPE_NOT_SUPPORTED": (Rejected, Rejected),
    "CRM_FIELD_ERROR_REQUIRED": (Rejected, Rejected),
    "CRM_FIELD_ERROR_VALUE_NOT_VALID": (Rejected, Rejected),
    "CRM_FIELD_ERROR_CATEGORY_NOT_AVAILABLE": (Rejected, Rejected),
    "CRM_ITEM_ADD_ACCESS_DENIED": (Rejected, Rejected),
    "CRM_ITEM_UPDATE_ACCESS_DENIED": (Rejected, Rejected),
    "CRM_DEAL_CREATION_CANCELED": (Rejected, Rejected),
    "CRM_DEAL_UPDATE_CANCELED": (Rejected, Rejected),
    "CRM_ITEM_HAS_RUNNING_WORKFLOWS": (Rejected, Rejected),
    "MAX_IMPORT_BATCH_SIZE_EXCEEDED": (Rejected, Rejected),
    "WRONG_DATETIME_FORMAT": (Rejected, Rejected),
    "100": (Rejected, Rejected),
    "": (Rejected, OutcomeUnknown),
    "0": (TryLater, OutcomeUnknown),
    "ERROR_CORE": (TryLater, OutcomeUnknown),
    "INTERNAL_SERVER_ERROR": (TryLater, OutcomeUnknown),
    "ERROR_UNEXPECTED_ANSWER": (TryLater, OutcomeUnknown),
    "WRONG_ENCODING": (TryLater, OutcomeUnknown),
    "INVALID_REQUEST": (TryLater, OutcomeUnknown),
    "SOMETHING_NEW": (TryLater, OutcomeUnknown),
}


def _translated(code: str, said: str = "", *, writes: bool = False) -> AppError | TokenRefused:
    return translate(code, said, member_id=MEMBER, method="crm.deal.add", writes=writes)


@pytest.mark.parametrize("code", _TABLE)
@pytest.mark.parametrize("writes", [False, True], ids=["read", "write"])
def test_an_error_code_means_one_thing_however_it_is_written(code: str, writes: bool) -> None:
    for spelling in (code, code.lower(), code.upper()):
        found = _translated(spelling, writes=writes)
        assert type(found) is _TABLE[code][writes]
        if isinstance(found, AppError):
            assert found.code in known_codes()
        if isinstance(found, PortalUnavailable):
            assert found.member_id == MEMBER


def test_a_portal_without_rest_in_its_plan_is_told_from_a_missing_right() -> None:
    found = _translated("ACCESS_DENIED", "REST is available only on commercial plans")
    assert isinstance(found, PortalUnavailable)
    assert found.code == "rest_not_in_plan"


def test_what_bitrix24_says_is_kept_short() -> None:
    found = _translated("NOT_FOUND", "x" * 5000)
    assert isinstance(found, AppError)
    assert len(found.params["description"]) == 300


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        ({"error": "A", "error_description": "b"}, ("A", "b")),
        ({"error": "0"}, ("0", "")),
        ({"error": 100}, ("100", "")),
        ({}, ("", "")),
    ],
)
def test_an_error_is_read_whatever_the_types_of_its_parts(answer: dict, parts: tuple) -> None:
    assert error_parts(answer) == parts
