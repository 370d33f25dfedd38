"""The messages behind a figure: the very ones it counts, a page at a time, with their customers and tickets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, null, select

from hub.core.db import db
from hub.core.paging import Page, decode_key, encode_key, make_page
from hub.customers.queries import CustomerRow, get_customers
from hub.inbox.actions.events import TICKET
from hub.inbox.models import Ticket
from hub.inbox.queries.access import in_scope
from hub.outbox.models import OutboundMessage
from hub.outbox.queries import MessageRow
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.statistics.columns.local_days import begin_of, day_of
from hub.statistics.columns.message_rows import HAPPENED, LOOKED, PLACED, SEEN, WHY_NOT
from hub.statistics.columns.sources import fetch
from hub.statistics.message_clicks import NOT_SENT, ClickedMessages
from hub.statistics.rules import Filters
from hub.stores.models import Store

PAGE_SIZE = 50
_COLUMNS = tuple(getattr(OutboundMessage, each.name) for each in fields(MessageRow))


@dataclass(frozen=True)
class MessageLine:
    """`at`: when it left or was given up; `number` is that of its ticket, "" without one or of one that the reader cannot open."""

    at: datetime
    message: MessageRow
    customer: CustomerRow | None
    store_name: str
    number: str


@dataclass(frozen=True)
class MessagesBehind:
    """`count` is the figure."""

    page: Page[MessageLine]
    count: int


def get_messages_behind(
    filters: Filters, clicked: ClickedMessages, *, viewer: Viewer, after: str | None
) -> MessagesBehind:
    """Latest first: messages for the stores of the reader. Only the days of this page are read, as the columns tell them."""
    from hub.statistics.measuring.clicked_messages import count_by_day

    key = decode_key(after, datetime, int) if after else None
    by_day = count_by_day(filters, clicked, viewer=viewer)
    days = list(_days_of_page(by_day, day_of(key[0], ZoneInfo(filters.time_zone)) if key else None))
    rows = _list_rows(days, filters, clicked, viewer, key) if days else []
    page = make_page(rows, size=PAGE_SIZE, key=lambda row: (row[0], row[1]))
    next_key = page.next_key or _key_of_days_before(days, by_day, filters)
    return MessagesBehind(Page(_lines(page.rows, viewer), next_key), sum(by_day.values()))


def _key_of_days_before(days: list[date], by_day: Mapping[date, int], filters: Filters) -> str | None:
    """Columns may be some seconds older than the messages: a page with fewer than they said is not the last one."""
    if not days or min(by_day) >= days[-1]:
        return None
    return encode_key((begin_of(days[-1], ZoneInfo(filters.time_zone)), 0))


def _days_of_page(by_day: Mapping[date, int], from_on: date | None) -> Iterator[date]:
    """As many as fill a page and one row more; of the day on which the page before ended some are shown already."""
    lacking = PAGE_SIZE + 1
    for day, count in by_day.items():
        if from_on is not None and day > from_on:
            continue
        if lacking <= 0:
            return
        yield day
        lacking -= 0 if day == from_on else count


def _list_rows(
    days: list[date], filters: Filters, clicked: ClickedMessages, viewer: Viewer, key: list[Any] | None
) -> list[Any]:
    """Moment and id of each."""
    conditions, values = _asked(filters, clicked, viewer)
    if key:
        conditions.append("(seen.moment, seen.id) < (%(at)s, %(id)s)")
        values |= {"at": key[0], "id": key[1]}
    zone = ZoneInfo(filters.time_zone)
    values |= {"begins": [begin_of(day, zone) for day in days], "most": PAGE_SIZE + 1}
    values["ends"] = [begin_of(day + timedelta(days=1), zone) for day in days]
    of_day = SEEN.replace("%(since)s", "d.since").replace("%(until)s", "d.until")
    statement = f"""
        SELECT found.moment, found.id
        FROM unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS d (since, until) CROSS JOIN LATERAL (
            WITH seen AS NOT MATERIALIZED ({of_day}), looked AS NOT MATERIALIZED ({LOOKED})
            SELECT seen.moment, seen.id FROM looked AS seen {PLACED.format("seen")}
            WHERE {" AND ".join(conditions)} ORDER BY seen.moment DESC, seen.id DESC LIMIT %(most)s
        ) AS found
        ORDER BY found.moment DESC, found.id DESC LIMIT %(most)s
    """  # noqa: S608 - our own words
    return fetch(statement, values)


def _asked(filters: Filters, clicked: ClickedMessages, viewer: Viewer) -> tuple[list[str], dict[str, Any]]:
    """The same that the columns were narrowed by."""
    asked: tuple[tuple[str, str, Any], ...] = (
        ("scope", "seen.store_id = ANY (%(scope)s::int[])", _scope(viewer)),
        ("store", "seen.store_id = %(store)s", filters.store_id),
        ("stores", "seen.store_id = ANY (%(stores)s::int[])", list(filters.store_ids) or None),
        (
            "region",
            "seen.store_id IN (SELECT id FROM stores WHERE region_id = %(region)s)",
            filters.region_id,
        ),
        ("channel", "seen.channel = %(channel)s", filters.channel.value if filters.channel else None),
        ("purpose", "seen.purpose = %(purpose)s", clicked.purpose.value if clicked.purpose else None),
        ("template", "version.template_id = %(template)s", clicked.template_id),
        ("plan", "coalesce(e.plan_id, 0) = %(plan)s", clicked.plan_id),
        ("why", f"{WHY_NOT} = %(why)s", NOT_SENT + clicked.why if clicked.why else None),
    )
    given = [each for each in asked if each[2] is not None]
    happened = [HAPPENED[what] for what in clicked.whats if what in HAPPENED] or ["NOT seen.is_sent"]
    conditions = [f"({' OR '.join(happened)})", *(condition for _, condition, _ in given)]
    return conditions, {name: value for name, _, value in given}


def _scope(viewer: Viewer) -> list[int] | None:
    return None if viewer.scope.is_everything else list(viewer.scope.store_ids)


def _lines(rows: Any, viewer: Viewer) -> list[MessageLine]:
    found = {row[0].id: row for row in _list_messages([row[1] for row in rows], viewer)}
    people = get_customers({row[0].customer_id for row in found.values() if row[0].customer_id})
    lines = []
    for at, outbound_id in rows:
        message, store_name, number = found[outbound_id]
        customer = people.get(message.customer_id or 0)
        lines.append(MessageLine(at, message, customer, store_name or "", number or ""))
    return lines


def _list_messages(ids: list[int], viewer: Viewer) -> Iterator[tuple[MessageRow, str | None, str | None]]:
    """Each with the name of its store and the number of its ticket, where the reader may open that."""
    message, may_read = OutboundMessage, viewer.may(Permission.READ_TICKETS)
    of_ticket = and_(message.source_kind == TICKET, Ticket.id == message.source_id, in_scope(viewer))
    found = db.session.execute(
        select(Store.name, Ticket.number if may_read else null(), *_COLUMNS)
        .select_from(message)
        .outerjoin(Store, Store.id == message.store_id)
        .outerjoin(Ticket, of_ticket if may_read else false())
        .where(message.id.in_(ids))
    )
    for store_name, number, *columns in found:
        yield MessageRow(*columns), store_name, number
