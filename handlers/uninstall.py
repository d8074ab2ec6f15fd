"""Event: the application was removed; the application token is the only proof there can be."""

from application.bitrix.forms import EventForm
from application.contract import Event, LifeCycle
from application.model import Portal


async def run(form: EventForm, portal: Portal | None, life: LifeCycle) -> None:
    """Drop the tokens at once; with CLEAN=1 erase the portal's data."""
    if portal is not None:
        await life.installations.remove(portal, clean=form.data.get("CLEAN") == "1")


UNINSTALL = Event(code="ONAPPUNINSTALL", run=run)
