"""The articles of the base, their words and vectors, in this process; brought up to date before each search."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from threading import Lock
from typing import Any

from sqlalchemy import Row, func, select

from hub.core.db import db
from hub.core.words import Language
from hub.knowledge import meaning
from hub.knowledge.markdown import to_text
from hub.knowledge.models import Article, ArticleVector, SynonymList
from hub.knowledge.own_synonyms import get_synonyms
from hub.knowledge.ranking import Text
from hub.knowledge.scoping import list_product_names, list_store_ids
from hub.knowledge.searching import Found, Search
from hub.knowledge.words import ArticleState

SEARCHABLE = frozenset(state.value for state in ArticleState if state is not ArticleState.ARCHIVED)


@dataclass(frozen=True)
class _Group:
    """What a search is narrowed by: the state of an article, and the stores it applies to (none: all)."""

    state: str
    store_ids: tuple[int, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.state, *map(str, self.store_ids)))

    def is_open(self, states: Collection[str], store_id: int | None) -> bool:
        return self.state in states and (store_id is None or not self.store_ids or store_id in self.store_ids)


class _Live:
    """One language: what is searched, what it was made of, and what the base said of itself then."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.lock = Lock()
        self.search = Search(language)
        self.known: dict[int, tuple[Any, ...]] = {}
        self.groups: dict[int, _Group] = {}
        self.kinds: frozenset[_Group] = frozenset()
        self.print: tuple[Any, ...] = ()
        self.last_vector_id = 0

    def refresh(self) -> None:
        """One aggregate and one look at an index a search; only what changed is read again."""
        found = _fingerprint(self.language)
        if found != self.print:
            self._refresh_words()
            self.search.index.learn_synonyms(get_synonyms(self.language).text)
            self.print = found
        if meaning.is_available():
            self._refresh_vectors()

    def _refresh_words(self) -> None:
        marks = {row.id: tuple(row) for row in db.session.execute(_marks(self.language))}
        if self.search.index.is_worn:
            self.search, self.known, self.last_vector_id = Search(self.language), {}, 0
        for gone in self.known.keys() - marks.keys():
            self.search.remove(gone)
            self.groups.pop(gone, None)
        changed = [article_id for article_id, mark in marks.items() if self.known.get(article_id) != mark]
        stores, products = list_store_ids(changed), list_product_names(changed)
        for row in db.session.execute(_texts(changed)):
            self.groups[row.id] = _Group(row.state.value, stores.get(row.id, ()))
            self.search.add(_text(row, self.groups[row.id], products.get(row.id, "")))
        self.known, self.kinds = marks, frozenset(self.groups.values())

    def _refresh_vectors(self) -> None:
        """Vectors that a worker wrote since; they are never changed, only replaced by rows of higher ids."""
        newest = db.session.scalar(select(func.max(ArticleVector.id))) or 0
        if newest != self.last_vector_id:
            import numpy as np

            fresh = db.session.execute(_vectors(self.language, after=min(newest, self.last_vector_id)))
            for article_id, rows in groupby(fresh, key=lambda row: row.article_id):
                if article_id in self.known:
                    found = np.stack([np.frombuffer(row.vector, np.float16) for row in rows])
                    self.search.vectors.put(
                        article_id, found.astype(np.float32), group=str(self.groups[article_id])
                    )
            self.last_vector_id = newest


_LIVE = {language: _Live(language) for language in Language}


def find_articles(
    words: str,
    *,
    language: Language,
    states: frozenset[ArticleState],
    limit: int,
    store_id: int | None = None,
) -> list[Found]:
    """Articles in these states, and of this store, that bear on the words, best first."""
    live = _LIVE[language]
    with live.lock:
        live.refresh()
        asked = meaning.encode_question(words) if live.search.vectors and meaning.is_available() else None
        open_groups = {str(group) for group in live.kinds if group.is_open(states, store_id)}
        return live.search.find(words, asked, groups=open_groups, limit=limit)


def warm() -> dict[str, int]:
    """Read all articles now, and the model where there is something to compare; returns how many of each language."""
    for live in _LIVE.values():
        with live.lock:
            live.refresh()
            if live.search.vectors and meaning.is_available():
                meaning.encode_question("")
    return {language.value: len(live.known) for language, live in _LIVE.items()}


def _fingerprint(language: Language) -> tuple[Any, ...]:
    return tuple(
        db.session.execute(
            select(
                func.count(),
                func.max(Article.updated_at),
                func.sum(Article.version_number),
                func.sum(Article.id),
                select(SynonymList.changed_at).where(SynonymList.language == language).scalar_subquery(),
            ).where(Article.language == language, Article.state.in_(SEARCHABLE))
        ).one()
    )


def _marks(language: Language) -> Any:
    columns = (Article.id, Article.version_number, Article.state, Article.updated_at)
    return select(*columns).where(Article.language == language, Article.state.in_(SEARCHABLE))


def _texts(article_ids: list[int]) -> Any:
    return select(Article.id, Article.title, Article.summary, Article.body, Article.state).where(
        Article.id.in_(article_ids)
    )


def _vectors(language: Language, *, after: int) -> Any:
    chosen = select(ArticleVector.article_id, ArticleVector.vector, Article.state).join(
        Article, Article.id == ArticleVector.article_id
    )
    mine = (Article.language == language, ArticleVector.model == meaning.MODEL, ArticleVector.id > after)
    return chosen.where(*mine).order_by(ArticleVector.article_id, ArticleVector.part)


def _text(row: Row[Any], group: _Group, products: str) -> Text:
    """Names of the products it is about count as its summary does."""
    return Text(row.id, row.title, to_text(row.body), f"{row.summary} {products}".strip(), str(group))
