"""`/oauth/authorize/` on a portal: the consent that ends in a code for the application."""

from html import escape
from urllib.parse import urlencode

from aiohttp import web

from sandbox.world import admission
from sandbox.world.portal import Portal
from sandbox.world.world import World


def answer(request: web.BaseRequest, portal: Portal, world: World) -> web.Response:
    """Send the browser to the application with a code; failures stay on the portal's own page.

    Who consents is the user of the portal page's cookie, or `user_id` in the query.
    """
    client_id = request.query.get("client_id", "")
    installation = portal.installations.get(client_id)
    user_id = request.query.get("user_id") or request.cookies.get("user") or "1"
    user = portal.user(int(user_id)) if user_id.isdigit() else None
    if installation is None:
        return _page("Application not installed", 404)
    if user is None or not admission.may_use(installation, user):
        return _page("Access denied", 403)
    query = {
        "code": world.codes.issue(portal.member_id, client_id, user.id),
        "state": request.query.get("state", ""),
        "domain": portal.domain,
        "member_id": portal.member_id,
        "scope": ",".join(installation.application.scopes),
        "server_domain": world.oauth_host(portal.region),
    }
    url = installation.application.handler_url
    address = url + ("&" if "?" in url else "?") + urlencode(query)
    return web.Response(status=302, headers={"Location": address})


def _page(text: str, status: int) -> web.Response:
    body = f"<!doctype html><meta charset=utf-8><title>{escape(text)}</title><p>{escape(text)}</p>"
    return web.Response(status=status, text=body, content_type="text/html")
