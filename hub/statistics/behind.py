"""The tickets behind a figure: the very rows it is made of, a page at a time, those that the reader may open."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    case,
    extract,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from hub.core.batches import among
from hub.core.db import db
from hub.core.paging import Page, decode_key, make_page
from hub.core.words import Channel
from hub.inbox.models import ReplyWait, RouteCorrection, Ticket
from hub.inbox.queries.access import only_visible
from hub.inbox.words import TicketState
from hub.staff.models import Agent
from hub.staff.rules import Viewer
from hub.statistics.behind_rows import Parts, columns, gestures, rated, within
from hub.statistics.charged import ended_waits
from hub.statistics.clicks import CAME, GIVEN, NOW, RATED, SOLVED, SOLVED_ALONE, WAITS, Clicked
from hub.statistics.columns.local_days import day_of
from hub.statistics.measuring.answered import is_uncontacted
from hub.statistics.narrowing import SETTLED, narrowed_tickets, narrowed_waits, of_its_own
from hub.statistics.rerouting import BY_PEOPLE
from hub.statistics.rules import BUCKETS_SECONDS, Filters
from hub.statistics.unanswered import COULD_HAVE_HELP, HAD_HELP
from hub.stores.models import Store

if TYPE_CHECKING:
    from hub.statistics.measuring.clicked import Found

PAGE_SIZE = 50
MOST_COUNTED = 10_000
SOLVED_PARTS = {"reopened": Ticket.reopened_count > 0, SOLVED_ALONE: ~HAD_HELP}


@dataclass(frozen=True)
class Line:
    """One wait, solution or arrival; `at` is what the list is sorted by, `seconds` what was measured, against `target_seconds`."""

    id: int
    at: datetime
    seconds: float | None
    target_seconds: int | None
    number: str
    subject: str
    customer: str
    channel: Channel
    state: TicketState
    store_name: str
    agent_name: str


@dataclass(frozen=True)
class Behind:
    """`count` is the figure, up to MOST_COUNTED; `closed_count` of fewer the reader cannot open."""

    page: Page[Line]
    count: int
    closed_count: int


def get_behind(
    filters: Filters, clicked: Clicked, *, viewer: Viewer, now: datetime, after: str | None
) -> Behind:
    """Latest first. A wait counts where it was charged; its ticket opens where it is now."""
    found = _look_up(filters, clicked, viewer, after)
    days = replace(filters, since_on=found.first, until_on=found.last) if found else filters
    rows, joined = _join(days, clicked, viewer, now, found)
    page = _page(rows, only_visible(joined, viewer), after)
    count = min(found.count, MOST_COUNTED) if found else _count(joined)
    if count == MOST_COUNTED and found and page.next_key is None:
        rows, joined = _join(filters, clicked, viewer, now, found)
        return Behind(_page(rows, only_visible(joined, viewer), after), count, 0)
    if viewer.scope.is_everything or count == MOST_COUNTED:
        return Behind(page, count, 0)
    return Behind(page, count, count - _count(only_visible(joined, viewer)))


def _join(
    filters: Filters, clicked: Clicked, viewer: Viewer, now: datetime, found: "Found | None"
) -> tuple[Subquery, Parts]:
    rows = _rows_of(clicked)(filters, clicked, viewer, now).subquery()
    conditions = [Ticket.state == clicked.state] if clicked.state else []
    if found and found.ticket_ids is not None:
        conditions.append(among(Ticket.id, found.ticket_ids))
    return rows, select(rows).join(Ticket, Ticket.id == rows.c.ticket_id).where(*conditions)


def _look_up(filters: Filters, clicked: Clicked, viewer: Viewer, after: str | None) -> "Found | None":
    """In the columns that the figure was made of: only the tickets of a page are left to be read. They know no states.

    Of many rows only the days are read on which this page is; where too many of them are closed to the reader, all days.
    """
    from hub.statistics.measuring.clicked import find_clicked

    if clicked.state:
        return None
    until = day_of(decode_key(after, datetime, int)[0], ZoneInfo(filters.time_zone)) if after else None
    return find_clicked(filters, clicked, viewer=viewer, most=MOST_COUNTED, until=until)


def _count(statement: Parts) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.limit(MOST_COUNTED).subquery())) or 0


def _page(rows: Subquery, joined: Parts, after: str | None) -> Page[Line]:
    listed = joined.add_columns(
        Ticket.number, Ticket.subject, Ticket.requester_name, Ticket.requester_address, Ticket.channel,
        Ticket.state, _name_of(Store, Ticket.store_id).label("store"),
        _name_of(Agent, rows.c.agent_id).label("agent"),
    ).order_by(rows.c.at.desc(), rows.c.id.desc())  # fmt: skip
    if after:
        at, row_id = decode_key(after, datetime, int)
        listed = listed.where(tuple_(rows.c.at, rows.c.id) < tuple_(literal(at), literal(row_id)))
    found = db.session.execute(listed.limit(PAGE_SIZE + 1)).mappings().all()
    lines = [
        Line(
            id=row["id"],
            at=row["at"],
            seconds=None if row["seconds"] is None else float(row["seconds"]),
            target_seconds=row["target"],
            number=row["number"],
            subject=row["subject"],
            customer=row["requester_name"] or row["requester_address"] or "",
            channel=row["channel"],
            state=row["state"],
            store_name=row["store"] or "",
            agent_name=row["agent"] or "",
        )
        for row in found
    ]
    return make_page(lines, size=PAGE_SIZE, key=lambda line: (line.at, line.id))


def _name_of(table: type[Store] | type[Agent], row_id: Any) -> ScalarSelect[str]:
    """With the row: a list has few, and a page few statements."""
    return select(table.name).where(table.id == row_id).scalar_subquery()


def _rows_of(clicked: Clicked) -> Callable[[Filters, Clicked, Viewer, datetime], Parts]:
    sources = (
        (WAITS, _waits), (SOLVED | {SOLVED_ALONE}, _solved), (CAME, _came), (NOW, _waiting), (RATED, rated),
        (GIVEN, gestures),
    )  # fmt: skip
    return next((rows for measures, rows in sources if clicked.measure in measures), _dropped)


def _waits(filters: Filters, clicked: Clicked, viewer: Viewer, _now: datetime) -> Parts:
    waits = ended_waits(filters, viewer, is_central=clicked.is_central)
    seconds = waits.c.business_seconds
    found = columns(
        waits.c.id, waits.c.ticket_id, waits.c.ended_at, seconds, waits.c.target_seconds, waits.c.agent_id
    ).where(*_of_reason(filters, clicked, waits.c.reason_id), *_of_hour(filters, clicked, waits.c.started_at))
    if clicked.measure == "first_contact":
        found = found.where(waits.c.channel == Channel.SURVEY)
    if clicked.measure in {"waits", "first_contact"}:
        return found.where(waits.c.is_transferred.is_(False))
    found = found.where(seconds.is_not(None), *_in_bucket(clicked, seconds))
    return found.where(seconds > waits.c.target_seconds) if clicked.is_part else found


def _in_bucket(clicked: Clicked, seconds: Any) -> list[ColumnElement[bool]]:
    if clicked.bucket is None:
        return []
    edges = (None, *BUCKETS_SECONDS, None)
    low, high = edges[clicked.bucket], edges[clicked.bucket + 1]
    return [*([seconds >= low] if low else []), *([seconds < high] if high else [])]


def _of_reason(filters: Filters, clicked: Clicked, column: Any) -> list[ColumnElement[bool]]:
    if clicked.has_no_reason:
        return [column.is_(None)]
    return [column == filters.reason_id] if clicked.is_bare_reason and filters.reason_id else []


def _of_hour(filters: Filters, clicked: Clicked, moment: Any) -> list[ColumnElement[bool]]:
    """Where the chain is."""
    local = func.timezone(literal(filters.time_zone, literal_execute=True), moment)
    asked = (("isodow", clicked.weekday), ("hour", clicked.hour))
    return [extract(part, local) == number for part, number in asked if number is not None]


def _dropped(filters: Filters, clicked: Clicked, viewer: Viewer, _now: datetime) -> Parts:
    found = columns(ReplyWait.id, ReplyWait.ticket_id, ReplyWait.dropped_at, ReplyWait.business_seconds)
    found = found.where(*within(ReplyWait.dropped_at, filters), *narrowed_waits(filters, viewer))
    return found.where(ReplyWait.drop_reason == clicked.drop) if clicked.drop else found


def _solved(filters: Filters, clicked: Clicked, viewer: Viewer, _now: datetime) -> Parts:
    """For the first time, or for good."""
    is_last = clicked.measure in {"last_resolution", SOLVED_ALONE}
    moment: Any = Ticket.solved_at if is_last else Ticket.first_solved_at
    seconds = extract("epoch", moment - Ticket.created_at)
    found = columns(Ticket.id, Ticket.id, moment, seconds, agent_id=_last_agent()).where(
        *within(moment, filters),
        *of_its_own(),
        *_of_reason(filters, clicked, Ticket.reason_id),
        *_narrowed_tickets(filters, viewer),
    )
    if clicked.measure == SOLVED_ALONE:
        found = found.where(COULD_HAVE_HELP)
    if clicked.is_part and clicked.measure in SOLVED_PARTS:
        found = found.where(SOLVED_PARTS[clicked.measure])
    if clicked.is_central:
        found = found.where(Ticket.store_id.is_(None))
    return found.where(Ticket.state.in_(SETTLED)) if is_last else found


def _last_agent() -> ScalarSelect[int | None]:
    """Whose figure a ticket is: who answered it last, as in its day column."""
    wait = aliased(ReplyWait)
    answered = (wait.ticket_id == Ticket.id, wait.ended_at.is_not(None), wait.is_transferred.is_(False))
    latest = select(wait.agent_id).where(*answered).order_by(wait.ended_at.desc(), wait.id.desc()).limit(1)
    return latest.correlate(Ticket).scalar_subquery()


def _narrowed_tickets(filters: Filters, viewer: Viewer) -> list[ColumnElement[bool]]:
    conditions = narrowed_tickets(replace(filters, agent_id=None), viewer)
    return conditions if filters.agent_id is None else [*conditions, _last_agent() == filters.agent_id]


def _came(filters: Filters, clicked: Clicked, viewer: Viewer, _now: datetime) -> Parts:
    """Tickets by their creation; of routing where the hub put them first."""
    found = columns(Ticket.id, Ticket.id, Ticket.created_at, agent_id=Ticket.assignee_id)
    found = found.where(
        *within(Ticket.created_at, filters),
        *_of_reason(filters, clicked, Ticket.reason_id),
        *_of_hour(filters, clicked, Ticket.created_at),
    )
    if clicked.measure != "tickets":
        return _routed(found, filters, clicked, viewer)
    found = found.where(*of_its_own(), *_narrowed_tickets(filters, viewer))
    return found.where(Ticket.store_id.is_(None)) if clicked.is_central else found


def _routed(found: Parts, filters: Filters, clicked: Clicked, viewer: Viewer) -> Parts:
    was_moved = RouteCorrection.ticket_id.is_not(None)
    source = case((was_moved, RouteCorrection.first_source), else_=Ticket.route_source)
    store: Any = case((was_moved, RouteCorrection.first_store_id), else_=Ticket.store_id)
    found = found.outerjoin(RouteCorrection, RouteCorrection.ticket_id == Ticket.id)
    found = found.where(source.not_in(BY_PEOPLE), *narrowed_tickets(filters, viewer, store))
    if clicked.source:
        found = found.where(source == clicked.source)
    if clicked.measure == "unattributed":
        return found.where(store.is_(None))
    found = found.where(store.is_not(None))
    return found.where(was_moved) if clicked.is_part else found


def _waiting(filters: Filters, clicked: Clicked, viewer: Viewer, now: datetime) -> Parts:
    """Right now, whatever the period."""
    seconds = extract("epoch", literal(now) - Ticket.waiting_since)
    found = columns(Ticket.id, Ticket.id, Ticket.waiting_since, seconds, agent_id=Ticket.assignee_id)
    found = found.where(Ticket.waiting_since.is_not(None), *narrowed_tickets(filters, viewer))
    if clicked.measure == "uncontacted":
        return found.where(*is_uncontacted())
    return found.where(Ticket.due_at < now) if clicked.is_part else found
