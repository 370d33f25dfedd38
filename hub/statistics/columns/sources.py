"""Where the rows of each subject are read, and what that asks of the database: binary, and past the session's objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.db import IN_BINARY, db
from hub.statistics.columns import after_rows, inbox_rows, message_rows, shop_rows
from hub.statistics.columns.layouts import CHANNELS, DROPS, GESTURES, PURPOSES, ROUTES, WHATS
from hub.statistics.columns.local_days import begin_of, day_of, days_between
from hub.statistics.words import Subject


@dataclass(frozen=True)
class Source:
    """`rows` of a stretch of time (since, until, each day's beginning), in the order of their moments; `span`: the first and last moment of all."""

    rows: str
    span: str


SOURCES: Mapping[Subject, Source] = {
    Subject.WAITS: Source(inbox_rows.WAITS, inbox_rows.SPAN_OF_WAITS),
    Subject.TICKETS: Source(inbox_rows.TICKETS, inbox_rows.SPAN_OF_TICKETS),
    Subject.SOLUTIONS: Source(inbox_rows.SOLUTIONS, inbox_rows.SPAN_OF_SOLUTIONS),
    Subject.MESSAGES: Source(message_rows.MESSAGES, message_rows.SPAN_OF_MESSAGES),
    Subject.PRESSURE: Source(message_rows.PRESSURE, message_rows.SPAN_OF_PRESSURE),
    Subject.ANSWERS: Source(shop_rows.ANSWERS, shop_rows.SPAN_OF_ANSWERS),
    Subject.ORDERS: Source(shop_rows.ORDERS, shop_rows.SPAN_OF_ORDERS),
    Subject.ROUTES: Source(after_rows.ROUTES, inbox_rows.SPAN_OF_TICKETS),
    Subject.RATINGS: Source(after_rows.RATINGS, after_rows.SPAN_OF_RATINGS),
    Subject.GESTURES: Source(after_rows.GESTURES, after_rows.SPAN_OF_GESTURES),
}
CODES = {
    "channels": [each.value for each in CHANNELS],
    "drops": [each.value for each in DROPS],
    "purposes": [each.value for each in PURPOSES],
    "whats": list(WHATS),
    "sources": [each.value for each in ROUTES],
    "gestures": [each.value for each in GESTURES],
}


def fetch(statement: str, values: Mapping[str, Any]) -> list[Any]:
    """Of the transaction under way, as plain tuples: a year of columns is read in binary, or it costs thrice the time."""
    db.session.flush()
    found = db.session.connection().exec_driver_sql(statement, dict(values), execution_options=IN_BINARY)
    if found.cursor is None:
        raise RuntimeError("The statement has no rows.")
    rows: list[Any] = list(found.cursor.fetchall())  # past the rows of SQLAlchemy, which name each cell
    found.close()
    return rows


def list_rows(subject: Subject, first: date, last: date, zone: ZoneInfo) -> Sequence[Sequence[float]]:
    """Of these local days, both included."""
    begins = [begin_of(day, zone) for day in days_between(first, last + timedelta(days=1))]
    bounds = {"since": begins[0], "until": begins[-1], "begins": begins[:-1], "zone": str(zone)}
    return fetch(SOURCES[subject].rows, {**CODES, **bounds})


def find_span(subject: Subject, zone: ZoneInfo) -> tuple[date, date] | None:
    """The first and the last local day with rows."""
    moments: tuple[datetime | None, datetime | None] = fetch(SOURCES[subject].span, {})[0]
    first, last = moments
    return None if first is None or last is None else (day_of(first, zone), day_of(last, zone))
