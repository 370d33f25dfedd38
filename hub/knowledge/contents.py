"""The table of contents of the help centre: how many articles each reason has, the first of each, all of some reasons by pages."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from hub.core.db import db
from hub.core.paging import Page, decode_key, make_page
from hub.core.words import Language
from hub.knowledge.listing import LISTED, listed_row
from hub.knowledge.models import Article, ArticleStore
from hub.knowledge.rows import ArticleRow
from hub.knowledge.words import ArticleState

PAGE_SIZE = 100


def count_published(language: Language) -> dict[int | None, int]:
    """By the reason under which they stand; None: without one."""
    counted = select(Article.reason_id, func.count()).where(*_published(language)).group_by(Article.reason_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def list_first(language: Language, most: int) -> list[ArticleRow]:
    """By title so many of each reason."""
    place = func.row_number().over(partition_by=Article.reason_id, order_by=(Article.sort_key, Article.id))
    inner = select(Article.id, place.label("place")).where(*_published(language)).subquery()
    chosen = select(*LISTED).join(inner, inner.c.id == Article.id).where(inner.c.place <= most)
    return [listed_row(row) for row in db.session.execute(chosen.order_by(Article.sort_key, Article.id))]


def list_published(
    language: Language, reason_ids: Collection[int | None], *, after: str | None = None
) -> Page[ArticleRow]:
    """All that stand under these reasons, by title; None among them: those without one."""
    named = Article.reason_id.in_([each for each in reason_ids if each])
    mine = or_(named, Article.reason_id.is_(None)) if None in reason_ids else named
    chosen = select(*LISTED, Article.sort_key).where(*_published(language), mine)
    if after:
        sort_key, article_id = decode_key(after, str, int)
        chosen = chosen.where(tuple_(Article.sort_key, Article.id) > (sort_key, article_id))
    rows = db.session.execute(chosen.order_by(Article.sort_key, Article.id).limit(PAGE_SIZE + 1)).all()
    page = make_page(rows, size=PAGE_SIZE, key=lambda row: (row.sort_key, row.id))
    return Page([listed_row(row) for row in page.rows], page.next_key)


def list_store_articles(store_id: int, language: Language, *, limit: int = 12) -> list[ArticleRow]:
    """What customers may read of this store in particular, by title."""
    mine = select(ArticleStore.article_id).where(ArticleStore.store_id == store_id)
    chosen = select(*LISTED).where(Article.id.in_(mine), *_published(language))
    return [listed_row(row) for row in db.session.execute(chosen.order_by(Article.sort_key).limit(limit))]


def _published(language: Language) -> tuple[ColumnElement[bool], ...]:
    return Article.language == language, Article.state == ArticleState.PUBLISHED
