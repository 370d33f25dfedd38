"""The customer base of one night as figures: the latest one up to the last day that is asked for, whatever the first day."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from hub.core.intervals import wilson
from hub.segments.values.rules import SCORES
from hub.segments.values.words import Stage
from hub.staff.rules import Viewer
from hub.statistics.base.queries import list_latest_cohorts, read_night
from hub.statistics.base.rules import (
    ADDRESS_OF,
    ANYWHERE,
    EVERYBODY,
    OFFERS,
    PURPOSES,
    SAID,
    Counts,
    rf_part,
    said_part,
    stage_part,
    sum_up,
)
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.refusing import AGENT, CHANNEL, REASON, check_by, check_filters
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension

Recipe = Callable[..., list[Figure]]
MONTHS = 12
SCALE = range(1, SCORES + 1)
STAGES: Mapping[Group, str] = {str(stage): stage_part(stage) for stage in Stage}
RF: Mapping[Group, str] = {(r, f): rf_part(r, f) for r in SCALE for f in SCALE}
CONSENTS: Mapping[Group, str] = {
    part: part
    for part in (
        said_part(said, channel, purpose) for channel in ADDRESS_OF for purpose in PURPOSES for said in SAID
    )
}


def count_customers(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    del now
    found = _nights(filters, by, viewer)
    return [Figure(group, counts[EVERYBODY], counts[EVERYBODY]) for group, counts in found]


def _share(part: str) -> Recipe:
    def share(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
        del now
        found = _nights(filters, by, viewer)
        return [_part_of(group, counts[part], counts[EVERYBODY]) for group, counts in found]

    return share


def _parts(parts: Mapping[Group, str]) -> Recipe:
    """So many customers in each part, those without any too."""

    def count(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
        del now
        check_by(by, {Dimension.PART})
        nights = _nights(filters, None, viewer)
        found = ((group, counts[part]) for _, counts in nights for group, part in parts.items())
        return [Figure(group, count, count) for group, count in found]

    return count


def share_cohorts(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """`2026-02+3`: of those who first bought in February, who bought in the third month after. The latest month is not over."""
    del now
    check_by(by, {Dimension.PART})
    check_filters(filters, CHANNEL, REASON, AGENT)
    return [
        _part_of(f"{each.cohort_on:%Y-%m}+{month.number}", month.active_count, each.customer_count)
        for each in list_latest_cohorts(filters, viewer)
        for month in each.months[1 : MONTHS + 1]
    ]


def _nights(filters: Filters, by: Dimension | None, viewer: Viewer) -> Iterable[tuple[int | None, Counts]]:
    """All together, or by preferred store (None: no store); nothing before the first night."""
    check_by(by, {None, Dimension.STORE})
    check_filters(filters, CHANNEL, REASON, AGENT)
    by_store = read_night(filters, viewer=viewer)
    if by is None:
        return [(None, sum_up(each.of for each in by_store.values()))] if by_store else []
    return [
        (store_id or None, by_store[store_id])
        for store_id in sorted(by_store)
        if by_store[store_id][EVERYBODY]
    ]


def _part_of(group: Group, count: int, total: int) -> Figure:
    sure = wilson(count, total)
    return Figure(group, sure.value, total, sure.low, sure.high) if sure else Figure(group, None, 0)


RECIPES: Mapping[str, Recipe] = {
    "base_customers": count_customers,
    "base_stages": _parts(STAGES),
    "base_rf": _parts(RF),
    "base_cohorts": share_cohorts,
    "base_reachable": _share(ANYWHERE),
    "base_offers": _share(OFFERS),
    "base_consents": _parts(CONSENTS),
}
