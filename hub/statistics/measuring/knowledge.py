"""Where the knowledge base is missed, as figures of the one door: tickets without an article, searches in vain."""

from collections.abc import Callable, Mapping
from datetime import datetime

from hub.core.errors import Forbidden
from hub.core.text import N_
from hub.knowledge.gaps import count_searches
from hub.staff.rules import Viewer
from hub.statistics.knowledge_gaps import Missed, missed_by
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.refusing import AGENT, CHANNEL, PLACE, REASON, check_by, check_filters
from hub.statistics.rules import Filters
from hub.statistics.unanswered import Alone, count_without_article
from hub.statistics.words import Dimension

GROUPS: Mapping[Dimension | None, Callable[[Alone], int | None]] = {
    None: lambda _each: None,
    Dimension.STORE: lambda each: each.store_id,
    Dimension.REASON: lambda each: each.reason_id,
}


def share_without_article(
    filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime
) -> list[Figure]:
    """Of the tickets solved for good; they are no person's."""
    del now
    check_by(by, GROUPS)
    check_filters(filters, AGENT)
    found = missed_by(count_without_article(filters, viewer=viewer), GROUPS[by])
    if by is None:
        return [_share(None, found.get(None, Missed()))]
    return [_share(group, found[group]) for group in sorted(found, key=lambda each: (each is not None, each))]


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
    "without_article": share_without_article,
    "searches_in_vain": share_searches_in_vain,
}
