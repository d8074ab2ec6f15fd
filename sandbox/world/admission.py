"""What a portal lets happen: the features of its tariff, its licence, subscriptions, access lists."""

from sandbox.wire.errors import RestError
from sandbox.world.model import Installation, User
from sandbox.world.portal import Portal

AUTOMATION, DESIGNER = "automation", "bizproc"
OFFLINE_EXTENDED, AUTH_CONNECTOR = "rest_offline_extended", "rest_auth_connector"
STANDARD = frozenset({AUTOMATION, DESIGNER})
ENTERPRISE = STANDARD | {OFFLINE_EXTENDED, AUTH_CONNECTOR}
_PLAN = "REST is available only on commercial plans"


def included(family: str, *, self_hosted: bool) -> set[str]:
    """The features that a new portal of this licence family has."""
    if family == "free":
        return set()
    return set(ENTERPRISE if family == "ent" or self_hosted else STANDARD)


def has(portal: Portal, feature: str) -> bool:
    return portal.licensed and feature in portal.features


def offers(portal: Portal, method: str) -> bool:
    """Methods of an absent feature do not exist; robots need automation or the designer, activities that."""
    if method.startswith("bizproc.robot."):
        return has(portal, AUTOMATION) or has(portal, DESIGNER)
    if method.startswith("bizproc.activity.") and method != "bizproc.activity.log":
        return has(portal, DESIGNER)
    return True


def check_licence(portal: Portal) -> None:
    if not portal.licensed:
        raise RestError("ACCESS_DENIED", f"{_PLAN}. Please upgrade your plan", 403)


def check(portal: Portal, installation: Installation, user: User) -> None:
    """Raise for a lapsed licence, a subscription that has run out, a user who has no access."""
    check_licence(portal)
    if installation.expired:
        raise RestError("PAYMENT_REQUIRED", "Payment required", 402)
    if not may_use(installation, user):
        raise RestError("user_access_error", "The user does not have access to the application.", 401)


def may_use(installation: Installation, user: User) -> bool:
    return installation.access is None or user.id in installation.access


def check_confirmed(portal: Portal, installation: Installation | None, method: str) -> None:
    """Some methods wait for an administrator's word before an application may call them."""
    if installation is None or method not in portal.confirmable:
        return
    confirmed = installation.confirmed.get(method)
    if confirmed is None:
        raise RestError("METHOD_CONFIRM_WAITING", "Waiting for confirmation", 401)
    if not confirmed:
        raise RestError("METHOD_CONFIRM_DENIED", "Method call denied", 403)
