"""Which stage a deal really gets, and what its history remembers."""

from typing import Any

from sandbox.wire import moments
from sandbox.world.model import Status
from sandbox.world.portal import Portal

CREATED, MOVED, FINISHED, CATEGORY_CHANGED = 1, 2, 3, 5


def semantics(status: Status | None) -> str:
    return (status.semantics if status else None) or "P"


def choose(portal: Portal, category: int, wanted: str | None) -> str:
    """Answer `wanted` if the pipeline has it, else its first stage with matching semantics."""
    stages = portal.stages(category)
    if any(stage.code == wanted for stage in stages):
        return str(wanted)
    meaning = semantics(portal.stage(wanted) if wanted else None)
    return next((s.code for s in stages if semantics(s) == meaning), stages[0].code)


def exists(portal: Portal, category: int, code: str | None) -> bool:
    return any(stage.code == code for stage in portal.stages(category))


def settle(portal: Portal, item: dict[str, Any], now: float) -> None:
    """Set what follows from the stage."""
    stage = portal.stage(item["stageId"])
    item["stageSemanticId"] = semantics(stage)
    item["closed"] = "N" if item["stageSemanticId"] == "P" else "Y"
    item["isNew"] = "Y" if stage and stage.sort == portal.stages(item["categoryId"])[0].sort else "N"
    item["movedTime"] = moments.stamp(now)


def remember(portal: Portal, item: dict[str, Any], kind: int, now: float) -> None:
    portal.history.append(
        {
            "ID": len(portal.history) + 1,
            "TYPE_ID": kind,
            "OWNER_ID": item["id"],
            "CREATED_TIME": moments.stamp(now),
            "CATEGORY_ID": item["categoryId"],
            "STAGE_SEMANTIC_ID": item["stageSemanticId"],
            "STAGE_ID": item["stageId"],
        }
    )
