"""The JSON that the portal page lives on, `/_shell/…`, for the portal of the host."""

from sandbox.control import records
from sandbox.control.page import apps, automation, deals, state, trouble
from sandbox.control.routes import Table

TABLE: Table = {
    **state.TABLE,
    **deals.TABLE,
    **automation.TABLE,
    **apps.TABLE,
    **trouble.TABLE,
    "POST deals/move": records.move,
}
