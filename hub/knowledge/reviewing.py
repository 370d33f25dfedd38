"""Articles whose day to be read again has come: each owner is told, once a day that was chosen."""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from hub.core import clock, facts
from hub.core.db import db, transaction
from hub.knowledge.facts import ArticleReviewDue
from hub.knowledge.models import Article
from hub.knowledge.words import ArticleState
from hub.stores.queries import find_chain, find_day

BATCH = 100
KIND = "article_reviews"


def has_due() -> bool:
    return db.session.scalar(select(Article.id).where(_is_due(_today())).limit(1)) is not None


def next_due_at() -> datetime | None:
    """The midnight of the chain at which the next day comes."""
    next_on = db.session.scalar(select(func.min(Article.review_on)).where(_is_untold()))
    chain = find_chain()
    if next_on is None or chain is None:
        return None
    return datetime.combine(next_on, time(), ZoneInfo(chain.time_zone))


def work_reviews(wake: Callable[[], None]) -> int:
    """One batch; returns how many owners were told."""
    with transaction():
        now = clock.business_now()
        due = select(Article).where(_is_due(_today())).order_by(Article.id).limit(BATCH)
        rows = db.session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.review_told_on = row.review_on
        facts.record_many(
            [ArticleReviewDue(article_id=row.id, owner_id=row.owner_id) for row in rows], now=now
        )
    if len(rows) == BATCH:
        wake()
    return len(rows)


def _today() -> date:
    return find_day(clock.business_now())


def _is_due(today: date) -> ColumnElement[bool]:
    return and_(Article.review_on <= today, _is_untold())


def _is_untold() -> ColumnElement[bool]:
    untold = or_(Article.review_told_on.is_(None), Article.review_told_on != Article.review_on)
    return and_(Article.review_on.is_not(None), Article.state != ArticleState.ARCHIVED, untold)
