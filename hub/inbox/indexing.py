"""The search column: folded words as they are and their French stems, for writing and for asking."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, cast, func, literal
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR
from sqlalchemy.sql import ColumnElement

from hub.inbox.models import Ticket
from hub.inbox.search_column import index_expression
from hub.inbox.searching import Asked, asked_words, search_words, written_words

MOST_LEXEMES = 15_000
_FRENCH = cast(literal("french"), REGCONFIG)


def index_text(texts: Sequence[str]) -> str:
    """What the search column is written from: the words without and with their accents."""
    return " ".join(dict.fromkeys((*search_words(texts), *written_words(texts))))


def index_of(texts: Sequence[str]) -> ColumnElement[Any]:
    """The index of some texts, for statements that write many rows."""
    return index_expression(literal(index_text(texts)))


def grown_index(texts: Sequence[str]) -> ColumnElement[Any]:
    """The ticket's index with more words; one that is full stays as it is."""
    more = index_of(texts)
    return case(
        (func.length(Ticket.search) > MOST_LEXEMES, Ticket.search),
        else_=func.coalesce(Ticket.search, cast(literal(""), TSVECTOR)).op("||")(more),
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
