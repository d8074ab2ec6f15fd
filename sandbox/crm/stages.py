"""Which stage a record really gets, and what its history remembers."""

from typing import Any

from sandbox.crm.fields import DEAL, LEAD
from sandbox.holdings import kinds
from sandbox.wire import moments
from sandbox.world.model import Status
from sandbox.world.portal import Portal

CREATED, MOVED, FINISHED, CATEGORY_CHANGED = 1, 2, 3, 5


def semantics(status: Status | None) -> str:
    return (status.semantics if status else None) or "P"


def choose(portal: Portal, entity: int, category: int, wanted: str | None) -> str:
    """Answer `wanted` if the pipeline has it, else its first stage with matching semantics."""
    stages = kinds.stage_rows(portal, entity, category)
    if any(stage.code == wanted for stage in stages):
        return str(wanted)
    meaning = semantics(kinds.stage(portal, entity, wanted))
    return next((s.code for s in stages if semantics(s) == meaning), stages[0].code)


def exists(portal: Portal, entity: int, category: int, code: str | None) -> bool:
    return any(stage.code == code for stage in kinds.stage_rows(portal, entity, category))


def settle(portal: Portal, entity: int, item: dict[str, Any], now: float) -> None:
    """Set what follows from the stage."""
    stage = kinds.stage(portal, entity, item["stageId"])
    item["movedTime"] = moments.stamp(now)
    if entity in (DEAL, LEAD):
        item["stageSemanticId"] = semantics(stage)
    if entity == DEAL:
        item["closed"] = "N" if item["stageSemanticId"] == "P" else "Y"
        item["isNew"] = "Y" if stage and stage.sort == portal.stages(item["categoryId"])[0].sort else "N"


def kind_of_move(portal: Portal, entity: int, item: dict[str, Any]) -> int:
    return MOVED if semantics(kinds.stage(portal, entity, item["stageId"])) == "P" else FINISHED


def history(portal: Portal, entity: int) -> list[dict[str, Any]]:
    return portal.history if entity == DEAL else portal.held.history[entity]


def remember(portal: Portal, entity: int, item: dict[str, Any], kind: int, now: float) -> None:
    rows = history(portal, entity)
    meaning = semantics(kinds.stage(portal, entity, item["stageId"]))
    row = {
        "ID": len(rows) + 1,
        "TYPE_ID": kind,
        "OWNER_ID": item["id"],
        "CREATED_TIME": moments.stamp(now),
    }
    if entity == LEAD:
        row |= {"STATUS_SEMANTIC_ID": meaning, "STATUS_ID": item["stageId"]}
    else:
        row |= {
            "CATEGORY_ID": item["categoryId"],
            "STAGE_SEMANTIC_ID": meaning,
            "STAGE_ID": item["stageId"],
        }
    rows.append(row)
