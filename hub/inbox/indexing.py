"""The search column: folded words as they are and their French stems, for writing and for asking."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, and_, case, cast, func, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG
from sqlalchemy.sql import ColumnElement

from hub.inbox.models import Ticket
from hub.inbox.searching import asked_words, search_words

MOST_LEXEMES = 15_000
_FRENCH = cast(literal("french"), REGCONFIG)


def index_of(texts: Sequence[str]) -> ColumnElement[Any]:
    """A tsvector without positions: the lists are sorted by time, not by rank."""
    words = search_words(texts)
    bare = func.array_to_tsvector(cast(literal(words, ARRAY(Text)), ARRAY(Text)))
    stems = func.strip(func.to_tsvector(_FRENCH, " ".join(words)))
    return bare.op("||")(stems)


def grown_index(texts: Sequence[str]) -> ColumnElement[Any]:
    """The ticket's index with more words; one that is full stays as it is."""
    return case(
        (func.length(Ticket.search) > MOST_LEXEMES, Ticket.search),
        else_=func.coalesce(Ticket.search, cast(literal(""), Ticket.search.type)).op("||")(index_of(texts)),
    )


def matches(search: str) -> ColumnElement[bool] | None:
    """Every asked word must be there, as the beginning of a word or by its French stem. None: nothing asked."""
    words = asked_words(search)
    if not words:
        return None
    return and_(*(_has(word) for word in words))


def _has(word: str) -> ColumnElement[bool]:
    begins = func.to_tsquery(cast(literal("simple"), REGCONFIG), f"{word}:*")
    stem = func.plainto_tsquery(_FRENCH, word)
    return or_(Ticket.search.op("@@")(begins.op("||")(stem)))
