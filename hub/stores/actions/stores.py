"""Add, edit and retire stores and their opening hours; every change goes to the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.facts import record
from hub.core.text import fold, slug
from hub.stores.actions.unique import flush_unique
from hub.stores.facts import StoresMoved
from hub.stores.forms import (
    check_ranges,
    clean_line,
    clean_phone,
    clean_time_zone,
    clean_word,
    country_of,
    format_ranges,
)
from hub.stores.models import ExceptionalDay, OpeningRange, Store
from hub.stores.queries import NO_STORE
from hub.stores.rules import Range
from hub.stores.words import Territory

Week = Mapping[int, tuple[Range, ...]]


@dataclass(frozen=True, kw_only=True)
class StoreDetails:
    """What the head office says about a store. `slug`, `mailbox` and `time_zone` follow from name and territory
    when empty. `weekly` holds the ranges of each week day, Monday 0; empty means that no hours are known.
    """

    code: str
    name: str
    slug: str = ""
    mailbox: str = ""
    region_id: int | None = None
    territory: Territory = Territory.METROPOLE
    time_zone: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    phone: str = ""
    weekly: Week = field(default_factory=dict)


def add_store(*, details: StoreDetails, by: Actor, now: datetime) -> int:
    """Add a store with its week. Returns its id. Raises Invalid with the field to correct."""
    row = Store(created_at=now)
    _fill(row, details)
    db.session.add(row)
    flush_unique()
    _write_week(row.id, details.weekly)
    note_change("store.added", subject_kind="store", subject_id=row.id, by=by, now=now, code=row.code)
    return row.id


def edit_store(*, store_id: int, details: StoreDetails, by: Actor, now: datetime) -> None:
    """Change a store and its week. Raises NotFound, Invalid with the field to correct."""
    row = _locked(store_id)
    if row.region_id != details.region_id:
        record(StoresMoved(), now=now)
    _fill(row, details)
    flush_unique()
    _write_week(store_id, details.weekly)
    note_change(
        "store.edited",
        subject_kind="store",
        subject_id=store_id,
        by=by,
        now=now,
        code=row.code,
        mailbox=row.mailbox,
        territory=row.territory,
        time_zone=row.time_zone,
        weekly={str(day): format_ranges(ranges) for day, ranges in details.weekly.items()},
    )


def switch_store(*, store_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """Retire a store, or bring it back: a retired one has no public page and gets nothing new. Raises NotFound."""
    _locked(store_id).is_active = is_active
    action = "store.restored" if is_active else "store.retired"
    note_change(action, subject_kind="store", subject_id=store_id, by=by, now=now)
    db.session.flush()


def set_exceptional_day(
    *, store_id: int, day_on: date, ranges: tuple[Range, ...], note: str, by: Actor, now: datetime
) -> None:
    """On this date the store keeps these hours instead of its week (none: closed), also on a public holiday.

    Raises NotFound, Invalid.
    """
    _locked(store_id)
    pairs = [
        [f"{each.opens_at:%H:%M}", f"{each.closes_at:%H:%M}"]
        for each in check_ranges(sorted(ranges), field="ranges")
    ]
    written = clean_line(note, field="note", is_required=False)
    statement = insert(ExceptionalDay).values(store_id=store_id, day_on=day_on, ranges=pairs, note=written)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[ExceptionalDay.store_id, ExceptionalDay.day_on],
            set_={"ranges": pairs, "note": written},
        )
    )
    note_change(
        "store.day_set",
        subject_kind="store",
        subject_id=store_id,
        by=by,
        now=now,
        day_on=day_on.isoformat(),
        ranges=pairs,
    )


def remove_exceptional_day(*, store_id: int, day_on: date, by: Actor, now: datetime) -> None:
    """The week holds again on this date; removing twice changes nothing. Raises NotFound for the store."""
    _locked(store_id)
    db.session.execute(
        delete(ExceptionalDay).where(ExceptionalDay.store_id == store_id, ExceptionalDay.day_on == day_on)
    )
    note_change(
        "store.day_removed",
        subject_kind="store",
        subject_id=store_id,
        by=by,
        now=now,
        day_on=day_on.isoformat(),
    )


def _fill(row: Store, details: StoreDetails) -> None:
    row.name = clean_line(details.name, field="name")
    row.sort_key = fold(row.name)
    row.code = clean_line(details.code, field="code")
    row.slug = clean_word(details.slug or slug(row.name), field="slug")
    row.mailbox = clean_word(details.mailbox or row.slug, field="mailbox")
    row.region_id = details.region_id
    row.territory = details.territory
    row.country = country_of(details.territory)
    row.time_zone = clean_time_zone(details.time_zone, details.territory)
    row.street = clean_line(details.street, field="street", is_required=False)
    row.postcode = clean_line(details.postcode, field="postcode", is_required=False).replace(" ", "").upper()
    row.town = clean_line(details.town, field="town", is_required=False)
    row.phone = clean_phone(details.phone, details.territory)


def _write_week(store_id: int, weekly: Week) -> None:
    db.session.execute(delete(OpeningRange).where(OpeningRange.store_id == store_id))
    db.session.add_all(
        OpeningRange(store_id=store_id, weekday=day, opens_at=each.opens_at, closes_at=each.closes_at)
        for day, ranges in weekly.items()
        for each in check_ranges(sorted(ranges), field=f"day_{day}")
    )
    db.session.flush()


def _locked(store_id: int) -> Store:
    row = db.session.get(Store, store_id, with_for_update=True)
    if row is None:
        raise NotFound(NO_STORE)
    return row
