"""What differs between portals or is not known of them for certain; each can be turned over."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(slots=True)
class Switches:
    """Set by `PATCH portals/{p} {"switches": {…}}`.

    `request_cap`: seconds (booked, not slept) after which a request is cut, `None` for never.
    `max_input_vars`: variables that PHP takes from a form, a query string or one batch command.
    `escape_slashes`: answers print `/` as `\\/`.
    `required_custom_fields`: REST checks custom fields that are mandatory (`rest_enable_req_uf_check`).
    `original_names_trap`: `useOriginalUfNames` with a selection loses all fields that are not custom.
    `rows_of_many_check_deal_one`: rows of several deals are allowed or not by the rights on deal 1.
    `category_change_updates`: a change of pipeline tells ONCRMDEALUPDATE as well.
    `picky_downloads`: files are a 404 to clients without the headers of a browser.
    `downloads_counted`: downloads count as requests. `timeline_files_open`: `disk.file.get` opens files
    that others have put into comments. `proactive_filter`: batch commands are cleansed of attacks.
    """

    request_cap: float | None = 60.0
    max_input_vars: int = 1000
    escape_slashes: bool = True
    required_custom_fields: bool = False
    original_names_trap: bool = True
    rows_of_many_check_deal_one: bool = True
    category_change_updates: bool = True
    picky_downloads: bool = False
    downloads_counted: bool = True
    timeline_files_open: bool = True
    proactive_filter: bool = False

    def turn(self, values: dict[str, Any]) -> None:
        known = {item.name for item in fields(self)}
        if unknown := sorted(set(values) - known):
            raise ValueError(f"no switch {', '.join(unknown)}")
        for name, value in values.items():
            setattr(self, name, value)
