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
    select,
    tuple_,
    union,
    union_all,
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
LED_BY_WORDS = 1500
"""So many are found by their words alone, whatever else is asked: PostgreSQL takes rare words for common ones."""
ONE_PAGE = 75
SHORTEST_STRETCH = 2000
GROWTH = 4
LONGEST_STRETCH = 0.25
"""Of all tickets; to ask for more at once is no dearer than to ask for all."""
ENOUGH_FOR_A_GUESS = 2
"""A mistyped search is given up after so many stretches: 375 tickets were to be expected in them if the words ever met."""
Statement = Select[*tuple[Any, ...]]
Rows = Sequence[Mapping[Any, Any]]
Also = Mapping[str, Sequence[str]]
Condition = ColumnElement[bool]


def find_words(
    bare: Statement, asking: Asking, after: str | None, size: int, *, stores: frozenset[int] | None
) -> Rows:
    """At most `size` + 1 rows of a statement that has every condition but the words of `asking`.

    `stores`: whose tickets the statement is about, None for all. Raises Invalid.
    """
    sought, also = asking.sought(), asking.also or {}
    lexicon = look_up(sought, also) if sought else None
    if lexicon is None or not lexicon.lexemes:
        statement = bare.where(*(begins_like(each, also) for each in sought))
        return (
            _find_beginnings(statement, after, size) if lexicon is None else _fetch([statement], after, size)
        )
    conditions = list(_stretches(lexicon, also, after, stores))
    if len(conditions) == 1 and lexicon.likely_count <= LED_BY_WORDS:
        conditions = [Ticket.id.in_(_led_by_words(conditions, stores))]
    stretches = [bare.where(each) for each in conditions]
    not_learnt = () if lexicon.is_all_learnt else (bare.where(_is_not_learnt(lexicon, also)),)
    return _fetch(stretches, after, size, *not_learnt)


def _led_by_words(words: Sequence[Condition], stores: frozenset[int] | None) -> Select[int]:
    """The ids of the tickets that have the words; what is fenced by OFFSET 0 is found before their store is looked at."""
    found = select(Ticket.id, Ticket.store_id).where(*words).offset(0).subquery()
    ids = select(found.c.id)
    return ids if stores is None else ids.where(found.c.store_id.in_(stores))


def _stretches(
    lexicon: Lexicon, also: Also, after: str | None, stores: frozenset[int] | None
) -> Iterator[Condition]:
    """Ever longer stretches of time which together are all, the latest first; words that are known by the index alone.

    The first one is as long as a page should need if the words stood anywhere alike.
    """
    narrow = [each.words for each in lexicon.lexemes if each.words is not None]
    wide = [begins_like(each.asked, also, is_filter=True) for each in lexicon.lexemes if each.words is None]
    words = and_(has_words(narrow), *wide)
    days = _latest_days(lexicon, after, stores) if lexicon.likely_count > FEW else []
    is_given_up = bool(also) and len(days) >= ENOUGH_FOR_A_GUESS
    for first, last in days[:ENOUGH_FOR_A_GUESS] if is_given_up else days:
        slots = cast(slots_between(first, last), ARRAY(Integer))
        is_then = func.recency_slots(Ticket.updated_at).bool_op("&&")(slots)
        yield and_(words, is_then, Ticket.updated_at >= begin_of(first))
        words = and_(words, Ticket.updated_at < begin_of(first))
    if not is_given_up:
        yield words


def _is_not_learnt(lexicon: Lexicon, also: Also) -> Condition:
    """A ticket whose words are not all known yet begins its words so; it is named by its id."""
    later = select(TicketMessage.ticket_id).where(TicketMessage.id > lexicon.last_message_id)
    new = union(select(Ticket.id).where(Ticket.id > lexicon.last_ticket_id), later)
    return and_(
        Ticket.id.in_(new), *(begins_like(each.asked, also, is_filter=True) for each in lexicon.lexemes)
    )


def _latest_days(lexicon: Lexicon, after: str | None, stores: frozenset[int] | None) -> list[tuple[int, int]]:
    """First and last day of each stretch but the one with all that is older, the latest stretch first."""
    newest, *bounds = lexicon.moments
    if after:
        newest = moment_of(after)
    is_seen = 1.0 if stores is None else min(1.0, max(len(stores), 1) / max(lexicon.store_count, 1))
    share = max(ONE_PAGE / (lexicon.likely_count * is_seen), SHORTEST_STRETCH / lexicon.ticket_count)
    days = []
    last = day_of(newest) + 1  # a ticket may change after we asked for the latest change
    while share < LONGEST_STRETCH and (begin := moment_before(bounds, newest, share)):
        if (first := day_of(begin)) <= last:
            days.append((first, last))
            last = first - 1
        share *= GROWTH
    return days


def _find_beginnings(statement: Statement, after: str | None, size: int) -> Rows:
    """Common words fill a page from the latest 1,500 tickets; rarer ones are found by the index of words alone.

    No plan can then walk through a million tickets for two common words that never stand together.
    """
    nth = by_change(select(Ticket.updated_at), after).offset(LATEST).limit(1).scalar_subquery()
    recent = statement.where(
        Ticket.updated_at >= func.coalesce(nth, literal_column("'-infinity'::timestamptz"))
    )
    found = db.session.execute(by_change(recent, after).limit(size + 1)).mappings().all()
    return found if len(found) > size else _fetch([statement], after, size)


def _fetch(stretches: Sequence[Statement], after: str | None, size: int, *more: Statement) -> Rows:
    """The latest rows of stretches of time, `more` of no certain time among them, in one statement.

    PostgreSQL reads the parts of a UNION ALL one after the other, and none that the LIMIT has no need of.
    """
    latest = [_ids(each, after, size) for each in stretches]
    found = latest[0] if len(latest) == 1 else union_all(*latest).limit(size + 1)
    if more:
        found = union(found, *(_ids(each, after, size) for each in more))
    rows = select(*stretches[0].selected_columns).where(Ticket.id.in_(select(found.subquery().c.id)))
    return db.session.execute(by_change(rows, None).limit(size + 1)).mappings().all()


def _ids(statement: Statement, after: str | None, size: int) -> Statement:
    """The latest ids; fenced by OFFSET 0, so that it is the index of words that finds them."""
    bare = statement.with_only_columns(Ticket.id, Ticket.updated_at, maintain_column_froms=True)
    if after:
        bare = bare.where(tuple_(Ticket.updated_at, Ticket.id) < position(after))
    fenced = bare.offset(0).subquery()
    return select(fenced).order_by(fenced.c.updated_at.desc(), fenced.c.id.desc()).limit(size + 1)


def by_change(statement: Statement, after: str | None) -> Statement:
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
