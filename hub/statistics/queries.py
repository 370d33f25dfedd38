"""Reports of waits and answers, within what the reader may see: waits from day columns, answers and what waits now live."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics import rules
from hub.statistics.known import Known
from hub.statistics.measuring.answered import count_invited
from hub.statistics.measuring.door import open_look
from hub.statistics.measuring.live import Waiting, list_waiting
from hub.statistics.narrowing import reasons_below
from hub.statistics.people import may_read_figures_of
from hub.statistics.rows import (
    NO_WAITS,
    ResponseTimes,
    Satisfaction,
    SatisfactionReport,
    StoreSatisfaction,
    StoreWaits,
    Waits,
    satisfaction_of,
    sum_up,
)
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension
from hub.stores.queries import get_chain, get_stores, list_regions

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look, Need

CENTRAL_QUEUE = N_("Central queue")
LONG_DAYS = 92


def read_filters(
    args: Mapping[str, str], *, now: datetime, viewer: Viewer | None = None, known: Known | None = None
) -> Filters:
    """The filters of an address; `store` is a store's code, or several between commas. Raises Invalid with the field to correct.

    Without a `viewer` nobody's own figures can be asked for; a store or a region without any of the reader's is refused.
    """
    chain, known = get_chain(), known or Known()
    today = now.astimezone(ZoneInfo(chain.time_zone)).date()
    stores = _read_stores(args.get("store") or "", viewer, known)
    found = rules.read_filters(args, today=today, time_zone=chain.time_zone, stores=stores)
    _check_person(found, viewer)
    _check_region(found, viewer, known)
    return replace(found, reason_ids=_find_reasons(found.reason_id, known)) if found.reason_id else found


def _read_stores(words: str, viewer: Viewer | None, known: Known) -> frozenset[int]:
    """One code of the reader's, or several between commas; a store that was closed since still counts in the past."""
    if not words.strip():
        return frozenset()
    ids = {row.code: row.id for row in known.stores}
    codes = [words] if words.strip() in ids else words.split(",")
    codes = [code.strip() for code in codes if code.strip()]
    for code in codes:
        if code not in ids or (viewer and not viewer.scope.has_store(ids[code])):
            raise Invalid(N_("No store has the code %(code)s. Please check it."), field="store", code=code)
    return frozenset(ids[code] for code in codes)


def _check_region(filters: Filters, viewer: Viewer | None, known: Known) -> None:
    """One that exists, and holds a store of the reader; else the words above the figures would name another place than they are of."""
    region_id = filters.region_id
    if region_id is None:
        return
    if viewer is None or viewer.scope.is_everything:
        is_known = any(row.id == region_id for row in list_regions())
    else:
        mine = (row.region_id for row in known.stores if viewer.scope.has_store(row.id))
        is_known = region_id in mine
    if not is_known:
        raise Invalid(
            N_("“%(word)s” is none of the list. Please choose one."), field="region", word=str(region_id)
        )


def _find_reasons(reason_id: int, known: Known) -> frozenset[int]:
    if all(row.id != reason_id for row in known.reasons):
        raise Invalid(N_("This contact reason does not exist. Please choose another one."), field="reason")
    return reasons_below(reason_id, known.reasons)


def _check_person(filters: Filters, viewer: Viewer | None) -> None:
    if filters.agent_id is None:
        return
    if viewer is None or not may_read_figures_of(filters.agent_id, viewer=viewer):
        raise Invalid(
            N_("This person works in none of your stores. Please choose another one."), field="agent"
        )


def get_response_times(filters: Filters, *, viewer: Viewer, now: datetime) -> ResponseTimes:
    """Replies of the period in all, by store, channel and day (week for long periods), and who waits now.

    Of the chain these are the customers' whole waits; of some stores what these stores are charged.
    """
    look = open_look(filters, viewer=viewer)
    look.read(*needs_of_times(look))
    (waiting,) = list_waiting(filters, None, viewer=viewer, now=now)
    return times_of(look, waiting)


