"""The search column: folded words as they are and their French stems, for writing and for asking."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, and_, case, cast, func, literal
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG
from sqlalchemy.sql import ColumnElement

from hub.inbox.models import Ticket
from hub.inbox.searching import Asked, asked_words, search_words, written_words

MOST_LEXEMES = 15_000
_FRENCH = cast(literal("french"), REGCONFIG)


def index_of(texts: Sequence[str]) -> ColumnElement[Any]:
    """A tsvector without positions: the lists are sorted by time, not by rank."""
    words = search_words(texts)
    both = " ".join(dict.fromkeys((*words, *written_words(texts))))
    bare = func.array_to_tsvector(cast(literal(words, ARRAY(Text)), ARRAY(Text)))
    return bare.op("||")(func.strip(func.to_tsvector(_FRENCH, both)))


def grown_index(texts: Sequence[str]) -> ColumnElement[Any]:
    """The ticket's index with more words; one that is full stays as it is."""
    return case(
        (func.length(Ticket.search) > MOST_LEXEMES, Ticket.search),
        else_=func.coalesce(Ticket.search, cast(literal(""), Ticket.search.type)).op("||")(index_of(texts)),
    )


def matches(search: str) -> ColumnElement[bool] | None:
    """Every asked word must be there, as the beginning of a word or by its French stem. None: nothing asked."""
    asked = asked_words(search)
    return and_(*(_has(each) for each in asked)) if asked else None


def _has(asked: Asked) -> ColumnElement[bool]:
    begins = " | ".join(f"{beginning}:*" for beginning in asked.beginnings)
    stems = [func.plainto_tsquery(_FRENCH, word) for word in dict.fromkeys(asked.spellings.split())]
    query: ColumnElement[Any] = func.to_tsquery(cast(literal("simple"), REGCONFIG), begins)
    for stem in stems:
        query = query.op("||")(stem)
    return Ticket.search.op("@@")(query)
