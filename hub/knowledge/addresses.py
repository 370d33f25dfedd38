"""Every published article, for search engines."""

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.knowledge.models import Article
from hub.knowledge.rows import Address
from hub.knowledge.words import ArticleState


def list_addresses(*, limit: int = 40_000) -> list[Address]:
    """Every published article, for search engines; a sitemap holds 50,000 addresses."""
    pair = aliased(Article)
    is_there = and_(pair.id == Article.pair_id, pair.state == ArticleState.PUBLISHED)
    chosen = (
        select(Article.key, Article.language, Article.updated_at, pair.key, pair.language)
        .outerjoin(pair, is_there)
        .where(Article.state == ArticleState.PUBLISHED)
    )
    rows = db.session.execute(chosen.order_by(Article.sort_key, Article.id).limit(limit))
    return [
        Address(key, language, at, other or "", other_in or "") for key, language, at, other, other_in in rows
    ]
