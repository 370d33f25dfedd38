"""The customers behind a figure of the base, page by page, within the reader's stores."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import aliased

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers.listed import is_listed
from hub.customers.models import Address, ConsentState, Customer
from hub.customers.words import AddressKind, ConsentAction
from hub.segments.values.models import CustomerScore
from hub.segments.values.words import Stage
from hub.staff.rules import Viewer
from hub.statistics.base.counting import list_shut_of
from hub.statistics.base.rules import ADDRESS_OF, ANYWHERE, EVERYBODY, OFFERS, PARTS, UNSCORED
from hub.statistics.narrowing import narrowed
from hub.statistics.rules import Filters

PAGE = 50
Truth = ColumnElement[bool]


@dataclass(frozen=True)
class Person:
    """`stage` is None before the first night that saw the customer."""

    customer_id: int
    name: str
    stage: Stage | None
    r: int | None
    f: int | None
    last_order_at: datetime | None


def list_people(part: str, filters: Filters, *, viewer: Viewer, after: str | None = None) -> Page[Person]:
    """As they are now, by number; raises NotFound for a part that nobody counts.

    Of who may be written to a page may be shorter: closed addresses are known by their hash alone.
    """
    place = decode_key(after, int)[0] if after else 0
    rows = db.session.execute(
        select(
            Customer.id,
            Customer.first_name,
            Customer.last_name,
            Customer.company,
            CustomerScore.stage,
            CustomerScore.r,
            CustomerScore.f,
            CustomerScore.last_order_at,
        )
        .outerjoin(CustomerScore, CustomerScore.customer_id == Customer.id)
        .where(
            is_listed(),
            Customer.id > place,
            condition_of(part, filters.time_zone),
            *narrowed(filters, viewer, Customer.preferred_store_id),
        )
        .order_by(Customer.id)
        .limit(PAGE + 1)
    ).all()
    found = [Person(row.id, _name(row.first_name, row.last_name, row.company), *row[4:]) for row in rows]
    page = make_page(found, size=PAGE, key=lambda row: (row.customer_id,))
    return Page(_keep_open(part, list(page.rows)), page.next_key)


def _name(first: str, last: str, company: str) -> str:
    return " ".join(filter(None, (first, last))) or company


def _keep_open(part: str, rows: list[Person]) -> list[Person]:
    if part != OFFERS and not part.startswith("open:"):
        return rows
    ids = [row.customer_id for row in rows]
    shut = list_shut_of(ids, for_offers=part == OFFERS)
    own = select(Address.id, Address.customer_id).where(
        among(Address.customer_id, ids), Address.unconfirmed_since.is_(None), _kind_of(part)
    )
    if part == OFFERS:
        own = own.where(_agreed(Address))
    reached = {row.customer_id for row in db.session.execute(own) if row.id not in shut}
    return [row for row in rows if row.customer_id in reached]


def _kind_of(part: str) -> Truth:
    kind = part.partition(":")[2]
    return Address.kind == AddressKind(kind) if kind in set(AddressKind) else true()


def condition_of(part: str, time_zone: str) -> Truth:
    """Of the customers table, joined with the scores. Raises NotFound."""
    head, *rest = part.split(":")
    if head == "cohort" and len(rest) == 1:
        return _of_cohort(rest[0], time_zone)
    if part not in PARTS:
        raise NotFound(N_("This figure does not exist. Please choose one of the page."))
    if part in _WHOLE:
        return _WHOLE[part]()
    return _BY_HEAD[head](rest)


def _of_cohort(words: str, time_zone: str) -> Truth:
    try:
        first = date.fromisoformat(f"{words}-01")
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError as error:
        raise NotFound(N_("This figure does not exist. Please choose one of the page.")) from error
    since, until = (datetime.combine(day, time(), ZoneInfo(time_zone)) for day in (first, after))
    return and_(CustomerScore.first_order_at >= since, CustomerScore.first_order_at < until)


def _has(*conditions: Truth) -> Truth:
    """An own, confirmed address like this."""
    return exists().where(
        Address.customer_id == Customer.id, Address.unconfirmed_since.is_(None), *conditions
    )


def _agreed(address: type[Address]) -> Truth:
    state = aliased(ConsentState)
    return exists().where(
        state.address_kind == address.kind,
        state.address == address.value,
        state.purpose == Purpose.PROMOTION,
        state.theme == "",
        state.action == ConsentAction.GIVEN,
        state.channel.in_(list(ADDRESS_OF)),
    )


def _said(said: str, rest: list[str]) -> Truth:
    """A yes on one address stands before a no on another, as in the count."""
    channel, purpose = Channel(rest[0]), Purpose(rest[1])
    kind = Address.kind == ADDRESS_OF[channel]
    given, refused = (_answered(kind, channel, purpose, each) for each in ConsentAction)
    if said == "yes":
        return given
    if said == "no":
        return and_(refused, ~given)
    return and_(_has(kind), ~or_(given, refused))


def _answered(kind: Truth, channel: Channel, purpose: Purpose, action: ConsentAction) -> Truth:
    state = aliased(ConsentState)
    told = exists().where(
        state.address_kind == Address.kind,
        state.address == Address.value,
        state.channel == channel,
        state.purpose == purpose,
        state.theme == "",
        state.action == action,
    )
    return _has(kind, told)


_WHOLE: Mapping[str, Callable[[], Truth]] = {
    EVERYBODY: true,
    UNSCORED: lambda: CustomerScore.customer_id.is_(None),
    ANYWHERE: _has,
    OFFERS: lambda: _has(_agreed(Address)),
}
_BY_HEAD: Mapping[str, Callable[[list[str]], Truth]] = {
    "stage": lambda rest: CustomerScore.stage == Stage(rest[0]),
    "rf": lambda rest: and_(CustomerScore.r == int(rest[0]), CustomerScore.f == int(rest[1])),
    "has": lambda rest: _has(Address.kind == AddressKind(rest[0])),
    "open": lambda rest: _has(Address.kind == AddressKind(rest[0])),
    "yes": lambda rest: _said("yes", rest),
    "no": lambda rest: _said("no", rest),
    "never": lambda rest: _said("never", rest),
}
