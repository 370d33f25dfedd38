"""Refuses what a figure does not have: a breakdown, or a filter that would narrow nothing. Pure."""

from collections.abc import Collection

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension

PLACE, CHANNEL, REASON, AGENT = "place", "channel", "reason", "agent"


def check_by(by: Dimension | None, known: Collection[Dimension | None]) -> None:
    """Raises Invalid."""
    if by not in known:
        raise Invalid(N_("This figure cannot be asked for like this. Please choose another one."), field="by")


def check_filters(filters: Filters, *unknown: str) -> None:
    """Raises Invalid when the figure is asked for with one of these."""
    given = {
        PLACE: filters.has_place,
        CHANNEL: filters.channel,
        REASON: filters.reason_id,
        AGENT: filters.agent_id,
    }
    if any(given[name] for name in unknown):
        raise Invalid(N_("This figure cannot be narrowed like this. Please leave a filter out."))
