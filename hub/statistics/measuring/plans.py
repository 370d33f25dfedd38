"""What plans did and earned, as figures of the one door: asked of the results that their pages show."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.core.errors import Invalid
from hub.core.intervals import wilson
from hub.core.text import N_
from hub.plans.results.gains import get_gains
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Arms, Asked, Results
from hub.plans.results.rules import Sums
from hub.plans.words import Arm
from hub.staff.rules import Viewer
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.refusing import AGENT, CHANNEL, REASON, check_by, check_filters
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension
from hub.stores.queries import list_stores

Recipe = Callable[..., list[Figure]]
YEAR = timedelta(days=364)
"""The last twelve months: what is looked at unless a first day is asked for."""


def asked_of(filters: Filters, *, viewer: Viewer, now: datetime, version: int | None = None) -> Asked:
    """Of the stores that the reader may see; everybody also without a store."""
    today = now.astimezone(ZoneInfo(filters.time_zone)).date()
    return Asked(
        since=filters.since,
        until=filters.until,
        now=now,
        store_ids=_stores(filters, viewer),
        version=version,
        is_usual=(filters.since_on, filters.until_on) == (today - YEAR, today),
    )


def _stores(filters: Filters, viewer: Viewer) -> frozenset[int] | None:
    """Those of the filters among those of the reader; None is everybody, also customers without a store."""
    wanted = None if viewer.scope.is_everything else viewer.scope.store_ids
    if filters.region_id is not None:
        of_region = {row.id for row in list_stores(is_active=None) if row.region_id == filters.region_id}
        wanted = frozenset(of_region if wanted is None else wanted & of_region)
    chosen = filters.store_ids
    if filters.store_id is not None:
        chosen = frozenset({filters.store_id})
    if chosen:
        wanted = chosen if wanted is None else wanted & chosen
    return wanted


def sum_gain(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Of so many customers with messages; nothing where it would be a lottery."""
    check_by(by, {None, Dimension.STORE})
    found = _results(filters, viewer, now)
    if by is None:
        return [_gain(None, found.arms)]
    return [_gain(row.store_id, row.arms) for row in found.by_store]


def _gain(group: Group, arms: Arms) -> Figure:
    gain, count = arms.gain.in_all, arms.treated.heads
    return Figure(group, gain.value, count, gain.low, gain.high) if gain else Figure(group, None, count)


def _of_arms(tell: Callable[[str, Sums], Figure]) -> Recipe:
    """With messages (treated), then the control group."""

    def find(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
        check_by(by, {Dimension.PART})
        arms = _results(filters, viewer, now).arms
        return [tell(Arm.TREATED.value, arms.treated), tell(Arm.CONTROL.value, arms.control)]

    return find


def _of_sent(count: Callable[[Results], int]) -> Recipe:
    """A share of the passages with a message sent."""

    def find(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
        check_by(by, {None})
        found = _results(filters, viewer, now)
        return [_share(None, count(found), found.funnel.sent)]

    return find


def list_funnel(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Stage by stage; bought are customers whose window is over."""
    check_by(by, {Dimension.PART})
    found = _results(filters, viewer, now)
    funnel = found.funnel
    stages = {
        "entered": funnel.entered,
        "waiting": funnel.waiting,
        "sent": funnel.sent,
        "delivered": funnel.delivered,
        "engaged": funnel.engaged,
        "bought": found.arms.treated.buyers,
    }
    return [Figure(stage, count, count) for stage, count in stages.items()]


def sum_gains(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Of all plans of which a gain can be said, of so many customers with their messages."""
    check_by(by, {None})
    check_filters(filters, CHANNEL, REASON, AGENT)
    if filters.plan_key:
        raise Invalid(
            N_("This figure cannot be narrowed like this. Please leave a filter out."), field="plan"
        )
    found = get_gains(asked_of(filters, viewer=viewer, now=now))
    count = sum(line.arms.treated.heads for line in found.lines if line.arms.gain.in_all)
    total = found.total
    return [Figure(None, total.value, count, total.low, total.high) if total else Figure(None, None, count)]


def _results(filters: Filters, viewer: Viewer, now: datetime) -> Results:
    check_filters(filters, CHANNEL, REASON, AGENT)
    if not filters.plan_key:
        raise Invalid(N_("This is a figure of one plan. Please name its key."), field="plan")
    return get_results(filters.plan_key, asked_of(filters, viewer=viewer, now=now))


def _share(group: Group, count: int, total: int) -> Figure:
    sure = wilson(count, total)
    return Figure(group, sure.value, total, sure.low, sure.high) if sure else Figure(group, None, 0)


OF_ONE: Mapping[str, Recipe] = {
    "plan_gain": sum_gain,
    "plan_per_head": _of_arms(lambda arm, sums: Figure(arm, sums.mean, sums.heads)),
    "plan_bought": _of_arms(lambda arm, sums: _share(arm, sums.buyers, sums.heads)),
    "plan_engaged": _of_sent(lambda found: found.funnel.engaged),
    "plan_unsubscribed": _of_sent(lambda found: found.funnel.unsubscribed),
    "plan_complaints": _of_sent(lambda found: found.funnel.complained),
    "plan_funnel": list_funnel,
}
"""Of the plan that is named; nothing else is narrowed by a plan."""
RECIPES: Mapping[str, Recipe] = {**OF_ONE, "plans_gain": sum_gains}
