"""What articles mean is worked out by a worker: each article whose text is newer than its vectors."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, delete, exists, select, text

from hub.core.db import db, transaction
from hub.knowledge import meaning
from hub.knowledge.markdown import to_text
from hub.knowledge.models import Article, ArticleVector
from hub.knowledge.words import ArticleState

BELL = "article_vectors"
BATCH = 50
TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('article_vectors', 0))")
"""One worker at a time: processes that search look for ids above the last they saw, so ids are committed in order."""


def has_due() -> bool:
    return (
        meaning.is_available()
        and db.session.scalar(select(Article.id).where(_is_stale()).limit(1)) is not None
    )


def work_vectors(wake: Callable[[], None]) -> int:
    """A batch of articles; returns how many."""
    if not meaning.is_available():
        return 0
    with transaction():
        chosen = select(Article).where(_is_stale()).order_by(Article.id).limit(BATCH)
        db.session.execute(TURN)
        rows = db.session.scalars(chosen.with_for_update(of=Article)).all()
        texts = [(row.title, f"{row.summary}\n{to_text(row.body)}") for row in rows]
        for row, vectors in zip(rows, meaning.encode_articles(texts), strict=True):
            _replace(row, vectors)
    if len(rows) == BATCH:
        wake()
    return len(rows)


def _is_stale() -> ColumnElement[bool]:
    fresh = exists().where(
        ArticleVector.article_id == Article.id,
        ArticleVector.part == 0,
        ArticleVector.version_number == Article.version_number,
        ArticleVector.model == meaning.MODEL,
    )
    return and_(Article.state != ArticleState.ARCHIVED, ~fresh)


def _replace(row: Article, vectors: meaning.Vector) -> None:
    db.session.execute(delete(ArticleVector).where(ArticleVector.article_id == row.id))
    for part, vector in enumerate(vectors.astype("<f2")):
        db.session.add(
            ArticleVector(
                article_id=row.id,
                part=part,
                version_number=row.version_number,
                model=meaning.MODEL,
                vector=vector.tobytes(),
            )
        )
    db.session.flush()
