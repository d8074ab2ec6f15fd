"""The queries that run all day use their indexes, judged by the plans for a million deliveries."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from application.embedded import Servers
from application.store import lanes, log
from application.store.database import migrate
from tests.servers import apart, fresh_database

_FILL = """
INSERT INTO applications (id, client_id, client_secret, kind) VALUES (uuidv7(), 'app', '', 'market');
INSERT INTO portals (id, member_id, application_id, domain, server_endpoint, state)
    SELECT uuidv7(), md5(n::text), (SELECT id FROM applications), n || '.example', '', 'active'
    FROM generate_series(1, 220) n;
INSERT INTO mappings (id, name) VALUES (uuidv7(), 'default');
INSERT INTO mapping_versions (mapping_id, version, body) SELECT id, 1, '{}' FROM mappings;
WITH p AS (SELECT id, row_number() OVER () AS n FROM portals)
INSERT INTO routes (id, partner_id, hub_id, mapping_id, mapping_version, state)
    SELECT uuidv7(), p.id, h.id, (SELECT id FROM mappings), 1, 'active'
    FROM p JOIN p h ON h.n = 201 + p.n % 20 WHERE p.n <= 200;
INSERT INTO lanes (id, due_at) SELECT id, CASE WHEN random() < 0.2 THEN now() + random() * interval '1 h' END
    FROM routes;
WITH r AS (SELECT id, partner_id, row_number() OVER () - 1 AS n FROM routes)
INSERT INTO deliveries (id, portal_id, route_id, lane_id, key, robot, deal_id, payload, state, finished_at)
    SELECT uuidv7(-random() * interval '90 days'), r.partner_id, r.id, r.id, sha256(i.n::text::bytea),
        'send_deal', i.n::text, '', CASE WHEN i.n % 50 = 0 THEN 'waiting' ELSE 'delivered' END,
        CASE WHEN i.n % 50 = 0 THEN NULL ELSE now() END
    FROM generate_series(1, 20000) i(n) JOIN r ON r.n = i.n % 200;
ANALYZE;
UPDATE pg_class SET reltuples = 1e6 WHERE relname = 'deliveries';
UPDATE pg_class SET reltuples = 1e5 WHERE relname = 'lanes';
"""
_ALL_STATES = sum(log.GROUPS.values(), ["cancelled"])


@pytest.fixture(scope="module")
def filled(servers: Servers) -> str:
    """A database whose statistics are those of a million deliveries on 200 routes."""
    url = fresh_database(servers, "plans")
    apart(migrate(url))

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(_FILL)
        finally:
            await connection.close()

    apart(fill())
    return url


@pytest.fixture
async def connection(filled: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(filled)
    try:
        yield opened
    finally:
        await opened.close()


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


async def _plan(connection: asyncpg.Connection, sql: str, *values: Any) -> tuple[set[str], set[str]]:
    """Names of the indexes that a query uses, and the big tables that it reads from end to end."""
    text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *values)
    nodes = list(_nodes(json.loads(text)[0]["Plan"]))
    indexes = {node["Index Name"] for node in nodes if "Index Name" in node}
    scanned = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    return indexes, scanned & {"deliveries", "lanes", "steps", "links"}


async def _some(connection: asyncpg.Connection, column: str) -> UUID:
    row = await connection.fetchrow("SELECT * FROM routes ORDER BY id LIMIT 1")
    assert row is not None
    found: UUID = row[column]
    return found


async def _case(connection: asyncpg.Connection, name: str) -> tuple[set[str], set[str]]:
    route = await _some(connection, "id")
    worker, newest = uuid7(), UUID(int=2**128 - 1)
    if name == "claim":
        return await _plan(connection, lanes._CLAIM, 16, worker, timedelta(seconds=30), [uuid7()])
    if name == "take":
        return await _plan(connection, lanes._TAKE, route, worker, 50)
    if name == "release":
        return await _plan(connection, lanes._RELEASE, route, worker)
    column = "partner_id" if name == "log of a partner" else "hub_id"
    portal = await _some(connection, column)
    return await _plan(connection, log._PAGE, portal, _ALL_STATES, newest, 50)


_CASES = {
    "claim": {"lanes_due"},
    "take": {"deliveries_ready", "deliveries_unfinished"},
    "release": {"deliveries_unfinished"},
    "log of a partner": {"deliveries_log"},
    "log of a hub": {"deliveries_route_log"},
}


@pytest.mark.parametrize("name", _CASES)
async def test_with_a_million_deliveries_a_query_reads_no_table_from_end_to_end(
    connection: asyncpg.Connection, name: str
) -> None:
    indexes, scanned = await _case(connection, name)
    assert scanned == set()
    assert indexes >= _CASES[name]


@pytest.mark.parametrize(
    ("name", "index"), [(name, index) for name in _CASES for index in sorted(_CASES[name])]
)
async def test_a_lost_index_would_be_noticed(connection: asyncpg.Connection, name: str, index: str) -> None:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"DROP INDEX {index}")
        indexes, _ = await _case(connection, name)
    finally:
        await transaction.rollback()
    assert not indexes >= _CASES[name]


async def test_every_index_that_serves_a_query_says_which(connection: asyncpg.Connection) -> None:
    silent = await connection.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
        " AND c.relname !~ '(_pkey|_key|_pogo.*)$' AND obj_description(c.oid, 'pg_class') IS NULL"
    )
    assert [row["relname"] for row in silent] == []
