"""How the groups of a dimension are named in figures. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from hub.statistics.columns.layouts import CHANNELS, DROPS, FIRST_DROP, NOBODY, REPLIED
from hub.statistics.measuring.figures import Group
from hub.statistics.words import Dimension

DAY_HOURS = 24


def begin_of_period(day: date, by: Dimension) -> date:
    """The first day of its week (a Monday) or month, or the day itself."""
    if by is Dimension.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by is Dimension.MONTH else day


def _id(code: int) -> Group:
    return None if code == NOBODY else code


def _end(code: int) -> Group:
    if code >= FIRST_DROP:
        return DROPS[code - FIRST_DROP].value
    return "replied" if code == REPLIED else "passed_on"


LABELS: Mapping[Dimension, Callable[[int], Group]] = {
    Dimension.STORE: _id,
    Dimension.REGION: _id,
    Dimension.REASON: _id,
    Dimension.AGENT: _id,
    Dimension.CHANNEL: lambda code: CHANNELS[code - 1],
    Dimension.DAY: date.fromordinal,
    Dimension.WEEK: date.fromordinal,
    Dimension.MONTH: date.fromordinal,
    Dimension.HOUR: int,
    Dimension.WEEKDAY: int,
    Dimension.SLOT: lambda slot: divmod(slot, DAY_HOURS),
    Dimension.END: _end,
}
