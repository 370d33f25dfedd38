"""One filter in words as a condition of SQL: its name or value looked up, or said to be unknown with its nearest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, ColumnElement, and_, exists, false, func, literal_column, or_, select

from hub.core.db import db
from hub.core.text import N_, fold
from hub.customers import queries as customers
from hub.inbox.asked_values import (
    ME,
    NOBODY,
    Belonging,
    Trait,
    as_key,
    meaning,
    read_day,
    written_values,
)
from hub.inbox.asking import Filter, Term, nearest
from hub.inbox.indexing import has_phrase, matches
from hub.inbox.models import Tag, Ticket, TicketAttachment, TicketFollower, TicketMessage, TicketTag
from hub.inbox.models.tickets import OPEN_STATES
from hub.inbox.searching import asked_words
from hub.inbox.states import OPEN_STATES as OPEN
from hub.inbox.words import MessageKind
from hub.orders import queries as orders
from hub.reasons import queries as reasons
from hub.reasons.queries import ReasonRow
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.rules import Viewer
from hub.stores import queries as stores
from hub.stores.queries import StoreRow

Condition = ColumnElement[bool]
MOST_NAMED = 50
IS_OPEN: Condition = literal_column(f"(tickets.{OPEN_STATES})", Boolean)
"""Written out, not bound: only so may a plan that is kept use the partial indexes."""


class UnknownValueError(Exception):
    """A value that names nothing."""

    def __init__(self, text: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.text, self.near = text, near


class House:
    """What names mean, each list looked up once and only when a term asks for it."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    @cached_property
    def stores(self) -> Sequence[StoreRow]:
        return stores.list_stores(is_active=None)

    @cached_property
    def reasons(self) -> Sequence[ReasonRow]:
        return reasons.list_reasons(active=False)

    @cached_property
    def tags(self) -> Sequence[tuple[int, str, str]]:
        return [(row.id, row.key, row.name) for row in db.session.execute(select(Tag.id, Tag.key, Tag.name))]

    def people(self, name: str) -> Sequence[AgentRow]:
        cards = staff.list_agents(search=name, is_active=None, size=MOST_NAMED).rows
        return list(staff.get_agents([card.id for card in cards]).values())


def condition_of(term: Term, house: House) -> Condition:
    """Raises UnknownValueError."""
    if term.filter is None:
        return _words_condition(term)
    if not term.value:
        raise UnknownValueError(
            N_("Please write a value after “%(filter)s:”."),
            written_values(term.filter, house.viewer.language)[:3],
        )
    return _MAKERS[term.filter](term.value, house)


def _words_condition(term: Term) -> Condition:
    found = has_phrase(term.value) if term.is_phrase else matches(term.value, {})
    return false() if found is None else found


def _store(value: str, house: House) -> Condition:
    if fold(value) in NOBODY:
        return Ticket.store_id.is_(None)
    asked = as_key(value)
    exact = [row.id for row in house.stores if asked in {as_key(row.code), row.slug, as_key(row.name)}]
    found = exact or [row.id for row in house.stores if _begins(asked, row.name, row.town)]
    if not found:
        names = [row.name for row in house.stores if row.is_active and house.viewer.scope.has_store(row.id)]
        raise UnknownValueError(N_("No store is called “%(value)s”."), nearest(value, names))
    return _one_of(Ticket.store_id, found)


def _begins(asked: str, *names: str) -> bool:
    """Whether a name, or a part of it from the beginning of a word on, begins so."""
    return any(f"-{as_key(name)}".find(f"-{asked}") >= 0 for name in names)


def _one_of(column: Any, ids: Sequence[int]) -> Condition:
    condition: Condition = column == ids[0] if len(ids) == 1 else column.in_(ids)
    return condition


def _reason(value: str, house: House) -> Condition:
    if fold(value) in NOBODY:
        return Ticket.reason_id.is_(None)
    asked = as_key(value)
    found = {row.id for row in house.reasons if asked in _reason_keys(row)} or {
        row.id for row in house.reasons if _begins(asked, row.name_fr, row.name_en)
    }
    if not found:
        is_french = house.viewer.language.value == "fr"
        names = [row.name_fr if is_french else row.name_en for row in house.reasons]
        raise UnknownValueError(N_("No contact reason is called “%(value)s”."), nearest(value, names))
    return _one_of(Ticket.reason_id, sorted(_with_children(found, house.reasons)))


def _reason_keys(row: ReasonRow) -> set[str]:
    return {as_key(row.key), as_key(row.name_fr), as_key(row.name_en)}


def _with_children(ids: set[int], rows: Iterable[ReasonRow]) -> set[int]:
    more = {row.id for row in rows if row.parent_id in ids} - ids
    return _with_children(ids | more, rows) if more else ids


def _assignee(value: str, house: House) -> Condition:
    if fold(value) in ME:
        return Ticket.assignee_id == house.viewer.agent_id
    if fold(value) in NOBODY:
        return Ticket.assignee_id.is_(None)
    found = [row.id for row in house.people(value.replace("-", " "))] or [
        row.id for row in house.people(value)
    ]
    if not found:
        names = [row.name for row in _colleagues(house.viewer)]
        raise UnknownValueError(N_("Nobody of the staff is called “%(value)s”."), nearest(value, names))
    return _one_of(Ticket.assignee_id, found)


def _colleagues(viewer: Viewer) -> Sequence[AgentRow]:
    if viewer.home_store_id is not None:
        return staff.list_store_agents(viewer.home_store_id)
    cards = staff.list_agents(size=500).rows
    return list(staff.get_agents([card.id for card in cards]).values())


