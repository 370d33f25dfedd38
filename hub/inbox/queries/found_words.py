"""Tickets that have all the words, latest change first: the index is asked for ever longer stretches of time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import decode_key
from hub.core.text import N_
from hub.inbox.indexing import begins_like, has_words
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.queries.conditions import Asking
from hub.inbox.queries.lexicon import Lexicon, look_up
from hub.inbox.recency import begin_of, day_of, moment_before, slots_between

LATEST = 1500
FEW = 400
"""So many tickets are read and sorted at once."""
ONE_PAGE = 75
SHORTEST_STRETCH = 2000
GROWTH = 32
LONGEST_STRETCH = 0.25
"""Of all tickets; to ask for more at once is no dearer than to ask for all."""
Rows = Sequence[Mapping[Any, Any]]
Also = Mapping[str, Sequence[str]]
Condition = ColumnElement[bool]
_SPREAD = text(
    """
    SELECT (SELECT max(updated_at) FROM tickets), (SELECT count(*) FROM stores), (SELECT histogram_bounds::text::timestamptz[] FROM pg_stats
        WHERE schemaname = current_schema() AND tablename = 'tickets' AND attname = 'updated_at')
    """
)
"""The latest change, how many stores there are, and moments between which there are equally many tickets, as PostgreSQL last counted."""


def find_words(
    bare: Select[*tuple[Any, ...]], asking: Asking, after: str | None, size: int, *, stores: int | None
) -> Rows:
    """At most `size` + 1 rows of a statement that has every condition but the words of `asking`.

    `stores`: how many stores' tickets the statement is about, None for all. Raises Invalid.
    """
    sought, also = asking.sought(), asking.also or {}
    lexicon = look_up(sought, also) if sought else None
    if lexicon is None or not lexicon.lexemes:
        statement = bare.where(*(begins_like(each, also) for each in sought))
        return (_find_beginnings if lexicon is None else _fetch)(statement, after, size)
    found: Rows = ()
    for condition in _stretches(lexicon, also, after, stores):
        found = _fetch(bare.where(condition), after, size)
        if len(found) > size:
            break
    return found


def _stretches(lexicon: Lexicon, also: Also, after: str | None, stores: int | None) -> Iterator[Condition]:
    """The condition of one question after the other, each about more tickets, the last about all.

    The first stretch is as long as a page should need if the words stood anywhere alike.
    """
    narrow = [each.words for each in lexicon.lexemes if each.words is not None]
    wide = [begins_like(each.asked, also, is_filter=True) for each in lexicon.lexemes if each.words is None]
    words = and_(has_words(narrow), *wide)
    for first, last in _latest_days(lexicon, after, stores) if lexicon.likely_count > FEW else ():
        slots = cast(slots_between(first, last), ARRAY(Integer))
        is_then = func.recency_slots(Ticket.updated_at).bool_op("&&")(slots)
        yield _or_not_learnt(and_(words, is_then, Ticket.updated_at >= begin_of(first)), lexicon, also)
    yield _or_not_learnt(words, lexicon, also)


def _or_not_learnt(words: Condition, lexicon: Lexicon, also: Also) -> Condition:
    """Or a ticket whose words are not all known yet begins a word so."""
    if lexicon.is_all_learnt:
        return words
    later = select(TicketMessage.ticket_id).where(TicketMessage.id > lexicon.last_message_id)
    is_new = or_(Ticket.id > lexicon.last_ticket_id, Ticket.id.in_(later))
    return or_(
        words, and_(is_new, *(begins_like(each.asked, also, is_filter=True) for each in lexicon.lexemes))
    )


def _latest_days(lexicon: Lexicon, after: str | None, stores: int | None) -> list[tuple[int, int]]:
    """First and last day of the latest so many tickets before the page, for each length of stretch."""
    newest, store_count, bounds = db.session.execute(_SPREAD).one()
    is_seen = 1.0 if stores is None else min(1.0, max(stores, 1) / max(store_count, 1))
    newest = moment_of(after) if after else newest
    if newest is None or not bounds:
        return []
    share = max(ONE_PAGE / (lexicon.likely_count * is_seen), SHORTEST_STRETCH / lexicon.ticket_count)
    days = []
    while share < LONGEST_STRETCH and (first := moment_before(bounds, newest, share)):
        days.append((day_of(first), day_of(newest)))
        share *= GROWTH
    return days


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
    return tuple_(*map(literal, _decoded(after)))


def moment_of(after: str) -> datetime:
    """When the row changed which a page begins behind. Raises Invalid."""
    return _decoded(after)[0]


def _decoded(after: str) -> tuple[datetime, int]:
    match decode_key(after):
        case [datetime() as moment, int(ticket_id)]:
            return moment, ticket_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))
