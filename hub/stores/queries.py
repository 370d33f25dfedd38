"""What other rooms ask about the chain, its regions and stores, and their hours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, inspect, or_, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_, fold
from hub.core.words import Language
from hub.stores.models import Chain, ExceptionalDay, OpeningRange, Region, Store
from hub.stores.rules import Hours, Range
from hub.stores.words import Territory

NO_REGION = N_("This region does not exist. Please reload the list.")
KEPT = "chain"
NO_STORE = N_("This store does not exist. Please choose another one.")


@dataclass(frozen=True)
class ChainRow:
    """The tenant. `social_links` are addresses; `settings` small choices of the chain by name."""

    id: int
    name: str
    language: Language
    time_zone: str
    currency: str
    sender_name: str
    sender_address: str
    website_url: str | None
    review_url: str | None
    social_links: tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class RegionRow:
    id: int
    name: str
    store_count: int


@dataclass(frozen=True)
class RegionCard:
    id: int
    name: str
    store_ids: tuple[int, ...]


@dataclass(frozen=True)
class StoreRow:
    """A store. `mailbox` is the local part of its own address, `slug` its public page, `phone` E.164."""

    id: int
    code: str
    name: str
    slug: str
    mailbox: str
    region_id: int | None
    time_zone: str
    territory: Territory
    street: str
    postcode: str
    town: str
    country: str
    phone: str | None
    is_active: bool


@dataclass(frozen=True)
class ExceptionalDayRow:
    id: int
    day_on: date
    ranges: tuple[Range, ...]
    note: str


_R = OpeningRange
Rows = Select[*tuple[Any, ...]]
_COLUMNS: tuple[Any, ...] = (
    Store.id,
    Store.code,
    Store.name,
    Store.slug,
    Store.mailbox,
    Store.region_id,
    Store.time_zone,
    Store.territory,
    Store.street,
    Store.postcode,
    Store.town,
    Store.country,
    Store.phone,
    Store.is_active,
)


def find_chain() -> ChainRow | None:
    """The chain, or None before the first-run assistant has made it."""
    row = _kept_chain() or db.session.scalars(select(Chain).order_by(Chain.id).limit(1)).one_or_none()
    db.session.info[KEPT] = row
    return None if row is None else _chain_row(row)


def _kept_chain() -> Chain | None:
    """The row that this transaction has read: a page asks for the chain at several places."""
    row: Chain | None = db.session.info.get(KEPT)
    return row if row is not None and row in db.session and not inspect(row).expired else None


def get_chain() -> ChainRow:
    """The chain. Raises NotFound before the set-up."""
    found = find_chain()
    if found is None:
        raise NotFound(N_("The set-up is not finished. Please open the set-up page first."))
    return found


def find_day(now: datetime) -> date:
    """The chain's day at this moment; that of UTC before the set-up."""
    chain = find_chain()
    return now.astimezone(ZoneInfo(chain.time_zone if chain else "UTC")).date()


def _chain_row(row: Chain) -> ChainRow:
    return ChainRow(
        id=row.id,
        name=row.name,
        language=row.language,
        time_zone=row.time_zone,
        currency=row.currency,
        sender_name=row.sender_name,
        sender_address=row.sender_address,
        website_url=row.website_url,
        review_url=row.review_url,
        social_links=tuple(str(link) for link in row.social_links),
        settings=dict(row.settings),
    )


def get_region(region_id: int) -> RegionCard:
    """A region with its active stores. Raises NotFound."""
    region = db.session.get(Region, region_id)
    if region is None:
        raise NotFound(NO_REGION)
    stores = select(Store.id).where(Store.region_id == region_id, Store.is_active).order_by(Store.id)
    return RegionCard(region.id, region.name, tuple(db.session.scalars(stores)))


def list_regions() -> list[RegionRow]:
    """All regions by name, with the number of their active stores."""
    count = select(func.count()).where(Store.region_id == Region.id, Store.is_active).scalar_subquery()
    found = db.session.execute(select(Region.id, Region.name, count).order_by(Region.sort_key))
    return [RegionRow(*row) for row in found]


def get_store(store_id: int) -> StoreRow:
    """The store. Raises NotFound."""
    return _given(_find(select(*_COLUMNS).where(Store.id == store_id)))


def get_stores(store_ids: Collection[int]) -> dict[int, StoreRow]:
    """The stores by id, retired ones included; ids that do not exist are missing."""
    if not store_ids:
        return {}
    return {store.id: store for store in list_stores(store_ids=store_ids, is_active=None)}


def find_store_by_code(code: str) -> StoreRow | None:
    """By the shop system's identifier, exactly as it writes it."""
    return _find(select(*_COLUMNS).where(Store.code == code.strip()))


def find_store_by_slug(slug: str) -> StoreRow | None:
    """An active store by the name of its public page."""
    return _find(select(*_COLUMNS).where(Store.slug == slug.lower(), Store.is_active))


def find_store_by_mailbox(local_part: str) -> StoreRow | None:
    """The store whose own mail address begins so, in any case; retired stores too: their mail must land somewhere."""
    return _find(select(*_COLUMNS).where(Store.mailbox == local_part.strip().lower()))


