"""Searches in vain as figures of the one door: they are of no store and no day."""

from collections.abc import Callable, Mapping
from datetime import datetime

from hub.core.errors import Forbidden
from hub.core.text import N_
from hub.knowledge.gaps import count_searches
from hub.staff.rules import Viewer
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.refusing import AGENT, CHANNEL, PLACE, REASON, check_by, check_filters
from hub.statistics.rows import Missed
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension


def share_searches_in_vain(
    filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime
) -> list[Figure]:
    """In all, or by where was searched (SearchPlace). Raises Forbidden to who sees some stores: searches know no store."""
    del now
    if not viewer.scope.is_everything:
        raise Forbidden(
            N_(
                "Searches know no store. They are told to those who see the whole chain; please use another key."
            )
        )
    check_by(by, {None, Dimension.PART})
    check_filters(filters, PLACE, CHANNEL, REASON, AGENT)
    found = count_searches(since=filters.since, until=filters.until)
    places = {place: Missed(*found[place]) for place in sorted(found)}
    if by is None:
        return [_share(None, sum(places.values(), Missed()))]
    return [_share(str(place), missed) for place, missed in places.items()]


def _share(group: Group, missed: Missed) -> Figure:
    sure = missed.interval
    return Figure(group, sure.value, missed.total, sure.low, sure.high) if sure else Figure(group, None, 0)


RECIPES: Mapping[str, Callable[..., list[Figure]]] = {
    "searches_in_vain": share_searches_in_vain,
}
