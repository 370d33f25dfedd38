"""What mistyped words may have meant: words that tickets contain, found by their trigrams, judged letter by letter."""

from sqlalchemy import func, select

from hub.core.db import db
from hub.inbox.asking import distance
from hub.inbox.models import KnownWord
from hub.inbox.searching import search_words

SHORTEST, LONGEST = 4, 24
LONG_WORD = 7
ROUGH_LIKENESS = 0.15
CANDIDATES = 400
MOST_MEANT = 3


def find_meant(words: str) -> dict[str, tuple[str, ...]]:
    """For each word of at least four letters up to three known ones a letter (of long words: two) away."""
    asked = [word for word in search_words([words]) if word.isalpha() and SHORTEST <= len(word) <= LONGEST]
    if not asked:
        return {}
    db.session.execute(select(func.set_config("pg_trgm.similarity_threshold", str(ROUGH_LIKENESS), True)))
    found = {word: _meant(word) for word in asked}
    return {word: meant for word, meant in found.items() if meant}


def _meant(word: str) -> tuple[str, ...]:
    likeness = func.similarity(KnownWord.word, word)
    near = select(KnownWord.word, KnownWord.ticket_count).where(
        KnownWord.word.op("%")(word),
        func.length(KnownWord.word).between(len(word) - 2, len(word) + 2),
        KnownWord.word != word,
    )
    rows = db.session.execute(near.order_by(likeness.desc()).limit(CANDIDATES)).all()
    allowed = 2 if len(word) >= LONG_WORD else 1
    judged = sorted((distance(word, known), -count, known) for known, count in rows)
    return tuple(known for away, _, known in judged if away <= allowed)[:MOST_MEANT]
