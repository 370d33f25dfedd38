"""What mistyped words may have meant: words that tickets contain, found by their trigrams, judged letter by letter."""

from rapidfuzz.distance import OSA
from sqlalchemy import text

from hub.core.db import db
from hub.inbox.searching import search_words

SHORTEST, LONGEST = 4, 24
LONG_WORD = 7
ROUGH_LIKENESS = 0.15
CANDIDATES = 400
MOST_MEANT = 3
_NEAR = text(
    """
    WITH asked AS MATERIALIZED (
        SELECT word, set_config('pg_trgm.similarity_threshold', :likeness, true) FROM unnest(CAST(:words AS text[])) AS word)
    SELECT asked.word, near.word, near.ticket_count FROM asked CROSS JOIN LATERAL (
        SELECT known_words.word, ticket_count FROM known_words
        WHERE known_words.word % asked.word AND known_words.word <> asked.word
            AND length(known_words.word) BETWEEN length(asked.word) - 2 AND length(asked.word) + 2
        ORDER BY similarity(known_words.word, asked.word) DESC LIMIT :most) AS near
    """
)
"""Known words that are roughly like each asked one; the asked words are read, and the threshold set, before the known ones."""


def find_meant(words: str) -> dict[str, tuple[str, ...]]:
    """For each word of at least four letters up to three known ones a letter (of long words: two) away."""
    asked = [word for word in search_words([words]) if word.isalpha() and SHORTEST <= len(word) <= LONGEST]
    if not asked:
        return {}
    given = {"words": asked, "likeness": str(ROUGH_LIKENESS), "most": CANDIDATES}
    near: dict[str, list[tuple[int, int, str]]] = {}
    for word, known, count in db.session.execute(_NEAR, given):
        allowed = 2 if len(word) >= LONG_WORD else 1
        if (away := OSA.distance(word, known, score_cutoff=allowed)) <= allowed:
            near.setdefault(word, []).append((away, -count, known))
    return {word: tuple(known for _, _, known in sorted(found)[:MOST_MEANT]) for word, found in near.items()}
