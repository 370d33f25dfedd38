"""What followed the answers of a period: first contact of unhappy customers, who was won back, who got the review link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, func, select

from hub.core.db import db
from hub.core.intervals import Interval, wilson
from hub.core.words import Channel
from hub.inbox.models import ReplyWait, Ticket, TicketRating
from hub.inbox.ratings import SCORES
from hub.outbox.models import OutboundMessage
from hub.staff.rules import Viewer
from hub.statistics.narrowing import narrowed
from hub.statistics.rows import Satisfaction, satisfaction_of
from hub.statistics.rules import Filters
from hub.surveys.models import Answer
from hub.surveys.words import AnswerState, Choice

UNHAPPY = 1
LINK_TERM = timedelta(days=9)
"""Thanks leave the day after the answer, a week later at the latest."""


@dataclass(frozen=True)
class LinksSent:
    """Of the answers of one score: how many were followed by a message with the review link, and the share's interval."""

    choice: Choice
    answered_count: int
    sent_count: int
    share: Interval | None


@dataclass(frozen=True)
class AfterAnswer:
    """`contact_seconds` is the median in opening hours, None without any; `won_back` counts the second answers."""

    filters: Filters
    contact_seconds: float | None
    contacted_count: int
    waiting_count: int
    won_back: Satisfaction
    links: tuple[LinksSent, ...]


def get_after_answer(filters: Filters, *, viewer: Viewer) -> AfterAnswer:
    """Within what the reader may see."""
    seconds, contacted = _contact(filters, viewer)
    return AfterAnswer(
        filters=filters,
        contact_seconds=seconds,
        contacted_count=contacted,
        waiting_count=_count_waiting(filters, viewer),
        won_back=_won_back(filters, viewer),
        links=_links(filters, viewer),
    )


def _contact(filters: Filters, viewer: Viewer) -> tuple[float | None, int]:
    """Waits that began with an answer and ended with the first message of a person in the period."""
    measured = ReplyWait.business_seconds
    median, count = db.session.execute(
        select(func.percentile_cont(0.5).within_group(measured), func.count()).where(
            ReplyWait.channel == Channel.SURVEY,
            ReplyWait.ended_at >= filters.since,
            ReplyWait.ended_at < filters.until,
            ReplyWait.is_transferred.is_(False),
            *narrowed(filters, viewer, ReplyWait.store_id),
        )
    ).one()
    return (float(median) if median is not None else None), count


def _count_waiting(filters: Filters, viewer: Viewer) -> int:
    """Unhappy customers to whom nobody has written yet, now."""
    waiting = select(func.count()).where(
        Ticket.channel == Channel.SURVEY,
        Ticket.waiting_since.is_not(None),
        Ticket.first_replied_at.is_(None),
        *narrowed(filters, viewer, Ticket.store_id),
    )
    return db.session.scalar(waiting) or 0


def _won_back(filters: Filters, viewer: Viewer) -> Satisfaction:
    """What customers with an unhappy answer said when they were asked again after their ticket was solved."""
    counts = [func.count().filter(TicketRating.score == score) for score in SCORES]
    found = db.session.execute(
        select(*counts)
        .join(Ticket, Ticket.id == TicketRating.ticket_id)
        .where(
            Ticket.score == UNHAPPY,
            TicketRating.score.is_not(None),
            TicketRating.answered_at >= filters.since,
            TicketRating.answered_at < filters.until,
            *narrowed(filters, viewer, TicketRating.store_id),
        )
    ).one()
    return satisfaction_of(found)


def _links(filters: Filters, viewer: Viewer) -> tuple[LinksSent, ...]:
    """The same for every score, or something is wrong: the link goes to everybody alike."""
    sent = exists().where(
        OutboundMessage.customer_id == Answer.customer_id,
        OutboundMessage.accepted_at.between(Answer.answered_at, Answer.answered_at + LINK_TERM),
        OutboundMessage.values["review_url"].astext != "",
    )
    rows: Sequence[Any] = db.session.execute(
        select(Answer.choice, func.count(), func.count().filter(sent))
        .where(
            Answer.state == AnswerState.CONFIRMED,
            Answer.answered_at >= filters.since,
            Answer.answered_at < filters.until,
            *narrowed(filters, viewer, Answer.store_id),
        )
        .group_by(Answer.choice)
    ).all()
    known = {choice: (answered, with_link) for choice, answered, with_link in rows}
    return tuple(_share_of(choice, *known.get(choice, (0, 0))) for choice in Choice)


def _share_of(choice: Choice, answered: int, sent: int) -> LinksSent:
    return LinksSent(choice, answered, sent, wilson(sent, answered))
