"""What a searched word is in the index: the whole words it may begin, its stems, and in about how many tickets they are.

The index answers for whole words at once; for a beginning (`lamp:*`) it first reads every ticket of every such word.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from sqlalchemy import text

from hub.core.db import db
from hub.inbox.searching import Asked

MOST_BEGUN = 64
FAR_BEHIND = 5000
"""Tickets not learnt yet from which on the known words say too little."""
_LETTERS = re.compile(r"[a-z]+")
_LOOK_UP = text(
    """
    WITH asked AS (SELECT * FROM unnest(CAST(:places AS bigint[]), CAST(:lows AS text[]), CAST(:highs AS text[]))
            AS asked (place, low, high)),
        spelt AS (SELECT * FROM unnest(CAST(:spelt AS bigint[]), CAST(:spellings AS text[])) AS spelt (place, spelling))
    SELECT 'begun' AS kind, place, begun.word, begun.ticket_count FROM asked CROSS JOIN LATERAL (
        SELECT word, ticket_count FROM known_words WHERE word ~>=~ low AND word ~<~ high LIMIT :most) AS begun
    UNION ALL
    SELECT 'stem', place, stem, coalesce(known.ticket_count, 0) FROM spelt
        CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector('french', spelling))) AS stem
        LEFT JOIN known_words AS known ON known.word = stem
    UNION ALL
    SELECT CASE WHEN has_forgotten THEN 'some' ELSE 'all' END, (SELECT max(id) FROM tickets), '', last_ticket_id
        FROM word_progress
    """
)


@dataclass(frozen=True)
class Lexemes:
    """One asked word: every whole word and stem it may be, None when too many words begin so; `ticket_count` about."""

    asked: Asked
    words: tuple[str, ...] | None
    ticket_count: int


@dataclass(frozen=True)
class Lexicon:
    """The asked words in the index. `has_forgotten`: rare words that begin so may be missing."""

    lexemes: tuple[Lexemes, ...]
    ticket_count: int
    has_forgotten: bool

    @property
    def likely_count(self) -> float:
        """About how many tickets have all the words, as if each stood by itself."""
        share = prod(each.ticket_count / self.ticket_count for each in self.lexemes if each.words is not None)
        return self.ticket_count * min(share, 1.0)


def look_up(asked: Sequence[Asked], also: Mapping[str, Sequence[str]]) -> Lexicon | None:
    """In one statement. None when the index must be asked for beginnings: words with digits, or not learnt yet, or
    nothing but short beginnings.
    """
    begun = [(place, word) for place, each in enumerate(asked) for word in _beginnings(each, also)]
    if not begun or not all(_LETTERS.fullmatch(word) for _, word in begun):
        return None
    spelt = [
        (place, word) for place, each in enumerate(asked) for word in dict.fromkeys(each.spellings.split())
    ]
    given = {
        "places": [place for place, _ in begun],
        "lows": [word for _, word in begun],
        "highs": [word[:-1] + chr(ord(word[-1]) + 1) for _, word in begun],
        "spelt": [place for place, _ in spelt],
        "spellings": [word for _, word in spelt],
        "most": MOST_BEGUN + 1,
    }
    rows = [tuple(row) for row in db.session.execute(_LOOK_UP, given)]
    learnt = next(((kind, newest, known) for kind, newest, _, known in rows if kind in {"all", "some"}), None)
    if learnt is None or not learnt[2] or learnt[1] - learnt[2] > FAR_BEHIND:
        return None
    lexemes = tuple(_lexemes(place, each, also, rows) for place, each in enumerate(asked))
    is_narrow = any(each.words is not None for each in lexemes)
    return Lexicon(lexemes, learnt[2], learnt[0] == "some") if is_narrow else None


def _beginnings(asked: Asked, also: Mapping[str, Sequence[str]]) -> list[str]:
    meant = [word for beginning in asked.beginnings for word in also.get(beginning, ())]
    return list(dict.fromkeys((*asked.beginnings, *meant)))


def _lexemes(
    place: int, asked: Asked, also: Mapping[str, Sequence[str]], rows: Sequence[tuple[str, int, str, int]]
) -> Lexemes:
    begun = {word: count for kind, at, word, count in rows if kind == "begun" and at == place}
    stems = {word: count for kind, at, word, count in rows if kind == "stem" and at == place}
    if len(begun) > MOST_BEGUN:
        return Lexemes(asked, None, 0)
    words = tuple(dict.fromkeys((*_beginnings(asked, also), *begun, *stems)))
    return Lexemes(asked, words, max(sum(begun.values()), max(stems.values(), default=0)))
