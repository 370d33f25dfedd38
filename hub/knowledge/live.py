"""The articles of the base in an index of this process, brought up to date before each search."""

from threading import Lock
from typing import Any

from sqlalchemy import Row, func, select

from hub.core.db import db
from hub.core.words import Language
from hub.knowledge.markdown import to_text
from hub.knowledge.models import Article
from hub.knowledge.ranking import Index, Text
from hub.knowledge.words import ArticleState

SEARCHABLE = frozenset(state.value for state in ArticleState if state is not ArticleState.ARCHIVED)


class _Live:
    """One language: the index, what it was made of, and what the base said of itself then."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.lock = Lock()
        self.index = Index(language)
        self.known: dict[int, tuple[Any, ...]] = {}
        self.print: tuple[Any, ...] = ()

    def refresh(self) -> None:
        """One aggregate a search; only changed articles are read again."""
        found = _fingerprint(self.language)
        if found == self.print:
            return
        marks = {row.id: tuple(row) for row in db.session.execute(_marks(self.language))}
        if self.index.is_worn:
            self.index, self.known = Index(self.language), {}
        for gone in self.known.keys() - marks.keys():
            self.index.remove(gone)
        changed = [article_id for article_id, mark in marks.items() if self.known.get(article_id) != mark]
        for row in db.session.execute(_texts(changed)):
            self.index.add(_text(row))
        self.known, self.print = marks, found


_LIVE = {language: _Live(language) for language in Language}


def find_articles(
    words: str, *, language: Language, states: frozenset[ArticleState], limit: int
) -> list[int]:
    """Ids of articles in these states that bear on the words, best first."""
    live = _LIVE[language]
    with live.lock:
        live.refresh()
        return live.index.find(words, groups={state.value for state in states}, limit=limit)


def _fingerprint(language: Language) -> tuple[Any, ...]:
    return tuple(
        db.session.execute(
            select(
                func.count(),
                func.max(Article.updated_at),
                func.sum(Article.version_number),
                func.sum(Article.id),
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


def _text(row: Row[Any]) -> Text:
    return Text(row.id, row.title, to_text(row.body), row.summary, row.state.value)
