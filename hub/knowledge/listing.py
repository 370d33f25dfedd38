"""Articles as lines of a list and as answers to a search: what is read of each, and in which states who may see it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from hub.core.db import db
from hub.knowledge.gone_files import shown_html
from hub.knowledge.markdown import to_text
from hub.knowledge.models import Article
from hub.knowledge.rows import ArticleHit, ArticleRow
from hub.knowledge.scoping import ArticleFilter
from hub.knowledge.searching import Found
from hub.knowledge.words import ArticleState

PUBLIC = frozenset({ArticleState.PUBLISHED})
FOR_STAFF = PUBLIC | {ArticleState.INTERNAL}
EVERY_STATE = frozenset(ArticleState) - {ArticleState.ARCHIVED}
LISTED = (
    Article.id,
    Article.key,
    Article.language,
    Article.state,
    Article.title,
    Article.summary,
    Article.reason_id,
    Article.inserted_count,
    Article.updated_at,
)


def base_of(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in LISTED}


def listed_row(row: Any) -> ArticleRow:
    return ArticleRow(**base_of(row))


def read_hits(found: Sequence[Found], narrowed: ArticleFilter) -> list[ArticleHit]:
    """The texts of what was found, in its order; without what the filter leaves out."""
    chosen = select(*LISTED, Article.body).where(Article.id.in_([each.id for each in found]))
    rows = {row.id: row for row in db.session.execute(chosen.where(*narrowed.clauses()))}
    return [_hit(rows[each.id], each) for each in found if each.id in rows]


def _hit(row: Any, found: Found) -> ArticleHit:
    return ArticleHit(
        **base_of(row), text=to_text(row.body), html=shown_html(row.body), score=found.score, why=found.why
    )
