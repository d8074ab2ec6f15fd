"""The deliveries page's API: what this portal sent or received, and the journal of each delivery."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from quart import Blueprint, g
from quart_schema import validate_querystring, validate_response

from application.crypto import KeyRing
from application.messages import sentence
from application.store.database import Pool
from application.store.log import DeliveryLog, LogRow
from placements.problems import ApiError, Problem, problem
from placements.session import Viewer, administrator

State = Literal["waiting", "running", "delivered", "rejected", "dead", "cancelled"]


class PortalName(BaseModel):
    """A portal as people know it."""

    domain: str
    title: str


class DeliveryRow(BaseModel):
    """One delivery in the list."""

    id: UUID
    deal_id: str
    title: str | None
    amount: str | None
    currency: str | None
    partner: PortalName
    hub: PortalName | None
    state: State
    failures: int
    hub_deal_id: str | None
    received_at: datetime
    finished_at: datetime | None
    next_at: datetime | None
    problem: Problem | None


class Counts(BaseModel):
    """How many deliveries each group of states holds."""

    waiting: int
    delivered: int
    failed: int


class DeliveryPage(BaseModel):
    """A page of the list, newest first; `side` is this portal's part in its routes."""

    items: list[DeliveryRow]
    next_cursor: str | None
    counts: Counts
    side: Literal["partner", "hub", "both", "none"]


class Step(BaseModel):
    """One line of the journal."""

    at: datetime
    kind: str
    sentence: str
    took_ms: int | None


class Delivery(DeliveryRow):
    """One delivery with its journal and links to both deals."""

    steps: list[Step]
    source_url: str
    target_url: str | None


class DeliveryQuery(BaseModel):
    """How the list is asked for."""

    state: Literal["waiting", "delivered", "failed"] | None = None
    cursor: UUID | None = None
    limit: int = Field(default=50, ge=1, le=200)


class DeliveriesPage:
    """The delivery log of the viewer's own portal."""

    def __init__(self, *, keys: KeyRing, pool: Pool) -> None:
        self._keys = keys
        self._pool = pool

    def blueprint(self) -> Blueprint:
        page = Blueprint("deliveries", __name__)
        page.add_url_rule("/api/v1/deliveries", view_func=self._list(), methods=["GET"])
        page.add_url_rule("/api/v1/deliveries/<uuid:delivery_id>", view_func=self._one(), methods=["GET"])
        return page

    def _log(self) -> tuple[Viewer, DeliveryLog]:
        viewer = administrator(self._keys)
        return viewer, DeliveryLog(self._pool, viewer.portal_id)

    def _list(self) -> Any:
        @validate_querystring(DeliveryQuery)
        @validate_response(DeliveryPage)
        @validate_response(Problem, 401)
        @validate_response(Problem, 403)
        async def deliveries(query_args: DeliveryQuery) -> DeliveryPage:
            """Deliveries this portal sent or received."""
            viewer, log = self._log()
            rows = await log.page(query_args.state, query_args.cursor, query_args.limit + 1)
            shown = rows[: query_args.limit]
            side: Any = await log.side()
            return DeliveryPage(
                items=[_row(row, viewer) for row in shown],
                next_cursor=str(shown[-1].id) if len(rows) > len(shown) else None,
                counts=Counts(**await log.counts()),
                side=side,
            )

        return deliveries

    def _one(self) -> Any:
        @validate_response(Delivery)
        @validate_response(Problem, 401)
        @validate_response(Problem, 403)
        @validate_response(Problem, 404)
        async def delivery(delivery_id: UUID) -> Delivery:
            """One delivery, step by step."""
            viewer, log = self._log()
            found = await log.one(delivery_id)
            if found is None:
                raise ApiError(404, "not_found")
            row, steps = found
            return Delivery(
                **_row(row, viewer).model_dump(),
                steps=[
                    Step(
                        at=step.at,
                        kind=step.kind,
                        sentence=sentence(step.code, viewer.language, step.params),
                        took_ms=step.took_ms,
                    )
                    for step in steps
                ],
                source_url=_deal_url(row.partner_domain, row.deal_id),
                target_url=_deal_url(row.hub_domain, row.hub_deal_id)
                if row.hub_domain and row.hub_deal_id
                else None,
            )

        return delivery


def _deal_url(domain: str, deal_id: str) -> str:
    return f"https://{domain}/crm/deal/details/{deal_id}/"


def _row(row: LogRow, viewer: Viewer) -> DeliveryRow:
    state: Any = row.state
    return DeliveryRow(
        id=row.id,
        deal_id=row.deal_id,
        title=row.title,
        amount=row.amount,
        currency=row.currency,
        partner=PortalName(domain=row.partner_domain, title=row.partner_title),
        hub=PortalName(domain=row.hub_domain, title=row.hub_title or "") if row.hub_domain else None,
        state=state,
        failures=row.failures,
        hub_deal_id=row.hub_deal_id,
        received_at=row.received_at,
        finished_at=row.finished_at,
        next_at=row.next_at,
        problem=problem(row.problem, row.problem_params, viewer.language, g.request_id)
        if row.problem
        else None,
    )
