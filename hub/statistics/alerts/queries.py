"""Alert rules within what a person may see: the head office all, managers those about their own stores only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics.models import AlertRule, AlertState
from hub.statistics.words import Told, Watched
from hub.stores.queries import list_stores

NO_RULE = N_("This alert rule does not exist. Please go back to the list.")


@dataclass(frozen=True)
class StateRow:
    """A figure that is above its threshold; `store_id` None: the stores of the rule together."""

    store_id: int | None
    value: float
    since_at: datetime


@dataclass(frozen=True)
class RuleRow:
    """`store_ids` and `region_id` empty: the whole chain. `above`: what is above the threshold now."""

    id: int
    watched: Watched
    threshold: int | None
    region_id: int | None
    store_ids: tuple[int, ...]
    is_each_store: bool
    tells: frozenset[Told]
    is_on: bool
    is_central: bool
    made_by_id: int
    checked_at: datetime | None
    above: tuple[StateRow, ...] = ()


def list_rules(viewer: Viewer) -> list[RuleRow]:
    """In the order in which they were made."""
    rows = db.session.scalars(select(AlertRule).order_by(AlertRule.id)).all()
    regions = _stores_by_region(rows)
    seen = [row for row in rows if _sees(row, viewer, regions)]
    above = _above([row.id for row in seen])
    return [_row(row, above.get(row.id, ())) for row in seen]


def access_rule(rule_id: int, viewer: Viewer) -> RuleRow:
    """One that the person may change: within the own stores, and none of the head office's. Raises NotFound."""
    row = db.session.get(AlertRule, rule_id)
    if row is None or not may_change(row, viewer):
        raise NotFound(NO_RULE)
    return _row(row)


def get_rule(rule_id: int) -> RuleRow:
    """For the house itself. Raises NotFound."""
    row = db.session.get(AlertRule, rule_id)
    if row is None:
        raise NotFound(NO_RULE)
    return _row(row)


def may_change(row: AlertRule | RuleRow, viewer: Viewer) -> bool:
    if viewer.scope.is_everything:
        return True
    return not row.is_central and _sees(row, viewer, {})


def covers(viewer: Viewer, store_ids: Collection[int]) -> bool:
    """Whether the person sees all of these stores; none means the whole chain."""
    return viewer.scope.is_everything or (bool(store_ids) and viewer.scope.store_ids >= set(store_ids))


def stores_of(rule: RuleRow) -> frozenset[int]:
    """Active stores that a rule is about."""
    if rule.store_ids:
        return frozenset(rule.store_ids)
    return frozenset(
        store.id for store in list_stores() if rule.region_id is None or store.region_id == rule.region_id
    )


def _sees(row: AlertRule | RuleRow, viewer: Viewer, regions: dict[int, set[int]]) -> bool:
    store_ids = regions.get(row.region_id, set()) if row.region_id is not None else set(row.store_ids)
    return covers(viewer, store_ids)


def _stores_by_region(rows: Collection[AlertRule]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {row.region_id: set() for row in rows if row.region_id is not None}
    for store in list_stores() if found else ():
        if store.region_id in found:
            found[store.region_id].add(store.id)
    return found


def _above(rule_ids: Collection[int]) -> dict[int, tuple[StateRow, ...]]:
    found: dict[int, tuple[StateRow, ...]] = {}
    chosen = select(AlertState).where(AlertState.rule_id.in_(rule_ids), AlertState.is_above)
    for row in db.session.scalars(chosen.order_by(AlertState.since_at, AlertState.id)):
        found[row.rule_id] = (
            *found.get(row.rule_id, ()),
            StateRow(row.store_id, row.value, row.since_at),
        )
    return found


def _row(row: AlertRule, above: tuple[StateRow, ...] = ()) -> RuleRow:
    return RuleRow(
        id=row.id,
        watched=row.watched,
        threshold=row.threshold,
        region_id=row.region_id,
        store_ids=tuple(int(each) for each in row.store_ids),
        is_each_store=row.is_each_store,
        tells=frozenset(Told(each) for each in row.tells),
        is_on=row.is_on,
        is_central=row.is_central,
        made_by_id=row.made_by_id,
        checked_at=row.checked_at,
        above=above,
    )