def _tag(value: str, house: House) -> Condition:
    asked = as_key(value)
    found = [tag_id for tag_id, key, name in house.tags if asked in {as_key(key), as_key(name)}]
    if not found:
        names = [name for _, _, name in house.tags]
        raise UnknownValueError(N_("No tag is called “%(value)s”."), nearest(value, names))
    tagged = select(TicketTag.ticket_id).where(TicketTag.tag_id.in_(found))
    return Ticket.id.in_(tagged)


def _customer(value: str, house: House) -> Condition:
    del house
    if value.startswith("#") and value[1:].isascii() and value[1:].isdigit():
        return Ticket.customer_id == int(value[1:])
    if "@" in value:
        owner = customers.find_customer_by_address(value)
        by_address = Ticket.requester_address == value.lower()
        found = matches(value, {})
        named = by_address if found is None else and_(found, by_address)
        return or_(named, Ticket.customer_id == owner.id) if owner else named
    words = matches(value, {})
    if words is None:
        raise UnknownValueError(N_("Please write a name or an address after “%(filter)s:”."))
    return and_(words, name_condition(value))


def is_name(value: str) -> bool:
    """Whether a customer is asked for by name, not by number or address."""
    return "@" not in value and not value.startswith("#") and bool(asked_words(value))


def name_condition(value: str) -> Condition:
    """Each part of the name stands in the requester's name, with or without accents."""
    bare = func.unaccent(func.lower(Ticket.requester_name))
    return and_(*(bare.contains(fold(part), autoescape=True) for part in value.split()))


def _order(value: str, house: House) -> Condition:
    del house
    order = orders.find_order_by_external_id(value)
    words = matches(value, {})
    if order is None:
        return false() if words is None else words
    same = Ticket.order_id == order.id
    return same if words is None else or_(same, words)


def _fixed(asked: Filter, column: Any) -> Callable[[str, House], Condition]:
    def make(value: str, house: House) -> Condition:
        means = _meaning(asked, value, house)
        if means == OPEN:
            return IS_OPEN
        written = ", ".join(f"'{each.value}'" for each in sorted(means))
        return literal_column(f"tickets.{column.key} IN ({written})", Boolean)

    return make


def _meaning(asked: Filter, value: str, house: House) -> frozenset[Any]:
    means = meaning(asked, value)
    if means is None:
        values = written_values(asked, house.viewer.language)
        near = nearest(value, values) or values[:3]
        raise UnknownValueError(N_("“%(filter)s:” does not know “%(value)s”."), near)
    return means


def _day(value: str, house: House) -> datetime:
    """Midnight at the beginning of that day, where the reader is."""
    day = read_day(value)
    if day is None:
        raise UnknownValueError(N_("“%(value)s” is no date. Please write it as 2026-11-01 or 01/11/2026."))
    zone = ZoneInfo(house.viewer.time_zone) if house.viewer.time_zone else UTC
    return datetime.combine(day, time(), zone)


def _trait(value: str, house: House) -> Condition:
    (trait,) = _meaning(Filter.IS, value, house)
    is_waiting = Ticket.waiting_since.is_not(None)
    followed = select(TicketFollower.ticket_id).where(TicketFollower.agent_id == house.viewer.agent_id)
    conditions: dict[Any, Condition] = {
        Trait.LATE: and_(is_waiting, Ticket.missed_at.is_not(None)),
        Trait.TO_ANSWER: is_waiting,
        Trait.UNASSIGNED: Ticket.assignee_id.is_(None),
        Trait.UNATTRIBUTED: Ticket.store_id.is_(None),
        Trait.GRIEVANCE: Ticket.is_grievance.is_(True),
        Trait.REOPENED: Ticket.reopened_count > 0,
        Trait.MERGED: Ticket.merged_into_id.is_not(None),
        Trait.SNOOZED: Ticket.snoozed_until.is_not(None),
        Trait.FOLLOWED: Ticket.id.in_(followed),
    }
    return conditions[trait]


def _belonging(value: str, house: House) -> Condition:
    (asked,) = _meaning(Filter.HAS, value, house)
    own = TicketMessage.ticket_id == Ticket.id
    of_files = TicketAttachment.message_id == TicketMessage.id
    conditions: dict[Any, Condition] = {
        Belonging.ATTACHMENT: exists().where(own, of_files),
        Belonging.ORDER: Ticket.order_id.is_not(None),
        Belonging.NOTE: exists().where(own, TicketMessage.kind == MessageKind.NOTE),
        Belonging.CALL: exists().where(own, TicketMessage.kind == MessageKind.CALL),
        Belonging.ANSWER: Ticket.first_replied_at.is_not(None),
    }
    return conditions[asked]


_MAKERS: Mapping[Filter, Callable[[str, House], Condition]] = {
    Filter.STORE: _store,
    Filter.STATE: _fixed(Filter.STATE, Ticket.state),
    Filter.REASON: _reason,
    Filter.ASSIGNEE: _assignee,
    Filter.CHANNEL: _fixed(Filter.CHANNEL, Ticket.channel),
    Filter.TAG: _tag,
    Filter.PRIORITY: _fixed(Filter.PRIORITY, Ticket.priority),
    Filter.CUSTOMER: _customer,
    Filter.ORDER: _order,
    Filter.BEFORE: lambda value, house: Ticket.created_at < _day(value, house),
    Filter.AFTER: lambda value, house: Ticket.created_at >= _day(value, house),
    Filter.IS: _trait,
    Filter.HAS: _belonging,
}
