"""The timeline of a deal's card: comments, log entries, activities with their buttons, stages."""

from collections.abc import Iterator
from typing import Any

from sandbox.control.dialogs import text
from sandbox.crm.fields import DEAL
from sandbox.world.portal import Portal

Json = dict[str, Any]


def rows(portal: Portal, deal_id: int) -> list[Json]:
    """Everything that has happened, oldest first."""
    found = [*_stages(portal, deal_id), *_entries(portal, deal_id), *_activities(portal, deal_id)]
    return sorted(found, key=lambda row: str(row["at"]))


def _entries(portal: Portal, deal_id: int) -> Iterator[Json]:
    for entry in portal.timeline:
        if (entry.entity, entry.entity_id) == (DEAL, deal_id):
            yield _row(entry.kind, entry.at, entry.text, author=entry.author_id, title=entry.title)


def _stages(portal: Portal, deal_id: int) -> Iterator[Json]:
    for change in portal.history:
        if change["OWNER_ID"] == deal_id:
            stage = portal.stage(change["STAGE_ID"])
            yield _row("stage", change["CREATED_TIME"], stage.name if stage else change["STAGE_ID"])


def _activities(portal: Portal, deal_id: int) -> Iterator[Json]:
    for activity in portal.held.activities.rows.values():
        if (activity["OWNER_TYPE_ID"], activity["OWNER_ID"]) != (DEAL, deal_id):
            continue
        layout = activity.get("LAYOUT") or {}
        header, footer = layout.get("header") or {}, layout.get("footer") or {}
        blocks = _map((layout.get("body") or {}).get("blocks"))
        row = _row(
            "activity",
            activity["CREATED"],
            "" if layout else str(activity.get("DESCRIPTION") or ""),
            author=activity["RESPONSIBLE_ID"] or 0,
            title=text(portal, header.get("title")) or activity["SUBJECT"],
        )
        yield row | {
            "id": activity["ID"],
            "completed": activity.get("COMPLETED") == "Y",
            "locked": activity.get("LOCKED"),
            "tags": [
                {"title": text(portal, tag["title"]), "type": tag["type"]}
                for _, tag in _map(header.get("tags"))
            ],
            "blocks": [{"title": title, "text": value} for title, value in _lines(portal, blocks)],
            "buttons": [
                {"path": f"footer.buttons.{name}", "title": text(portal, b["title"]), "type": b["type"]}
                for name, b in _map(footer.get("buttons"))
            ],
        }


def _lines(portal: Portal, blocks: list[tuple[str, Json]]) -> Iterator[tuple[str, str]]:
    for _, block in blocks:
        properties = block.get("properties") or {}
        if block["type"] == "withTitle":
            yield text(portal, properties.get("title")), _plain(portal, properties.get("block") or {})
        else:
            yield "", _plain(portal, block)


def _plain(portal: Portal, block: Json) -> str:
    properties = block.get("properties") or {}
    if block.get("type") == "lineOfBlocks":
        return " ".join(_plain(portal, inner) for _, inner in _map(properties.get("blocks")))
    return text(portal, properties.get("value") or properties.get("text"))


def _map(value: Any) -> list[tuple[str, Json]]:
    return list(value.items()) if isinstance(value, dict) else []


def _row(kind: str, at: str, words: str, *, author: int = 0, title: str | None = None) -> Json:
    return {"kind": kind, "at": at, "author_id": author, "title": title, "text": words}
