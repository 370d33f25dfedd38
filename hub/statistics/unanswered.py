"""Where the knowledge base is missed: reasons whose tickets were solved without it, and what unhappy customers name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, true

from hub.core.db import db
from hub.inbox.models import Ticket
from hub.inbox.words import TAKEN_OVER
from hub.knowledge.models import KnowledgeUse
from hub.staff.rules import Viewer
from hub.statistics.narrowing import SETTLED, narrowed_tickets, solved_in
from hub.statistics.rules import Filters
from hub.surveys.models import Answer
from hub.surveys.words import AnswerState, Choice

MOST = 20
HAD_HELP = exists().where(KnowledgeUse.ticket_id == Ticket.id)
COULD_HAVE_HELP = Ticket.source_kind.is_distinct_from(TAKEN_OVER)
"""What was taken over was answered in another helpdesk, where no article was at hand."""


@dataclass(frozen=True)
class Unanswered:
    """`subject`: the id of a contact reason, or a topic of the survey. `count` of `total` had no article or reply."""

    subject: str
    count: int
    total: int
    last_at: datetime


@dataclass(frozen=True)
class Alone:
    """Tickets of one store (None: the central queue) and one reason: so many of `total` had no article or reply."""

    store_id: int | None
    reason_id: int | None
    count: int
    total: int
    last_at: datetime


def count_without_article(filters: Filters, *, viewer: Viewer) -> list[Alone]:
    """Tickets solved for good in the period, by the store and the reason that they have now."""
    rows = db.session.execute(
        select(
            Ticket.store_id,
            Ticket.reason_id,
            func.count().filter(~HAD_HELP),
            func.count(),
            func.max(Ticket.solved_at),
        )
        .where(
            *solved_in(filters),
            Ticket.state.in_(SETTLED),
            COULD_HAVE_HELP,
            *narrowed_tickets(filters, viewer),
        )
        .group_by(Ticket.store_id, Ticket.reason_id)
    )
    return [Alone(row[0], row[1], row[2], row[3], row[4] or filters.since) for row in rows]


def list_reasons_without_article(filters: Filters, *, viewer: Viewer) -> list[Unanswered]:
    """By contact reason, without those below it: how many of its tickets; most first."""
    found: dict[int, Unanswered] = {}
    for each in count_without_article(filters, viewer=viewer):
        if each.reason_id:
            found[each.reason_id] = _added(found.get(each.reason_id), each)
    missed = (row for row in found.values() if row.count)
    return sorted(missed, key=lambda row: (-row.count, int(row.subject)))[:MOST]


def _added(row: Unanswered | None, each: Alone) -> Unanswered:
    if row is None:
        return Unanswered(str(each.reason_id), each.count, each.total, each.last_at)
    last_at = max(row.last_at, each.last_at)
    return Unanswered(row.subject, row.count + each.count, row.total + each.total, last_at)


def list_topics_of_unhappy(*, since: datetime) -> list[Unanswered]:
    """What customers who were not satisfied named on the second page, of so many who named something; most first."""
    unhappy = (
        select(Answer.topics, Answer.answered_at)
        .where(
            Answer.choice == Choice.NOT_SATISFIED,
            Answer.state == AnswerState.CONFIRMED,
            Answer.answered_at >= since,
        )
        .where(func.jsonb_array_length(Answer.topics) > 0)
        .subquery()
    )
    topic = func.jsonb_array_elements_text(unhappy.c.topics).table_valued("value").lateral()
    rows = db.session.execute(
        select(topic.c.value, func.count(), func.max(unhappy.c.answered_at))
        .select_from(unhappy)
        .join(topic, true())
        .group_by(topic.c.value)
        .order_by(func.count().desc(), topic.c.value)
        .limit(MOST)
    ).all()
    total = db.session.scalar(select(func.count()).select_from(unhappy)) or 0
    return [Unanswered(name, count, total, last_at) for name, count, last_at in rows]
