"""What others look up about own events: whose they were, the names that were told, and what was refused."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, func, literal, literal_column, select, text, tuple_
from sqlalchemy.types import BigInteger

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.orders.events import read_reason
from hub.orders.own_events.models import OwnEvent
from hub.orders.own_events.rows import EventName, OwnEventRow, RefusedOwnEvent

PAGE_SIZE = 20
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")
IS_REFUSED = OwnEvent.outcome == literal_column("'refused'")

# From one name to the next by the index: a table of millions is not read for a dozen names.
_NAMES = text("""
    WITH RECURSIVE told (name) AS (
        (SELECT name FROM own_events WHERE outcome = 'taken' ORDER BY name LIMIT 1)
        UNION ALL
        SELECT (SELECT name FROM own_events WHERE outcome = 'taken' AND name > told.name ORDER BY name LIMIT 1)
        FROM told WHERE told.name IS NOT NULL
    )
    SELECT name,
        (SELECT max(happened_at) FROM own_events e WHERE e.outcome = 'taken' AND e.name = told.name) AS last_at,
        (SELECT count(*) FROM own_events e WHERE e.outcome = 'taken' AND e.name = told.name
            AND e.happened_at >= :since) AS lately
    FROM told WHERE name IS NOT NULL ORDER BY name
""")


def get_own_events(event_ids: Collection[int]) -> dict[int, OwnEventRow]:
    """By id those that were taken, with their values."""
    found = select(OwnEvent).where(among(OwnEvent.id, event_ids), ~IS_REFUSED)
    return {
        row.id: OwnEventRow(row.id, row.name, row.customer_id, dict(row.values), row.happened_at)
        for row in db.session.scalars(found)
        if row.customer_id is not None
    }


def list_own_events(
    name: str,
    *,
    since: datetime,
    until: datetime,
    after: tuple[datetime, int] | None = None,
    limit: int = 500,
) -> list[OwnEventRow]:
    """Of this name, happened in [since, until), oldest first: what a replay goes through. `after`: (moment, id)."""
    found = select(OwnEvent).where(
        OwnEvent.outcome == literal_column("'taken'"),
        OwnEvent.name == name,
        OwnEvent.happened_at >= since,
        OwnEvent.happened_at < until,
    )
    if after is not None:
        found = found.where(tuple_(OwnEvent.happened_at, OwnEvent.id) > _key(*after))
    rows = db.session.scalars(found.order_by(OwnEvent.happened_at, OwnEvent.id).limit(limit))
    return [
        OwnEventRow(row.id, row.name, row.customer_id or 0, dict(row.values), row.happened_at) for row in rows
    ]


def list_event_names(*, since: datetime) -> list[EventName]:
    """Every name that was told, with when last and how often since then."""
    return [
        EventName(row.name, row.last_at, row.lately) for row in db.session.execute(_NAMES, {"since": since})
    ]


def count_refused() -> int:
    return db.session.scalar(select(func.count()).select_from(OwnEvent).where(IS_REFUSED)) or 0


def list_refused(after: str | None = None, size: int = PAGE_SIZE) -> Page[RefusedOwnEvent]:
    """What could not be taken, newest first. Raises Invalid for a mangled page key."""
    found = select(OwnEvent).where(IS_REFUSED)
    if after:
        match decode_key(after):
            case [datetime() as received_at, int() as event_id]:
                found = found.where(tuple_(OwnEvent.received_at, OwnEvent.id) < _key(received_at, event_id))
            case _:
                raise Invalid(BAD_PAGE)
    newest = found.order_by(OwnEvent.received_at.desc(), OwnEvent.id.desc()).limit(size + 1)
    rows = [
        RefusedOwnEvent(
            row.id, row.source, row.name, row.received_at, read_reason(row.reason), dict(row.payload)
        )
        for row in db.session.scalars(newest)
    ]
    return make_page(rows, size=size, key=lambda row: (row.received_at, row.id))


def _key(moment: datetime, event_id: int) -> Any:
    return tuple_(literal(moment, DateTime(timezone=True)), literal(event_id, BigInteger()))