def list_stores(*, store_ids: Collection[int] | None = None, is_active: bool | None = True) -> list[StoreRow]:
    """Stores by name; only those of `store_ids` when given; `is_active` None for retired ones too."""
    statement = select(*_COLUMNS).order_by(Store.sort_key, Store.id)
    if store_ids is not None:
        statement = statement.where(Store.id.in_(store_ids))
    if is_active is not None:
        statement = statement.where(Store.is_active.is_(is_active))
    return [StoreRow(*row) for row in db.session.execute(statement)]


def list_stores_page(*, search: str = "", after: str | None = None, size: int = 50) -> Page[StoreRow]:
    """All stores by name, retired ones too, a page at a time; `search` looks in name, code, town and post code."""
    statement = select(*_COLUMNS).order_by(Store.sort_key, Store.id).limit(size + 1)
    if search.strip():
        words = fold(search)
        found = (Store.sort_key, func.lower(Store.code), func.lower(Store.town), Store.postcode)
        statement = statement.where(or_(*(column.contains(words, autoescape=True) for column in found)))
    if after:
        sort_key, store_id = decode_key(after, str, int)
        statement = statement.where(
            or_(Store.sort_key > sort_key, (Store.sort_key == sort_key) & (Store.id > store_id))
        )
    rows = [StoreRow(*row) for row in db.session.execute(statement)]
    return make_page(rows, size=size, key=lambda row: (fold(row.name), row.id))


def find_stores_by_postcode(postcode: str) -> list[StoreRow]:
    """Active stores of the same post code, else of the same French department; empty when there is none."""
    wanted = postcode.replace(" ", "").upper()
    if not wanted:
        return []
    base = select(*_COLUMNS).where(Store.is_active).order_by(Store.sort_key, Store.id)
    exact = [StoreRow(*row) for row in db.session.execute(base.where(Store.postcode == wanted))]
    if exact or not (len(wanted) == len("69003") and wanted.isdigit()):
        return exact
    department = wanted[: 3 if wanted.startswith(("97", "98")) else 2]
    near = base.where(Store.country == "FR", Store.postcode.startswith(department, autoescape=True))
    return [StoreRow(*row) for row in db.session.execute(near)]


def get_hours(store_id: int) -> Hours:
    """When the store is open. Raises NotFound."""
    found = get_hours_of((store_id,)).get(store_id)
    if found is None:
        raise NotFound(NO_STORE)
    return found


def get_hours_of(store_ids: Collection[int]) -> dict[int, Hours]:
    """The hours of several stores in one statement; a store without any has `is_known` False."""
    if not store_ids:
        return {}
    week = (
        select(func.jsonb_agg(func.jsonb_build_array(_R.weekday, _R.opens_at, _R.closes_at)))
        .where(_R.store_id == Store.id)
        .scalar_subquery()
    )
    days = (
        select(func.jsonb_object_agg(ExceptionalDay.day_on, ExceptionalDay.ranges))
        .where(ExceptionalDay.store_id == Store.id)
        .scalar_subquery()
    )
    statement = select(Store.id, Store.time_zone, Store.territory, week, days)
    found = db.session.execute(statement.where(Store.id.in_(store_ids)))
    return {
        store_id: Hours(zone, territory.value, _week(week_rows or []), _exceptions(day_rows or {}))
        for store_id, zone, territory, week_rows, day_rows in found
    }


def _week(rows: list[list[Any]]) -> dict[int, tuple[Range, ...]]:
    week: dict[int, list[Range]] = {}
    for weekday, opens_at, closes_at in rows:
        week.setdefault(weekday, []).append(_range(opens_at, closes_at))
    return {weekday: tuple(sorted(ranges)) for weekday, ranges in sorted(week.items())}


def _exceptions(rows: Mapping[str, list[list[str]]]) -> dict[date, tuple[Range, ...]]:
    return {date.fromisoformat(day): _ranges(ranges) for day, ranges in rows.items()}


def _ranges(pairs: list[Any]) -> tuple[Range, ...]:
    return tuple(sorted(_range(*pair) for pair in pairs))


def _range(opens_at: str, closes_at: str) -> Range:
    return Range(time.fromisoformat(opens_at), time.fromisoformat(closes_at))


def list_exceptional_days(store_id: int, *, since: date) -> list[ExceptionalDayRow]:
    """The store's exceptional days from `since` on, by date."""
    found = db.session.scalars(
        select(ExceptionalDay)
        .where(ExceptionalDay.store_id == store_id, ExceptionalDay.day_on >= since)
        .order_by(ExceptionalDay.day_on)
    )
    return [ExceptionalDayRow(row.id, row.day_on, _ranges(row.ranges), row.note) for row in found]


def _find(statement: Rows) -> StoreRow | None:
    row = db.session.execute(statement).one_or_none()
    return None if row is None else StoreRow(*row)


def _given(store: StoreRow | None) -> StoreRow:
    if store is None:
        raise NotFound(NO_STORE)
    return store
