"""What of the base went into answers: noted with each answer, forgotten with it, settled as its ticket is solved or not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.knowledge.markdown import to_text
from hub.knowledge.models import Article, KnowledgeUse, StandardReply
from hub.knowledge.rows import Use, UseFigures
from hub.knowledge.rules import WHOLE


def note_uses(*, ticket_id: int, message_id: int, uses: Sequence[Use], now: datetime) -> None:
    """Once a message, however often it is told; a text that is gone is passed over."""
    rows = [
        {
            "ticket_id": ticket_id,
            "message_id": message_id,
            "article_id": use.article_id,
            "standard_reply_id": use.reply_id,
            "likeness": use.likeness,
            "used_at": now,
        }
        for use in _known(uses)
    ]
    if rows:
        fresh = insert(KnowledgeUse).values(rows).on_conflict_do_nothing()
        _count(db.session.execute(fresh.returning(*_WHAT)).all(), by=1)


def forget_uses(*, message_id: int) -> None:
    """The answer was taken back before it left."""
    gone = delete(KnowledgeUse).where(KnowledgeUse.message_id == message_id)
    _count(db.session.execute(gone.returning(*_WHAT)).all(), by=-1)


def settle_uses(*, ticket_id: int, solved_at: datetime | None) -> None:
    """Solved after these answers, or open again: then nothing of them solved it."""
    mine = update(KnowledgeUse).where(KnowledgeUse.ticket_id == ticket_id)
    if solved_at is not None:
        mine = mine.where(KnowledgeUse.solved_at.is_(None), KnowledgeUse.used_at <= solved_at)
    db.session.execute(mine.values(solved_at=solved_at))


def count_uses(*, article_id: int | None = None, reply_id: int | None = None, since: datetime) -> UseFigures:
    """How often the text went into an answer since then, was edited, and the ticket was solved."""
    is_reply = KnowledgeUse.standard_reply_id == reply_id
    mine = is_reply if reply_id is not None else KnowledgeUse.article_id == article_id
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(KnowledgeUse.likeness < WHOLE),
            func.count().filter(KnowledgeUse.solved_at.is_not(None)),
            func.avg(KnowledgeUse.likeness),
        ).where(mine, KnowledgeUse.used_at >= since)
    ).one()
    return UseFigures(row[0], row[1], row[2], float(row[3]) if row[0] else None)


def get_texts(article_ids: Collection[int]) -> dict[int, str]:
    """The bodies of articles without marks, as an answer takes them; those that do not exist are missing."""
    rows = db.session.execute(select(Article.id, Article.body).where(Article.id.in_(article_ids)))
    return {row.id: to_text(row.body) for row in rows}


_WHAT = (KnowledgeUse.article_id, KnowledgeUse.standard_reply_id)


def _known(uses: Sequence[Use]) -> list[Use]:
    articles = set(
        db.session.scalars(select(Article.id).where(Article.id.in_([use.article_id for use in uses])))
    )
    replies = set(
        db.session.scalars(
            select(StandardReply.id).where(StandardReply.id.in_([use.reply_id for use in uses]))
        )
    )
    return [use for use in uses if use.article_id in articles or use.reply_id in replies]


def _count(what: Sequence[tuple[int | None, int | None]], *, by: int) -> None:
    """The counts of the lists go with the rows."""
    articles, replies = [each[0] for each in what if each[0]], [each[1] for each in what if each[1]]
    if articles:
        changed = update(Article).where(Article.id.in_(articles))
        db.session.execute(changed.values(inserted_count=Article.inserted_count + by))
    if replies:
        changed = update(StandardReply).where(StandardReply.id.in_(replies))
        db.session.execute(changed.values(used_count=StandardReply.used_count + by))
