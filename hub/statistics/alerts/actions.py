"""Makes, changes and switches alert rules; each change stands in the audit trail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics.alerts.queries import access_rule, covers
from hub.statistics.alerts.rules import check_threshold
from hub.statistics.alerts.working import KIND
from hub.statistics.models import AlertRule, AlertState
from hub.statistics.words import Told, Watched
from hub.stores.queries import get_region, get_stores


@dataclass(frozen=True)
class Wish:
    """A rule as it was typed."""

    watched: Watched
    threshold: int | None
    region_id: int | None
    store_ids: tuple[int, ...]
    is_each_store: bool
    tells: Collection[Told]


def save_rule(rule_id: int | None, wish: Wish, *, viewer: Viewer, now: datetime) -> int:
    """A new rule, or one changed; it is looked at anew. Returns its id.

    Raises Invalid (threshold, region, stores, tells), NotFound for a rule that is not the person's to change.
    """
    threshold = check_threshold(wish.watched, wish.threshold)
    store_ids = _check_place(wish, viewer)
    tells = _check_tells(wish.tells, viewer)
    if rule_id is None:
        row = AlertRule(made_by_id=viewer.agent_id, is_central=viewer.scope.is_everything, is_on=True)
        db.session.add(row)
    else:
        row = _held(rule_id, viewer)
        db.session.execute(delete(AlertState).where(AlertState.rule_id == rule_id))
    row.watched, row.threshold = wish.watched, threshold
    row.region_id, row.store_ids, row.is_each_store = wish.region_id, store_ids, wish.is_each_store
    row.tells, row.changed_at, row.checked_at = tells, now, None
    db.session.flush()
    _note("alert_rule.made" if rule_id is None else "alert_rule.changed", row, viewer, now)
    ring_after_commit(KIND)
    return row.id


def switch_rule(rule_id: int, *, is_on: bool, viewer: Viewer, now: datetime) -> None:
    """Off: nobody looks at it; on again: a figure that is above is told anew. Raises NotFound."""
    row = _held(rule_id, viewer)
    if row.is_on == is_on:
        return
    row.is_on, row.changed_at, row.checked_at = is_on, now, None
    db.session.execute(delete(AlertState).where(AlertState.rule_id == rule_id))
    db.session.flush()
    _note("alert_rule.on" if is_on else "alert_rule.off", row, viewer, now)
    ring_after_commit(KIND)


def _held(rule_id: int, viewer: Viewer) -> AlertRule:
    access_rule(rule_id, viewer)
    return db.session.get_one(AlertRule, rule_id, with_for_update=True)


def _check_place(wish: Wish, viewer: Viewer) -> list[int]:
    """The stores of the rule. Who does not see all stores names his own, and no region."""
    if wish.region_id is not None:
        if wish.store_ids:
            raise Invalid(N_("Please choose either a region or stores."), field="region")
        if not viewer.scope.is_everything:
            raise Invalid(N_("Please choose among your stores."), field="region")
        get_region(wish.region_id)
        return []
    store_ids = sorted(set(wish.store_ids))
    if len(get_stores(store_ids)) < len(store_ids) or not covers(viewer, store_ids):
        raise Invalid(N_("Please choose among your stores."), field="stores")
    return store_ids


def _check_tells(tells: Collection[Told], viewer: Viewer) -> list[str]:
    if not tells:
        raise Invalid(N_("Please choose at least one recipient."), field="tells")
    if Told.HEAD_OFFICE in tells and not viewer.scope.is_everything:
        raise Invalid(N_("Only the head office lets rules tell the head office."), field="tells")
    return sorted(each.value for each in set(tells))


def _note(action: str, row: AlertRule, viewer: Viewer, now: datetime) -> None:
    told = {"watched": row.watched.value, "threshold": row.threshold}
    note_change(action, subject_kind="alert_rule", subject_id=row.id, by=viewer.actor, now=now, **told)
