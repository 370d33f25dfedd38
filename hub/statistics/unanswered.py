"""Where the knowledge base is missed: reasons whose tickets were solved without it, and what unhappy customers name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, true

from hub.core.db import db
from hub.inbox.models import Ticket
from hub.knowledge.models import KnowledgeUse
from hub.surveys.models import Answer
from hub.surveys.words import AnswerState, Choice

MOST = 20


@dataclass(frozen=True)
class Unanswered:
    """`subject`: the id of a contact reason, or a topic of the survey. `count` of `total` had no article or reply."""

    subject: str
    count: int
    total: int
    last_at: datetime


def list_reasons_without_article(*, since: datetime) -> list[Unanswered]:
    """By contact reason: tickets solved since then, of which so many without an article or a standard reply; most first."""
    helped = exists().where(KnowledgeUse.ticket_id == Ticket.id)
    alone = func.count().filter(~helped)
    rows = db.session.execute(
        select(Ticket.reason_id, alone, func.count(), func.max(Ticket.solved_at))
        .where(Ticket.solved_at >= since, Ticket.reason_id.is_not(None))
        .group_by(Ticket.reason_id)
        .having(alone > 0)
        .order_by(alone.desc(), Ticket.reason_id)
        .limit(MOST)
    )
    return [Unanswered(str(row[0]), row[1], row[2], row[3] or since) for row in rows]


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
