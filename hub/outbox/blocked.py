"""Messages that did not leave, or wait, each with its reason: lists for the marketer and the administrator."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, func, literal, select, text, tuple_
from sqlalchemy.types import BigInteger

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.outbox.models import OutboundMessage
from hub.outbox.provider_queries import count_unmatched
from hub.outbox.queries import MessageRow
from hub.outbox.words import BlockReason, MessageState, SendQueue

PAGE_SIZE = 50
REFUSED = "refused"
UNKNOWN = "unknown"
NOT_SENT = text(
    "(outbound_messages.state IN ('blocked', 'expired', 'failed', 'unknown')"
    " OR (outbound_messages.state = 'waiting' AND outbound_messages.reason IS NOT NULL))"
)
"""Written out, so that the database finds the partial index."""
OPEN = text("outbound_messages.state = 'unknown' AND outbound_messages.settled_at IS NULL")
_COLUMNS = tuple(getattr(OutboundMessage, each.name) for each in fields(MessageRow))


@dataclass(frozen=True)
class NotSent:
    """What a list is filtered by. `why` is a BlockReason, REFUSED (by the provider) or UNKNOWN; None is any."""

    why: str | None = None
    channel: Channel | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True)
class QueueRow:
    """Messages of one queue due now (business time) and since when the oldest of them is."""

    queue: SendQueue
    count: int
    oldest_due_at: datetime | None


def why_of(state: MessageState, reason: BlockReason | None) -> str:
    """One word for why a message did not leave: the gate's reason, or what became of the call."""
    if reason is not None:
        return reason.value
    return UNKNOWN if state is MessageState.UNKNOWN else REFUSED


def list_not_sent(asked: NotSent, after: str | None = None, size: int = PAGE_SIZE) -> Page[MessageRow]:
    """Blocked, expired, failed, unknown, or waiting for a reason; the newest message first. Raises Invalid."""
    statement = _filtered(select(*_COLUMNS).where(NOT_SENT), asked)
    return _page_by_id(statement, after, size)


def list_unknown(after: str | None = None, size: int = PAGE_SIZE) -> Page[MessageRow]:
    """Messages of which nobody knows whether they left, and nobody has decided yet. Newest first. Raises Invalid."""
    return _page_by_id(select(*_COLUMNS).where(OPEN), after, size)


def count_to_look_at() -> tuple[int, int]:
    """Messages of which nobody knows whether they left, and reports of providers that name no message of ours."""
    unknown = select(func.count()).select_from(OutboundMessage).where(OPEN).scalar_subquery()
    found = db.session.execute(select(unknown, count_unmatched())).one()
    return found[0], found[1]


def page_customer_messages(
    customer_id: int, after: str | None = None, size: int = PAGE_SIZE
) -> Page[MessageRow]:
    """All that was sent to a customer and all that was not, newest first, page by page. Raises Invalid."""
    m = OutboundMessage
    statement = select(*_COLUMNS).where(m.customer_id == customer_id)
    if after:
        created_at, row_id = _read_key(after, datetime, int)
        place = tuple_(literal(created_at, DateTime(timezone=True)), literal(row_id, BigInteger()))
        statement = statement.where(tuple_(m.created_at, m.id) < place)
    rows = db.session.execute(statement.order_by(m.created_at.desc(), m.id.desc()).limit(size + 1))
    found = [MessageRow(*row) for row in rows]
    return make_page(found, size=size, key=lambda row: (row.created_at, row.id))


def list_queues(*, now: datetime) -> list[QueueRow]:
    """Every queue, also the empty ones, in one statement."""
    rows = db.session.execute(
        select(OutboundMessage.queue, func.count(), func.min(OutboundMessage.due_at))
        .where(text("outbound_messages.state = 'waiting'"), OutboundMessage.due_at <= now)
        .group_by(OutboundMessage.queue)
    )
    found = {queue: QueueRow(queue, count, oldest) for queue, count, oldest in rows}
    return [found.get(queue, QueueRow(queue, 0, None)) for queue in SendQueue]


def _filtered(statement: Select[Any], asked: NotSent) -> Select[Any]:
    m = OutboundMessage
    if asked.why == UNKNOWN:
        statement = statement.where(m.state == MessageState.UNKNOWN, m.reason.is_(None))
    elif asked.why == REFUSED:
        statement = statement.where(m.state == MessageState.FAILED, m.reason.is_(None))
    elif asked.why is not None:
        statement = statement.where(m.reason == BlockReason(asked.why))
    if asked.channel is not None:
        statement = statement.where(m.channel == asked.channel)
    if asked.purpose is not None:
        statement = statement.where(m.purpose == asked.purpose)
    return statement


def _page_by_id(statement: Select[Any], after: str | None, size: int) -> Page[MessageRow]:
    if after:
        (row_id,) = _read_key(after, int)
        statement = statement.where(OutboundMessage.id < literal(row_id, BigInteger()))
    rows = db.session.execute(statement.order_by(OutboundMessage.id.desc()).limit(size + 1))
    return make_page([MessageRow(*row) for row in rows], size=size, key=lambda row: (row.id,))


def _read_key(after: str, *kinds: type) -> list[Any]:
    """The sort values of the last row seen. Raises Invalid for a key of another list."""
    values = decode_key(after)
    is_ours = isinstance(values, list) and len(values) == len(kinds)
    if is_ours and all(isinstance(value, kind) for value, kind in zip(values, kinds, strict=True)):
        return values
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))
