"""Contact reasons of a period: the share of each among all tickets, and how many more came than in the other period."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hub.core.errors import Invalid
from hub.core.intervals import wilson
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.refusing import AGENT, REASON, check_by, check_filters
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look

BY_REASON = frozenset({Dimension.REASON})


def share_reasons(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Among tickets of one reason, or of one person, no share is said."""
    del now
    check_by(by, BY_REASON)
    check_filters(filters, REASON, AGENT)
    counted = _open_look(filters, viewer).measure("tickets", Dimension.REASON)
    total = sum(each.count for each in counted)
    shares = ((each.group, wilson(each.count, total)) for each in counted)
    return [Figure(group, sure.value, total, sure.low, sure.high) for group, sure in shares if sure]


def change_tickets(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Also of reasons that nobody writes about any more; each of so many tickets of both periods."""
    del now
    check_by(by, BY_REASON)
    look = _open_look(filters, viewer)
    if look.before is None:
        raise Invalid(
            N_("This figure needs a period to compare with: previous or year. Please choose one."),
            field="compare",
        )
    these, earlier = (_count(each) for each in (look, look.before))
    reasons = sorted(reason for reason in these.keys() | earlier.keys() if reason)
    pairs = ((reason, these.get(reason, 0), earlier.get(reason, 0)) for reason in reasons)
    return [Figure(reason, count - before, count + before) for reason, count, before in pairs]


def _count(look: "Look") -> dict[Any, int]:
    return {each.group: each.count for each in look.measure("tickets", Dimension.REASON)}


def _open_look(filters: Filters, viewer: Viewer) -> "Look":
    from hub.statistics.measuring.look import Look

    return Look(filters, viewer)


RECIPES: Mapping[str, Callable[..., list[Figure]]] = {
    "reason_share": share_reasons,
    "tickets_change": change_tickets,
}
