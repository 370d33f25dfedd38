"""Words about regions that come and go, as they were known at some moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.stores.models import Region, RegionProperty

NO_KEY = N_("No region has the key %(key)s. The page of the region shows its key.")


@dataclass(frozen=True)
class PropertyRow:
    """`expires_at`: until when it counts, None for until it is said otherwise."""

    region_id: int
    key: str
    value: str
    set_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class RegionKey:
    """A region as other systems call it."""

    id: int
    key: str
    name: str


def list_properties(region_ids: Collection[int], *, at: datetime) -> list[PropertyRow]:
    """What counted at `at`, by region and key: the newest of each, unless it was taken back or had expired."""
    row = RegionProperty
    found = (
        select(row)
        .where(among(row.region_id, region_ids), row.set_at <= at)
        .ext(distinct_on(row.region_id, row.key))
        .order_by(row.region_id, row.key, row.set_at.desc(), row.id.desc())
    )
    return [
        PropertyRow(each.region_id, each.key, each.value, each.set_at, each.expires_at)
        for each in db.session.scalars(found)
        if each.value is not None and (each.expires_at is None or each.expires_at > at)
    ]


def get_region_values(region_ids: Collection[int], *, at: datetime) -> dict[int, dict[str, str]]:
    """By region what counted at `at`, key to value; a region of which nothing is said has {}."""
    found: dict[int, dict[str, str]] = {region_id: {} for region_id in region_ids}
    for row in list_properties(region_ids, at=at):
        found[row.region_id][row.key] = row.value
    return found


def list_region_keys() -> list[RegionKey]:
    """Every region by name."""
    found = db.session.execute(select(Region.id, Region.key, Region.name).order_by(Region.sort_key))
    return [RegionKey(*row) for row in found]


def get_region_by_key(key: str) -> RegionKey:
    """Raises NotFound."""
    found = db.session.execute(select(Region.id, Region.key, Region.name).where(Region.key == key)).first()
    if found is None:
        raise NotFound(NO_KEY, key=key[:80])
    return RegionKey(*found)


def list_words() -> dict[str, frozenset[str]]:
    """Every word that was ever said about a region, with the values it had."""
    found: dict[str, set[str]] = {}
    said = (
        select(RegionProperty.key, RegionProperty.value).where(RegionProperty.value.is_not(None)).distinct()
    )
    for key, value in db.session.execute(said):
        found.setdefault(key, set()).add(value or "")
    return {key: frozenset(values) for key, values in found.items()}
