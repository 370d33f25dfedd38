"""What fits a ticket: articles and standard replies from what the customer wrote and from the contact reason."""

from dataclasses import replace

from sqlalchemy import and_, or_, select

from hub.core.db import db
from hub.core.words import Channel, Language
from hub.knowledge import rules
from hub.knowledge.listing import FOR_STAFF, read_hits
from hub.knowledge.live import find_articles
from hub.knowledge.models import Article, ArticleReason
from hub.knowledge.replies import suggest_replies
from hub.knowledge.rows import Suggestions
from hub.knowledge.scoping import NO_STORE, ArticleFilter
from hub.knowledge.searching import Found
from hub.reasons.queries import list_reasons
from hub.reasons.rules import with_parents

SUGGESTED, CANDIDATES = 3, 30
RAISED = 0.5
"""What an article of the very reason gains on the best one by words, whose score is 1; half of it for the reason above."""
REASON = "reason"


def suggest(
    text: str,
    reason_id: int | None,
    language: Language,
    store_id: int | None = None,
    channel: Channel | None = None,
) -> Suggestions:
    """Three articles and three standard replies for what a customer wrote and why, as this store would say it there.

    Without a store: what applies to all of them.
    """
    narrowed = ArticleFilter(store_id=store_id or NO_STORE)
    found = find_articles(
        text[: rules.LONGEST_SEARCH * 10],
        language=language,
        states=FOR_STAFF,
        store_id=narrowed.store_id,
        limit=CANDIDATES,
    )
    chosen = _with_reason(found, _of_reason(reason_id, language, narrowed) if reason_id else {})
    return Suggestions(
        tuple(read_hits(chosen[:SUGGESTED], narrowed)),
        tuple(suggest_replies(text, reason_id, language, store_id, channel)[:SUGGESTED]),
    )


def _with_reason(found: list[Found], above: dict[int, int]) -> list[Found]:
    """Those of the reason raised among what the words found, then the others of the reason in their order."""
    raised = [
        replace(each, score=each.score + RAISED / 2 ** above[each.id], why=(*each.why, REASON))
        if each.id in above
        else each
        for each in found
    ]
    known = {each.id for each in found}
    others = [Found(each, 0.0, (REASON,)) for each in above if each not in known]
    return [*sorted(raised, key=lambda each: -each.score), *others]


def _of_reason(reason_id: int, language: Language, narrowed: ArticleFilter) -> dict[int, int]:
    """Articles of the reason or of one above it, by id how far above; the nearest first, then the most used."""
    path = with_parents(reason_id, {row.id: row.parent_id for row in list_reasons(active=False)})
    more = and_(ArticleReason.article_id == Article.id, ArticleReason.reason_id.in_(path))
    rows = db.session.execute(
        select(Article.id, Article.reason_id, ArticleReason.reason_id.label("more_id"))
        .outerjoin(ArticleReason, more)
        .where(
            or_(Article.reason_id.in_(path), ArticleReason.reason_id.is_not(None)),
            Article.language == language,
            Article.state.in_(FOR_STAFF),
            *narrowed.clauses(),
        )
        .order_by(Article.inserted_count.desc(), Article.sort_key, Article.id)
    )
    found: dict[int, int] = {}
    for row in rows:
        near = min(path.index(each) for each in (row.reason_id, row.more_id) if each in path)
        found[row.id] = min(near, found.get(row.id, near))
    return dict(sorted(found.items(), key=lambda each: each[1]))
