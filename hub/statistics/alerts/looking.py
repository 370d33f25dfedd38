"""Looks at the figure of an alert rule as the pages show it: of its stores together, or of each."""

from dataclasses import replace
from datetime import datetime, timedelta

from hub.staff.rules import SYSTEM_VIEWER, Scope, Viewer
from hub.statistics.alerts.rules import (
    LATE_DAYS,
    SATISFACTION_DAYS,
    Reading,
    read_backlog,
    read_late,
    read_satisfaction,
)
from hub.statistics.digest.gathering import NO_ANSWERS, just_before
from hub.statistics.measuring.door import measure
from hub.statistics.models import AlertRule
from hub.statistics.queries import get_response_times, get_satisfaction
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension, Watched
from hub.stores.queries import find_day, get_chain

DAYS = {Watched.LATE: LATE_DAYS, Watched.SATISFACTION: SATISFACTION_DAYS}
Readings = dict[int | None, Reading]
"""By store; None are all stores of the rule together."""


def filters_of(watched: Watched, region_id: int | None, now: datetime) -> Filters:
    """The days a rule looks at, up to today."""
    today = find_day(now)
    first = today - timedelta(days=DAYS.get(watched, 1) - 1)
    return Filters(since_on=first, until_on=today, time_zone=get_chain().time_zone, region_id=region_id)


def look(rule: AlertRule, now: datetime) -> Readings:
    """What stands there now; stores without any case are missing."""
    filters, viewer = filters_of(rule.watched, rule.region_id, now), _viewer(rule)
    if rule.watched is Watched.SATISFACTION:
        return _satisfaction(rule, filters, viewer)
    threshold = rule.threshold or 0
    if rule.watched is Watched.BACKLOG:
        by = Dimension.STORE if rule.is_each_store else None
        waiting = measure("waiting_now", filters, by=by, viewer=viewer, now=now)
        if by is None:
            return {None: read_backlog(sum(each.count for each in waiting), threshold)}
        return {
            each.group: read_backlog(each.count, threshold) for each in waiting if isinstance(each.group, int)
        }
    found = get_response_times(filters, viewer=viewer, now=now)
    if not rule.is_each_store:
        return {None: read_late(found.total, threshold)}
    return {row.store_id: read_late(row.waits, threshold) for row in found.by_store if row.store_id}


def _satisfaction(rule: AlertRule, filters: Filters, viewer: Viewer) -> Readings:
    found = get_satisfaction(filters, viewer=viewer)
    earlier = get_satisfaction(just_before(filters), viewer=viewer)
    if not rule.is_each_store:
        return {None: read_satisfaction(found.total, earlier.total)}
    before = {row.store_id: row.satisfaction for row in earlier.by_store}
    return {
        row.store_id: read_satisfaction(row.satisfaction, before.get(row.store_id, NO_ANSWERS))
        for row in found.by_store
    }


def _viewer(rule: AlertRule) -> Viewer:
    """The house itself, with the stores of the rule in sight."""
    if not rule.store_ids:
        return SYSTEM_VIEWER
    scope = Scope(is_everything=False, store_ids=frozenset(int(each) for each in rule.store_ids))
    return replace(SYSTEM_VIEWER, scope=scope)
