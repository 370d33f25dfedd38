"""The chain, its regions and stores, and when each store is open."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ForeignKey, Index, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.stores.words import Territory


class Chain(Base):
    """The tenant: one row, made by the first-run assistant. `settings` holds small choices of the chain."""

    __tablename__ = "chains"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    language: Mapped[Language] = mapped_column(words(Language))
    time_zone: Mapped[str]
    currency: Mapped[str]
    sender_name: Mapped[str]
    sender_address: Mapped[str]
    website_url: Mapped[str | None]
    review_url: Mapped[str | None]
    social_links: Mapped[list[Any]] = mapped_column(default=list)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Region(Base):
    """`key` is how other systems call it: made of its first name, it stays when the name changes."""

    __tablename__ = "regions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    sort_key: Mapped[str]


class RegionProperty(Base):
    """A word about a region that comes and goes (weather: rain). The newest of a key counts until `expires_at`.

    Rows are added, never changed, so that the past can be asked; `value` None takes the key back.
    """

    __tablename__ = "region_properties"
    __table_args__ = (Index("ix_region_properties_newest", "region_id", "key", "set_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("regions.id"))
    key: Mapped[str]
    value: Mapped[str | None]
    set_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class Store(Base):
    """A store; `code` is the shop system's identifier, `mailbox` the local part of its own mail address,
    `slug` its public page. `sort_key` is the accent-free name (the embedded database has no ICU).
    """

    __tablename__ = "stores"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    mailbox: Mapped[str] = mapped_column(unique=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("regions.id"), index=True)
    time_zone: Mapped[str]
    territory: Mapped[Territory] = mapped_column(words(Territory))
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="", index=True)
    town: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="FR")
    phone: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class OpeningRange(Base):
    """One range of a week day (Monday is 0) in the store's local time; a day may have several."""

    __tablename__ = "opening_ranges"
    __table_args__ = (UniqueConstraint("store_id", "weekday", "opens_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    weekday: Mapped[int]
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)


class ExceptionalDay(Base):
    """A date that differs from the week: closed, or open at other hours (also on a public holiday).

    `ranges` is a list of ["09:00", "12:30"] pairs, empty when closed.
    """

    __tablename__ = "exceptional_days"
    __table_args__ = (UniqueConstraint("store_id", "day_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    day_on: Mapped[date]
    ranges: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(default="")
