"""Lists what happened by itself in a stretch of time: the same for the job of today and for the replay of the past."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.plans.definitions import Definition
from hub.plans.entering import Newcomer
from hub.plans.occurring.baskets import list_left
from hub.plans.occurring.dates import list_dates
from hub.plans.occurring.legs import PAGE, Batch, Leg, Stretch, midnight, walk
from hub.plans.occurring.silences import list_inactive, list_lifeless
from hub.plans.words import Trigger
from hub.stores.queries import get_chain

Params = Mapping[str, Any]
SCANNED: Mapping[Trigger, Callable[[Params, Stretch], list[Leg]]] = {
    Trigger.INACTIVE: list_inactive,
    Trigger.DATE: list_dates,
    Trigger.BASKET_LEFT: list_left,
    Trigger.NO_SIGN_OF_LIFE: list_lifeless,
}
"""Triggers that nobody tells: they are looked for."""
CATCH_UP = "catch_up_days"


def list_occurrences(
    trigger: Trigger,
    params: Params,
    *,
    since: datetime,
    until: datetime,
    known_at: datetime | None = None,
    seen_id: int | None = None,
    after: Mapping[str, Any] | None = None,
    size: int = PAGE,
) -> Iterator[Batch]:
    """What occurred after `since` and by `until`, in batches; each is known as far as its own moment.

    So any division of a period gives the same occurrences. `known_at`: what happened up to then counts too.
    `seen_id`: of what was told after that row, also what occurred shortly before; for the job of today.
    `after`: the position of the last batch that was taken. An occurrence may come twice, with the same key.
    """
    zone = ZoneInfo(get_chain().time_zone)
    legs = SCANNED[trigger](params, Stretch(since, until, zone, known_at, seen_id))
    yield from walk(legs, after, size)


def looked_for(definition: Definition) -> list[Trigger]:
    return [trigger for trigger in definition.entry.on if trigger in SCANNED]


def first_look(definition: Definition, begun_at: datetime) -> datetime:
    """Since when a plan that begins wants to know."""
    return begun_at - timedelta(days=int(definition.entry.params.get(CATCH_UP) or 0))


def list_caught_up(trigger: Trigger, definition: Definition, *, begun_at: datetime) -> Iterator[Newcomer]:
    """Whom a plan that begins then catches up with: who passed it in the days before, and has done nothing since."""
    since = first_look(definition, begun_at)
    if since == begun_at:
        return
    params = definition.entry.params
    for batch in list_occurrences(trigger, params, since=since, until=begun_at, known_at=begun_at):
        yield from (begun_today(each, begun_at) for each in batch.newcomers)


def begun_today(each: Newcomer, begun_at: datetime) -> Newcomer:
    """One of before the plan began counts from the day it did; what he did since his own day counts all the same."""
    zone = ZoneInfo(get_chain().time_zone)
    today = midnight(begun_at.astimezone(zone).date(), zone)
    values = {**each.values, "since": each.values.get("since") or each.anchor_at.isoformat()}
    return Newcomer(
        customer_id=each.customer_id,
        entry_key=each.entry_key,
        anchor_at=max(today, each.anchor_at),
        values=values,
    )
