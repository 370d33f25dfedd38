"""The search column: folded words as they are and their French stems, for writing and for asking."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, case, cast, exists, func, literal, or_
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY, TSVECTOR
from sqlalchemy.sql import ColumnElement

from hub.inbox.models import Ticket, TicketMessage
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


def matches(search: str, also: Mapping[str, Sequence[str]] | None = None) -> ColumnElement[bool] | None:
    """Every asked word must be there, as the beginning of a word or by its French stem. None: nothing asked.

    `also`: by mistyped word what it may have meant.
    """
    asked = asked_words(search)
    return and_(*(begins_like(each, also or {}) for each in asked)) if asked else None


def has_phrase(phrase: str) -> ColumnElement[bool] | None:
    """These whole words in this order, in the subject or in a message: the index finds the words, the text decides."""
    words = [word for asked in asked_words(phrase) for word in asked.beginnings[:1]]
    if not words:
        return None
    written = r"\m" + r"\s+".join(re.escape(part) for part in phrase.split()) + r"\M"
    said = exists().where(
        TicketMessage.ticket_id == Ticket.id, TicketMessage.text.regexp_match(written, flags="i")
    )
    whole = func.to_tsquery(cast(literal("simple"), REGCONFIG), " & ".join(words))
    return and_(
        Ticket.search.bool_op("@@")(whole), or_(Ticket.subject.regexp_match(written, flags="i"), said)
    )


def has_words(alternatives: Sequence[Sequence[str]]) -> ColumnElement[bool]:
    """Of each group one of these whole words or stems, as the index has them."""
    groups = ("(" + " | ".join(map(_quoted, group)) + ")" for group in alternatives)
    return Ticket.search.bool_op("@@")(cast(literal(" & ".join(groups)), TSQUERY))


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def begins_like(
    asked: Asked, also: Mapping[str, Sequence[str]], *, is_filter: bool = False
) -> ColumnElement[bool]:
    """A word begins as asked, or has its stem. `is_filter`: judged row by row, the index is not to be asked."""
    meant = [word for beginning in asked.beginnings for word in also.get(beginning, ())]
    begins = " | ".join(f"{beginning}:*" for beginning in (*asked.beginnings, *meant))
    stems = [func.plainto_tsquery(_FRENCH, word) for word in dict.fromkeys(asked.spellings.split())]
    query: ColumnElement[Any] = func.to_tsquery(cast(literal("simple"), REGCONFIG), begins)
    for stem in stems:
        query = query.op("||")(stem)
    column = func.coalesce(Ticket.search, cast(literal(""), TSVECTOR)) if is_filter else Ticket.search
    return column.bool_op("@@")(query)
