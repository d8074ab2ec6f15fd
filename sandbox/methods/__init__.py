"""The REST methods, a group a module; each module ends in its table `METHODS`."""

from sandbox.methods import application, basic, bizproc, events, placements, users
from sandbox.methods.crm import directories, duplicates, items, olders, rows, timeline
from sandbox.rest.registry import Method, table

METHODS: dict[str, Method] = table(
    application.METHODS,
    basic.METHODS,
    bizproc.METHODS,
    events.METHODS,
    placements.METHODS,
    users.METHODS,
    directories.METHODS,
    duplicates.METHODS,
    items.METHODS,
    olders.METHODS,
    rows.METHODS,
    timeline.METHODS,
)
