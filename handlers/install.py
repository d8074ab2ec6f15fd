"""Event: the application was installed, or its installation was finished."""

from datetime import timedelta

from application.bitrix.forms import EventForm
from application.contract import Event, LifeCycle
from application.installation import claimed
from application.model import Portal


async def run(form: EventForm, portal: Portal | None, life: LifeCycle) -> None:
    """Confirm, keep the portal and its tokens, and have everything registered soon."""
    language = str(form.data.get("LANGUAGE_ID") or (portal.language if portal else "en"))
    visitor = await life.installations.confirm(claimed(form.auth, language))
    installed = await life.installations.install(visitor, finished=form.data.get("INSTALLED", "Y") == "Y")
    await life.installations.keep_tokens(visitor, installed, "owner")
    await life.registrations.schedule(installed.id, timedelta())


INSTALL = Event(code="ONAPPINSTALL", run=run, first_contact=True)
