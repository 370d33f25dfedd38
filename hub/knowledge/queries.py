"""What pages and other rooms ask of the knowledge base: lists, one article, search, suggestions, gaps."""

from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Language
from hub.knowledge import rules
from hub.knowledge.attaching import FILES, read_files
from hub.knowledge.gone_files import shown_html
from hub.knowledge.listing import EVERY_STATE, FOR_STAFF, LISTED, PUBLIC, base_of, listed_row, read_hits
from hub.knowledge.live import find_articles
from hub.knowledge.models import Article, ArticleStateChange, ArticleVersion
from hub.knowledge.replies import (
    fill_standard_reply,
    get_standard_reply,
    list_standard_replies,
)
from hub.knowledge.rows import (
    ArticleHit,
    ArticleRow,
    ArticleView,
    StateRow,
    VersionRow,
)
from hub.knowledge.scoping import SCOPE, ArticleFilter, make_scope
from hub.knowledge.suggesting import suggest
from hub.knowledge.words import ArticleState, SearchPlace

NO_ARTICLE = N_("This article does not exist any more. Please search for another one.")
PAGE_SIZE, GAP_COUNT, NARROWED = 50, 100, 80
LOOKED_AT = 2_000
"""Different searches without result, among which those about some words are looked for."""
ALL = ArticleFilter()

__all__ = [
    "FOR_STAFF",
    "PUBLIC",
    "count_states",
    "fill_standard_reply",
    "find_article",
    "find_name",
    "get_article",
    "get_standard_reply",
    "get_version",
    "list_articles",
    "list_pairable",
    "list_standard_replies",
    "list_versions",
    "search_articles",
    "suggest",
]


def states_at(place: SearchPlace) -> frozenset[ArticleState]:
    """What a search may show: customers see published articles, replies also internal ones, editors drafts too."""
    return {SearchPlace.HELP: PUBLIC, SearchPlace.TICKET: FOR_STAFF, SearchPlace.STAFF: EVERY_STATE}[place]


def search_articles(
    words: str,
    language: Language,
    place: SearchPlace,
    limit: int = 10,
    *,
    state: ArticleState | None = None,
    narrowed: ArticleFilter = ALL,
) -> list[ArticleHit]:
    """The articles that bear on a question in anyone's words, best first. Never raises for what was typed."""
    found = find_articles(
        words[: rules.LONGEST_SEARCH * 10],
        language=language,
        states=states_at(place) & ({state} if state else EVERY_STATE),
        store_id=narrowed.store_id,
        limit=limit if narrowed == ArticleFilter(store_id=narrowed.store_id) else NARROWED,
    )
    return read_hits(found, narrowed)[:limit]


def list_articles(
    *,
    language: Language | None = None,
    state: ArticleState | None = None,
    after: str | None = None,
    states: frozenset[ArticleState] = EVERY_STATE,
    narrowed: ArticleFilter = ALL,
) -> Page[ArticleRow]:
    """By title, within `states`; archived articles only when they are asked for."""
    allowed = states & {state} if state else states - {ArticleState.ARCHIVED}
    chosen = select(*LISTED, Article.sort_key).where(Article.state.in_(allowed), *narrowed.clauses())
    if language:
        chosen = chosen.where(Article.language == language)
    if after:
        sort_key, article_id = decode_key(after, str, int)
        chosen = chosen.where(tuple_(Article.sort_key, Article.id) > (sort_key, article_id))
    rows = db.session.execute(chosen.order_by(Article.sort_key, Article.id).limit(PAGE_SIZE + 1)).all()
    page = make_page(rows, size=PAGE_SIZE, key=lambda row: (row.sort_key, row.id))
    return Page([listed_row(row) for row in page.rows], page.next_key)


def count_states(language: Language | None = None) -> dict[ArticleState, int]:
    counted = select(Article.state, func.count()).group_by(Article.state)
    if language:
        counted = counted.where(Article.language == language)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def find_article(
    key: str, *, states: frozenset[ArticleState] = frozenset(ArticleState)
) -> ArticleView | None:
    """The whole article with the name of its other language."""
    pair = aliased(Article)
    row = db.session.execute(
        select(Article, pair.key, pair.title, pair.state, FILES, *SCOPE)
        .outerjoin(pair, pair.id == Article.pair_id)
        .where(Article.key == key, Article.state.in_(states))
    ).one_or_none()
    return _view(row) if row else None


def get_article(key: str, *, states: frozenset[ArticleState] = frozenset(ArticleState)) -> ArticleView:
    """Raises NotFound, also for an article in another state."""
    found = find_article(key, states=states)
    if found is None:
        raise NotFound(NO_ARTICLE)
    return found


def find_name(article_id: int) -> tuple[str, str] | None:
    """Key and title, unless it is archived or gone."""
    chosen = select(Article.key, Article.title).where(
        Article.id == article_id, Article.state != ArticleState.ARCHIVED
    )
    row = db.session.execute(chosen).one_or_none()
    return None if row is None else (row.key, row.title)


def list_pairable(language: Language) -> list[tuple[int, str]]:
    """Articles of this language that an article of the other one may be paired with: id and title."""
    chosen = select(Article.id, Article.title).where(
        Article.language == language, Article.state != ArticleState.ARCHIVED
    )
    return [(row.id, row.title) for row in db.session.execute(chosen.order_by(Article.sort_key).limit(1000))]


def list_versions(article_id: int) -> list[VersionRow]:
    """Newest first."""
    chosen = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    return [
        _version(row) for row in db.session.scalars(chosen.order_by(ArticleVersion.number.desc()).limit(200))
    ]


def get_version(article_id: int, number: int) -> VersionRow:
    """Raises NotFound."""
    row = db.session.scalar(
        select(ArticleVersion).where(ArticleVersion.article_id == article_id, ArticleVersion.number == number)
    )
    if row is None:
        raise NotFound(N_("This version does not exist. Please choose one of the list."))
    return _version(row)


def _view(row: Any) -> ArticleView:
    article, pair_key, pair_title, pair_state, files, *scope = row
    return ArticleView(
        **base_of(article),
        body=article.body,
        html=shown_html(article.body),
        owner_id=article.owner_id,
        pair_id=article.pair_id,
        pair_key=pair_key or "",
        pair_title=pair_title or "",
        pair_state=pair_state,
        version_number=article.version_number,
        published_at=article.published_at,
        scope=make_scope(article, *scope),
        states=_states(article.id),
        files=read_files(article, files),
    )


def _states(article_id: int) -> tuple[StateRow, ...]:
    """The latest first."""
    chosen = select(ArticleStateChange).where(ArticleStateChange.article_id == article_id)
    rows = db.session.scalars(chosen.order_by(ArticleStateChange.id.desc()).limit(50))
    return tuple(StateRow(row.state, row.agent_id, row.began_at) for row in rows)


def _version(row: ArticleVersion) -> VersionRow:
    return VersionRow(
        row.number, row.title, row.summary, row.body, shown_html(row.body), row.agent_id, row.saved_at
    )
