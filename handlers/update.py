"""Event: a new version of the application was installed, which wipes robots and subscriptions."""

from application.bitrix.forms import EventForm
from application.contract import Event, LifeCycle
from application.installation import claimed
from application.model import Portal


async def run(form: EventForm, portal: Portal | None, life: LifeCycle) -> None:
    """Keep the fresh tokens and register everything anew (bitrix24-app-protocol 1.4)."""
    language = str(form.data.get("LANGUAGE_ID") or (portal.language if portal else "en"))
    visitor = await life.installations.confirm(claimed(form.auth, language))
    updated = await life.installations.install(visitor, finished=True)
    await life.installations.keep_tokens(visitor, updated, "owner")
    await life.registrations.forget(updated.id)


UPDATE = Event(code="ONAPPUPDATE", run=run, first_contact=True)
