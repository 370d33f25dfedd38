"""The one door: a figure by its key, as this reader sees it. Loads numpy with the first figure that is made of columns."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from hub.core.errors import Forbidden, Invalid
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics.base.queries import find_night
from hub.statistics.measuring import answered, base, knowledge, live, plans, pressure, reasons
from hub.statistics.measuring.figures import Figure
from hub.statistics.people import leads_people, only_readable
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look

LIVE: Mapping[str, Callable[..., list[Figure]]] = {
    "waiting_now": live.count_waiting,
    "late_now": live.count_late,
    "oldest_wait": live.find_oldest,
    "uncontacted": answered.count_uncontacted,
    "csat_asked": answered.count_asked,
    "review_links": answered.share_links,
    **reasons.RECIPES,
    **knowledge.RECIPES,
    **pressure.RECIPES,
    **base.RECIPES,
    **plans.RECIPES,
}
"""Figures of no day and store: of this moment, of a night, of a comparison, or asked of the rows themselves."""
IN_PARTS = (
    "messages_pressure",
    "base_stages",
    "base_rf",
    "base_cohorts",
    "base_consents",
    "plan_per_head",
    "plan_bought",
    "plan_funnel",
)
TOLD_BY: Mapping[str, Dimension] = {
    **dict.fromkeys(reasons.RECIPES, Dimension.REASON),
    **dict.fromkeys(IN_PARTS, Dimension.PART),
}
"""Figures that have no total: without a breakdown they are told by this one."""


def measure(
    key: str, filters: Filters, *, by: Dimension | None = None, viewer: Viewer, now: datetime
) -> tuple[Figure, ...]:
    """One figure of all, or one of each group of the dimension that has rows, in the order of ids, days or hours.

    A figure without a total is told by its own dimension (TOLD_BY).

    Raises Invalid of an unknown key, and of a breakdown that the figure does not have; Forbidden to who leads nobody.
    """
    if by is Dimension.AGENT and not leads_people(viewer):
        raise Forbidden(
            N_("Figures of persons are for those who lead them. Please choose another breakdown.")
        )
    found = _measure(key, filters, by or TOLD_BY.get(key), viewer, now)
    return _only_readable(found, viewer) if by is Dimension.AGENT else found


def _measure(
    key: str, filters: Filters, by: Dimension | None, viewer: Viewer, now: datetime
) -> tuple[Figure, ...]:
    if filters.plan_key and key not in plans.RECIPES:
        raise Invalid(
            N_("This figure cannot be narrowed like this. Please leave a filter out."), field="plan"
        )
    if key in LIVE:
        return tuple(LIVE[key](filters, by, viewer=viewer, now=now))
    return open_look(filters, viewer=viewer).measure(key, by)


def _only_readable(figures: tuple[Figure, ...], viewer: Viewer) -> tuple[Figure, ...]:
    """Nobody's own figures too, as those of tickets that nobody answered."""
    people = only_readable([each.group for each in figures if isinstance(each.group, int)], viewer=viewer)
    return tuple(each for each in figures if each.group is None or each.group in people)


def is_of_plans(key: str) -> bool:
    """Whether it is looked at over twelve months where no first day is asked for, as on the pages of plans."""
    return key in plans.RECIPES


def told_of(key: str, filters: Filters) -> Filters:
    """The days that a figure tells of: of the base one night, of all others the period."""
    night = find_night(filters.until_on) if key in base.RECIPES else None
    return replace(filters, since_on=night, until_on=night) if night else filters


def list_keys() -> tuple[str, ...]:
    """Of all figures that can be asked for."""
    from hub.statistics.measuring.look import KEYS

    return (*LIVE, *KEYS)


def list_dated_keys() -> tuple[str, ...]:
    """Of the figures that belong to days: all but those of this moment. Each can be asked for by day and by store."""
    from hub.statistics.measuring.look import KEYS

    return KEYS


def open_look(filters: Filters, *, viewer: Viewer) -> "Look":
    """For several figures of one period: its rows are read once."""
    from hub.statistics.measuring.look import Look

    return Look(filters, viewer)
