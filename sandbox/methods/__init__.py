"""The REST methods, a group a module; each module ends in its table `METHODS`."""

from sandbox.methods import (
    application,
    basic,
    bizproc,
    events,
    offline,
    placements,
    triggers,
    users,
    workflows,
)
from sandbox.methods.crm import (
    directories,
    duplicates,
    imports,
    items,
    links,
    olders,
    requisites,
    rows,
    smart,
    userfields,
)
from sandbox.methods.timeline import activities, badges, comments, configurable, disk, logs
from sandbox.rest.registry import Method, table

METHODS: dict[str, Method] = table(
    application.METHODS,
    basic.METHODS,
    bizproc.METHODS,
    events.METHODS,
    offline.METHODS,
    placements.METHODS,
    users.METHODS,
    workflows.METHODS,
    triggers.METHODS,
    directories.METHODS,
    duplicates.METHODS,
    imports.METHODS,
    items.METHODS,
    links.METHODS,
    olders.METHODS,
    requisites.METHODS,
    rows.METHODS,
    smart.METHODS,
    userfields.METHODS,
    activities.METHODS,
    badges.METHODS,
    comments.METHODS,
    configurable.METHODS,
    disk.METHODS,
    logs.METHODS,
)
