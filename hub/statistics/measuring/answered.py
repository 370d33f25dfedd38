"""Figures around answers that stay live: questions sent, who was sent the review link, unhappy customers nobody wrote to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from hub.content.models import TemplateVersion
from hub.content.rules import REVIEW_LINK
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.intervals import wilson
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.models import Ticket
from hub.outbox.models import OutboundMessage
from hub.staff.rules import Viewer
from hub.statistics.measuring.figures import Figure
from hub.statistics.narrowing import narrowed, narrowed_tickets
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension
from hub.surveys.models import Answer, Invitation
from hub.surveys.words import AnswerState

BY = frozenset({None, Dimension.STORE})
LINK_TERM = timedelta(days=9)
"""Thanks leave the day after the answer, a week later at the latest."""


def count_links(
    filters: Filters, *, viewer: Viewer, group: Any = Answer.choice
) -> Mapping[Any, tuple[int, int]]:
    """Of each group how many answered, and how many of them were sent the link.

    Live: by store alone, and asked for seldom (ADR 0067).
    """
    found = db.session.execute(
        select(group, func.count(), func.count().filter(was_sent_link()))
        .where(*counted_answers(filters, viewer))
        .group_by(group)
        .order_by(group)
    )
    return {each: (count, sent) for each, count, sent in found}


def counted_answers(filters: Filters, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Those of the period that count, in the reader's stores."""
    return [
        Answer.state == AnswerState.CONFIRMED,
        Answer.answered_at >= filters.since,
        Answer.answered_at < filters.until,
        *narrowed(filters, viewer, Answer.store_id),
    ]


def count_invited(filters: Filters, *, viewer: Viewer) -> int:
    return db.session.scalar(select(func.count()).where(*invited(filters, viewer))) or 0


def invited(filters: Filters, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Questions of the period that left, in the reader's stores."""
    return [
        Invitation.accepted_at >= filters.since,
        Invitation.accepted_at < filters.until,
        *narrowed(filters, viewer, Invitation.store_id),
    ]


def was_sent_link() -> ColumnElement[bool]:
    """A message is known by its words to hold the link; once an erasure or the term has emptied them, by its version.

    Only a version whose link the chain could not fill yet is then taken for more than it was.
    """
    has_place = exists().where(
        TemplateVersion.id == OutboundMessage.template_version_id,
        TemplateVersion.variables.contains([{"name": REVIEW_LINK}]),
    )
    is_emptied = OutboundMessage.values == literal({}, JSONB)
    return exists().where(
        OutboundMessage.customer_id == Answer.customer_id,
        OutboundMessage.accepted_at.between(Answer.answered_at, Answer.answered_at + LINK_TERM),
        or_(OutboundMessage.values[REVIEW_LINK].astext != "", and_(is_emptied, has_place)),
    )


def is_uncontacted() -> list[ColumnElement[bool]]:
    """Of tickets: opened by an answer, and nobody has written yet."""
    return [
        Ticket.channel == Channel.SURVEY,
        Ticket.waiting_since.is_not(None),
        Ticket.first_replied_at.is_(None),
    ]


def share_links(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    del now
    _check(filters, by)
    if by is not None:
        groups = count_links(filters, viewer=viewer, group=Answer.store_id)
        return [_share(store_id, *counts) for store_id, counts in groups.items()]
    counts = list(count_links(filters, viewer=viewer).values())
    return [_share(None, sum(count for count, _ in counts), sum(sent for _, sent in counts))]


def count_asked(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Questions after a purchase that the provider took in the period."""
    del now
    _check(filters, by)
    return _counted(by, Invitation.store_id, invited(filters, viewer))


def count_uncontacted(
    filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime
) -> list[Figure]:
    """Right now."""
    del now
    if by not in BY:
        raise Invalid(N_("What waits now cannot be shown by this. Please choose another breakdown."))
    return _counted(by, Ticket.store_id, [*is_uncontacted(), *narrowed_tickets(filters, viewer)])


def _counted(by: Dimension | None, store: Any, conditions: list[ColumnElement[bool]]) -> list[Figure]:
    if by is None:
        count = db.session.scalar(select(func.count()).where(*conditions)) or 0
        return [Figure(None, count, count)]
    found = select(store, func.count()).where(*conditions).group_by(store).order_by(store)
    return [Figure(store_id, count, count) for store_id, count in db.session.execute(found)]


def _check(filters: Filters, by: Dimension | None) -> None:
    """Raises Invalid: these figures are told of all stores together, or of each."""
    if by not in BY:
        raise Invalid(N_("This figure cannot be asked for like this. Please choose another one."))
    if filters.channel or filters.reason_id or filters.agent_id:
        raise Invalid(N_("This figure cannot be narrowed like this. Please leave a filter out."))


def _share(group: int | None, count: int, sent: int) -> Figure:
    sure = wilson(sent, count)
    return Figure(group, sure.value, count, sure.low, sure.high) if sure else Figure(group, None, 0)
