"""Tickets that have all the words, latest change first: the index is asked for ever longer stretches of time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import decode_key
from hub.core.text import N_
from hub.inbox.indexing import begins_like, has_words
from hub.inbox.models import Ticket
from hub.inbox.queries.conditions import Asking
from hub.inbox.queries.lexicon import Lexicon, look_up
from hub.inbox.recency import begin_of, day_of, slots_between

LATEST = 1500
FEW = 400
"""So many tickets are read and sorted at once."""
ONE_PAGE = 75
SHORTEST_STRETCH = 2000
GROWTH = 8
Rows = Sequence[Mapping[Any, Any]]
Condition = ColumnElement[bool]


def find_words(bare: Select[*tuple[Any, ...]], asking: Asking, after: str | None, size: int) -> Rows:
    """At most `size` + 1 rows of a statement that has every condition but the words of `asking`."""
    sought, also = asking.sought(), asking.also or {}
    lexicon = look_up(sought, also) if sought else None
    if lexicon is None:
        return _find_beginnings(bare.where(*(begins_like(each, also) for each in sought)), after, size)
    found: Rows = ()
    for conditions in _stretches(lexicon, asking, after):
        found = _fetch(bare.where(*conditions), after, size)
        if len(found) > size:
            break
    return found


def _stretches(lexicon: Lexicon, asking: Asking, after: str | None) -> Iterator[list[Condition]]:
    """Conditions of one question after the other, each about more tickets, the last about all.

    The first stretch is as long as a page should need if the words stood anywhere alike.
    """
    also = asking.also or {}
    wide = [each.asked for each in lexicon.lexemes if each.words is None]
    words = [
        has_words([each.words for each in lexicon.lexemes if each.words is not None]),
        *(begins_like(each, also, is_filter=True) for each in wide),
    ]
    if lexicon.likely_count > FEW:
        for first, last in _latest_days(lexicon, after):
            slots = cast(slots_between(first, last), ARRAY(Integer))
            is_then = func.recency_slots(Ticket.updated_at).bool_op("&&")(slots)
            yield [*words, is_then, Ticket.updated_at >= begin_of(first)]
    yield words
    if lexicon.has_forgotten:
        yield [begins_like(each, also) for each in asking.sought()]


def _latest_days(lexicon: Lexicon, after: str | None) -> list[tuple[int, int]]:
    """First and last day of the latest so many tickets before the page, for each length of stretch."""
    lengths = []
    length = max(int(ONE_PAGE * lexicon.ticket_count / lexicon.likely_count), SHORTEST_STRETCH)
    while length < lexicon.ticket_count // 2:
        lengths.append(length)
        length *= GROWTH
    if not lengths:
        return []
    moment = decode_key(after)[0] if after else None
    newest_id, newest = _newest(moment)
    begin = [
        select(Ticket.created_at)
        .where(Ticket.id <= newest_id - length)
        .order_by(Ticket.id.desc())
        .limit(1)
        .scalar_subquery()
        for length in lengths
    ]
    row = db.session.execute(select(newest, *begin)).one()
    return [(day_of(moment), day_of(row[0])) for moment in row[1:] if row[0] is not None and moment]


def _newest(moment: datetime | None) -> tuple[ScalarSelect[int], ColumnElement[Any]]:
    """The newest ticket and the latest change, or those of a moment."""
    if moment is None:
        latest = select(func.max(Ticket.updated_at)).scalar_subquery()
        return select(func.max(Ticket.id)).scalar_subquery(), latest
    then = select(Ticket.id).where(Ticket.created_at <= moment).order_by(Ticket.created_at.desc()).limit(1)
    return then.scalar_subquery(), literal(moment)


def _find_beginnings(statement: Select[*tuple[Any, ...]], after: str | None, size: int) -> Rows:
    """Common words fill a page from the latest 1,500 tickets; rarer ones are found by the index of words alone.

    No plan can then walk through a million tickets for two common words that never stand together.
    """
    nth = by_change(select(Ticket.updated_at), after).offset(LATEST).limit(1).scalar_subquery()
    recent = statement.where(
        Ticket.updated_at >= func.coalesce(nth, literal_column("'-infinity'::timestamptz"))
    )
    found = db.session.execute(by_change(recent, after).limit(size + 1)).mappings().all()
    return found if len(found) > size else _fetch(statement, after, size)


def _fetch(statement: Select[*tuple[Any, ...]], after: str | None, size: int) -> Rows:
    """The rows of one question; fenced by OFFSET 0, so that it is the index of words that finds them."""
    if after:
        statement = statement.where(tuple_(Ticket.updated_at, Ticket.id) < position(after))
    fenced = statement.offset(0).subquery()
    whole = select(fenced).order_by(fenced.c.updated_at.desc(), fenced.c.id.desc()).limit(size + 1)
    return db.session.execute(whole).mappings().all()


def by_change(statement: Select[*tuple[Any, ...]], after: str | None) -> Select[*tuple[Any, ...]]:
    """Latest change first, from behind the row `after`."""
    statement = statement.order_by(Ticket.updated_at.desc(), Ticket.id.desc())
    return statement.where(tuple_(Ticket.updated_at, Ticket.id) < position(after)) if after else statement


def position(after: str) -> Any:
    """The place of a row in a list. Raises Invalid."""
    match decode_key(after):
        case [moment, int(ticket_id)] if not isinstance(moment, (int, str)):
            return tuple_(literal(moment), literal(ticket_id))
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))
