"""What a searched word is in the index: the whole words it may begin, its stems, and in about how many tickets they are.

The index answers for whole words at once; for a beginning (`lamp:*`) it first reads every ticket of every such word.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import prod

from sqlalchemy import text

from hub.core.db import db
from hub.inbox.searching import Asked

_Row = tuple[str, int, str, int, Sequence[datetime] | None]
"""Kind of line, place of the asked word, a word of the index, in how many tickets, moments; see _LOOK_UP."""
MOST_BEGUN = 64
FEW_TICKETS = 5000
"""So many are read through as fast as they are asked for in stretches."""
FAR_BEHIND = 5000
"""Tickets or messages not learnt yet from which on the known words say too little."""
_LEARNT = re.compile(r"[a-z][a-z0-9]*")
"""What vocabulary.py learns; shorter words have more continuations than are asked for."""
_LOOK_UP = text(
    """
    WITH asked AS (SELECT * FROM unnest(CAST(:places AS bigint[]), CAST(:lows AS text[]), CAST(:highs AS text[]))
            AS asked (place, low, high)),
        spelt AS (SELECT * FROM unnest(CAST(:spelt AS bigint[]), CAST(:spellings AS text[])) AS spelt (place, spelling))
    SELECT 'begun' AS kind, place, begun.word, begun.ticket_count, CAST(NULL AS timestamptz[]) FROM asked CROSS JOIN LATERAL (
        SELECT word, ticket_count FROM known_words WHERE word ~>=~ low AND word ~<~ high LIMIT :most) AS begun
    UNION ALL
    SELECT 'stem', place, stem, coalesce(known.ticket_count, 0), NULL FROM spelt
        CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector('french', spelling))) AS stem
        LEFT JOIN known_words AS known ON known.word = stem
    UNION ALL
    SELECT 'stemmed', place, spelling, 0, NULL FROM spelt WHERE length(to_tsvector('french', spelling)) > 0
    UNION ALL
    SELECT 'newest', (SELECT max(id) FROM tickets), '', (SELECT max(id) FROM ticket_messages), NULL
    UNION ALL
    SELECT CASE WHEN has_forgotten THEN 'forgotten' ELSE 'known' END, last_ticket_id, '', last_message_id, NULL FROM word_progress
    UNION ALL
    SELECT 'spread', (SELECT count(*) FROM stores), '', 0, ARRAY[(SELECT max(updated_at) FROM tickets)] || (
        SELECT histogram_bounds::text::timestamptz[] FROM pg_stats
        WHERE schemaname = current_schema() AND tablename = 'tickets' AND attname = 'updated_at')
    UNION ALL
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true), 0, '', 0, NULL
    """
)
"""What is stemmed needs not be asked for as it is: who has the word has its stem. The last line lets the statements after it be planned for their own words: a plan for any words takes rare for common."""


@dataclass(frozen=True)
class Lexemes:
    """One asked word: every whole word and stem it may be, None when too many words begin so; `ticket_count` about."""

    asked: Asked
    words: tuple[str, ...] | None
    ticket_count: int


@dataclass(frozen=True)
class Lexicon:
    """The asked words in the index, and up to which ticket and message words are known. No lexemes: few tickets.

    `moments`: the latest change, then moments between which there are equally many tickets, as PostgreSQL last counted.
    """

    lexemes: tuple[Lexemes, ...]
    last_ticket_id: int
    last_message_id: int
    is_all_learnt: bool
    store_count: int
    moments: Sequence[datetime]

    @property
    def ticket_count(self) -> int:
        """About how many tickets there are."""
        return self.last_ticket_id

    @property
    def likely_count(self) -> float:
        """About how many tickets have all the words, as if each stood by itself."""
        share = prod(each.ticket_count / self.ticket_count for each in self.lexemes if each.words is not None)
        return self.ticket_count * min(share, 1.0)


def look_up(asked: Sequence[Asked], also: Mapping[str, Sequence[str]]) -> Lexicon | None:
    """In one statement. None when the index must be asked for beginnings: words that begin with a digit or are of
    another script, too much not learnt yet or forgotten again, nothing but short beginnings.
    """
    begun = [(place, word) for place, each in enumerate(asked) for word in _beginnings(each, also)]
    if not begun or not all(_LEARNT.fullmatch(word) for _, word in begun):
        return None
    rows = _ask(asked, begun)
    newest, known, spread = _line(rows, "newest"), _line(rows, "known"), _line(rows, "spread")
    lexemes = tuple(_lexemes(place, each, also, rows) for place, each in enumerate(asked))
    is_small = newest[0] <= FEW_TICKETS
    behind = max(newest[0] - known[0], newest[1] - known[1])
    if not is_small and (not known[0] or behind > FAR_BEHIND or all(each.words is None for each in lexemes)):
        return None
    return Lexicon(() if is_small else lexemes, *known[:2], behind <= 0, spread[0], spread[2])


def _line(rows: Sequence[_Row], kind: str) -> tuple[int, int, Sequence[datetime]]:
    """The place or ticket, the message and the moments of a line there is at most one of; zeros where there is none."""
    found = (row for row in rows if row[0] == kind)
    return next(
        ((first or 0, second or 0, moments or ()) for _, first, _, second, moments in found), (0, 0, ())
    )


def _ask(asked: Sequence[Asked], begun: Sequence[tuple[int, str]]) -> list[_Row]:
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
    return [tuple(row) for row in db.session.execute(_LOOK_UP, given)]


def _beginnings(asked: Asked, also: Mapping[str, Sequence[str]]) -> list[str]:
    meant = [word for beginning in asked.beginnings for word in also.get(beginning, ())]
    return list(dict.fromkeys((*asked.beginnings, *meant)))


def _lexemes(place: int, asked: Asked, also: Mapping[str, Sequence[str]], rows: Sequence[_Row]) -> Lexemes:
    begun = {word: count for kind, at, word, count, _ in rows if kind == "begun" and at == place}
    stems = {word: count for kind, at, word, count, _ in rows if kind == "stem" and at == place}
    if len(begun) > MOST_BEGUN:
        return Lexemes(asked, None, 0)
    whole = {word: 0 for kind, at, word, _, _ in rows if kind == "stemmed" and at == place}
    found = dict.fromkeys((*_beginnings(asked, also), *begun))
    words = (*stems, *(word for word in found if word not in stems.keys() | whole.keys()))
    return Lexemes(asked, words, max(sum(begun.values()), max(stems.values(), default=0)))
