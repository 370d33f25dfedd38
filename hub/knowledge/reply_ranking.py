"""The standard replies of this process, searched by the engine of the articles; brought up to date before each search."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from threading import Lock

from hub.core.words import Language
from hub.knowledge.own_synonyms import get_synonyms
from hub.knowledge.ranking import CANDIDATES, Text
from hub.knowledge.rows import ReplyRow
from hub.knowledge.rules import LONGEST_SEARCH, VARIABLE
from hub.knowledge.searching import Search


class _Live:
    """One language: what is searched, and of what it was made."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.lock = Lock()
        self.search = Search(language)
        self.known: dict[int, tuple[str, str]] = {}

    def refresh(self, rows: Iterable[ReplyRow]) -> None:
        """Only what reads otherwise than before is taken in again."""
        if self.search.index.is_worn:
            self.search, self.known = Search(self.language), {}
        wanted = {row.id: (row.title, row.body) for row in rows}
        for gone in self.known.keys() - wanted.keys():
            self.search.remove(gone)
        for reply_id, (title, body) in wanted.items():
            if self.known.get(reply_id) != (title, body):
                self.search.add(Text(reply_id, title, VARIABLE.sub("", body)))
        self.search.index.learn_synonyms(get_synonyms(self.language).text)
        self.known = wanted


_LIVE = {language: _Live(language) for language in Language}


def rank_replies(rows: Sequence[ReplyRow], words: str) -> dict[int, int]:
    """The place, from 0, of each of these replies that bears on the words; of two languages, one after the other."""
    found: list[int] = []
    for language, same in groupby(sorted(rows, key=_language), key=_language):
        live = _LIVE[language]
        with live.lock:
            live.refresh(same)
            hits = live.search.find(words[: LONGEST_SEARCH * 10], limit=CANDIDATES)
        found += [hit.id for hit in hits]
    return {reply_id: rank for rank, reply_id in enumerate(found)}


def _language(row: ReplyRow) -> Language:
    return row.language
