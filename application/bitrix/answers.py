"""Turns what a portal answered into a value or one of our errors, judged by the JSON `error`.

Codes: bitrix24-app-protocol 3.7 and bitrix24-crm-rest 1.3; documentation and source disagree on HTTP
statuses, so those decide only where there is no JSON.
"""

from typing import Any

from application.errors import AppError, OutcomeUnknown, PortalUnavailable, Rejected, Throttled, TryLater

_PARKS = {
    "user_access_error": "owner_lost_access",
    "authorization_error": "owner_lost_access",
    "allowed_only_intranet_user": "owner_lost_access",
    "application_not_found": "app_not_installed",
    "error_oauth": "app_not_installed",
    "not_installed": "app_not_installed",
    "invalid_client": "wrong_client",
    "wrong_client": "wrong_client",
    "payment_required": "payment_required",
    "portal_deleted": "portal_deleted",
    "overload_limit": "portal_blocked_us",
    "insufficient_scope": "scope_missing",
    "invalid_scope": "scope_missing",
    "wrong_auth_type": "scope_missing",
}
_TOKEN_REFUSED = {"expired_token", "invalid_token", "no_auth_found", "invalid_credentials"}
_NOT_CARRIED_OUT = {"connection_error": "portal_busy", "method_confirm_waiting": "confirmation_waiting"}
_REFUSES = {
    "not_found",
    "access_denied",
    "invalid_arg_value",
    "required_arg_missing",
    "owner_not_found",
    "entity_type_not_supported",
    "error_method_not_found",
    "method_confirm_denied",
    "wrong_license",
    "max_import_batch_size_exceeded",
    "wrong_datetime_format",
    "error_argument",
    "error_batch_length_exceeded",
    "error_batch_method_not_allowed",
    "100",
}
_RETRY_SECONDS_QUERY_LIMIT = 1.0
_RETRY_SECONDS_OPERATING = 60.0


class TokenRefused(Exception):
    """The access token is expired or unknown: refresh it and send the request once more."""


class Moved(Exception):
    """The portal answers under another host (bitrix24-app-protocol 3.9); nothing was carried out."""

    def __init__(self, location: str) -> None:
        super().__init__("the portal has moved")
        self.location = location


def translate(
    code: str, description: str, *, member_id: str, method: str, writes: bool
) -> AppError | TokenRefused:
    """The error that an answer with JSON `error` == `code` means for us."""
    name = code.lower()
    said = description[:300]
    if name == "query_limit_exceeded":
        return Throttled("query_limit", after=_RETRY_SECONDS_QUERY_LIMIT)
    if name == "operation_time_limit":
        return Throttled("operation_limit", after=_RETRY_SECONDS_OPERATING, method=method)
    if name in _TOKEN_REFUSED:
        return TokenRefused(code)
    if name == "access_denied" and "rest is available only" in said.lower():
        return PortalUnavailable("rest_not_in_plan", member_id=member_id)
    if name in _PARKS:
        return PortalUnavailable(_PARKS[name], member_id=member_id, method=method)
    if name in _NOT_CARRIED_OUT:
        return TryLater(_NOT_CARRIED_OUT[name], method=method)
    if name in _REFUSES or name.startswith(("crm_", "error_activity", "error_placement", "error_event")):
        return Rejected("bitrix_refused", bitrix_code=code, description=said, method=method)
    # An empty code (legacy methods), "0", ERROR_CORE, server errors: after an add the record may be there.
    if writes:
        return OutcomeUnknown("write_answer_unclear", bitrix_code=code, description=said, method=method)
    if name == "":
        return Rejected("bitrix_refused", bitrix_code=code, description=said, method=method)
    return TryLater("portal_error", bitrix_code=code, description=said, method=method)


def unreadable(status: int, *, method: str, writes: bool) -> AppError:
    """What an answer without JSON means: a proxy's page, a cut body, an empty one."""
    kind = OutcomeUnknown if writes else TryLater
    return kind("answer_unreadable", status=status, method=method)


def error_parts(answer: dict[str, Any]) -> tuple[str, str]:
    """`error` and `error_description` of an answer, as text whatever their JSON types."""
    return str(answer.get("error") or ""), str(answer.get("error_description") or "")