def needs_of_times(look: "Look") -> "list[Need]":
    before = [look.before.of_waits(None)] if look.before else []
    return [look.of_waits(None, Dimension.STORE, Dimension.CHANNEL, period_of(look.filters)), *before]


def times_of(look: "Look", waiting: Waiting) -> ResponseTimes:
    """The same of a look that is also asked for other figures."""
    filters = look.filters
    return ResponseTimes(
        filters=filters,
        total=_total(look),
        before=_total(look.before) if look.before else NO_WAITS,
        over_count=_count_over(look),
        by_store=_with_stores(look.summarise_waits(Dimension.STORE)),
        by_channel=_by_word(look.summarise_waits(Dimension.CHANNEL)),
        by_period=tuple((_as_day(group), found) for group, found in look.summarise_waits(period_of(filters))),
        buckets=look.distribute_waits(),
        dropped=_dropped(look),
        waiting_count=waiting.count,
        late_count=waiting.late_count,
    )


def get_satisfaction(filters: Filters, *, viewer: Viewer, look: "Look | None" = None) -> SatisfactionReport:
    """Answers that count of the period in all, by store and by month, each with its interval."""
    look = look or open_look(filters, viewer=viewer)
    look.read(*needs_of_satisfaction(look))
    counted = [
        (store_id, satisfaction_of(counts)) for store_id, counts in look.count_answers(Dimension.STORE)
    ]
    houses = get_stores([_as_id(store_id) for store_id, _ in counted])
    stores = [
        StoreSatisfaction(row.id, row.code, row.name, found)
        for row, found in ((houses[_as_id(store_id)], found) for store_id, found in counted)
    ]
    total = _satisfaction(look)
    return SatisfactionReport(
        filters=filters,
        total=total,
        before=_satisfaction(look.before) if look.before else sum_up([]),
        by_store=tuple(sorted(stores, key=lambda row: row.name)),
        by_month=tuple(
            (_as_day(month), satisfaction_of(counts)) for month, counts in look.count_answers(Dimension.MONTH)
        ),
        invited_count=count_invited(filters, viewer=viewer),
        answered_count=total.total,
    )


def needs_of_satisfaction(look: "Look") -> "list[Need]":
    before = [look.before.of_answers()] if look.before else []
    return [look.of_answers(Dimension.STORE, Dimension.MONTH), *before]


def _dropped(look: "Look") -> dict[str, int]:
    """By how they ended; none of a person, whose they are not."""
    if look.filters.agent_id:
        return {}
    return {str(each.group): each.count for each in look.measure("dropped", Dimension.END)}


def _satisfaction(look: "Look") -> Satisfaction:
    ((_, counts),) = look.count_answers()
    return satisfaction_of(counts)


def _as_id(group: Any) -> int:
    return int(group)


def _total(look: "Look") -> Waits:
    (found,) = look.summarise_waits()
    return found[1]


def _count_over(look: "Look") -> int:
    """Replies of the days that are over."""
    whole = look.over()
    return sum(each.count for each in whole.measure("waits")) if whole else 0


def _as_day(group: Any) -> date:
    day: date = group
    return day


def _by_word(groups: Iterable[tuple[Any, Waits]]) -> tuple[tuple[Any, Waits], ...]:
    return tuple(sorted(groups, key=lambda row: str(row[0])))


def _with_stores(groups: Iterable[tuple[Any, Waits]]) -> tuple[StoreWaits, ...]:
    """By name, never by rank: small numbers would make it a lottery."""
    listed = list(groups)
    houses = get_stores([store_id for store_id, _ in listed if store_id])
    rows = [
        StoreWaits(store_id, houses[store_id].code, houses[store_id].name, waits)
        if store_id
        else StoreWaits(None, "", "", waits)
        for store_id, waits in listed
    ]
    return tuple(sorted(rows, key=lambda row: row.name))


def period_of(filters: Filters) -> Dimension:
    """The step of charts over the period."""
    return Dimension.WEEK if filters.days > LONG_DAYS else Dimension.DAY
