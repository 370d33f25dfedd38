"""All of the page of response times: waits of a period broken down in every way, solutions, and the period before."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.measuring.live import list_waiting
from hub.statistics.queries import needs_of_times, period_of, times_of
from hub.statistics.resolution import Resolution, resolution_of
from hub.statistics.rows import ResponseTimes, Waits
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension

MORE = (Dimension.REASON, Dimension.AGENT, Dimension.SLOT)


@dataclass(frozen=True)
class Breakdowns:
    """`all` and `solving` are the reports of their own. Reasons with the most replies first, None for tickets without; `by_hour` has (weekday from 1, hour); people by id."""

    all: ResponseTimes
    solving: Resolution
    by_reason: list[tuple[int | None, Waits]]
    by_agent: dict[int, Waits]
    by_hour: dict[tuple[int, int], Waits]
    before: list[tuple[date, Waits]]


def get_breakdowns(filters: Filters, *, viewer: Viewer, now: datetime) -> Breakdowns:
    """Measured as the page's total, people as who replied; before: nothing when nothing is compared."""
    look = open_look(filters, viewer=viewer)
    look.read(*needs_of_times(look), look.of_waits(*MORE), look.of_solutions())
    (waiting,) = list_waiting(filters, None, viewer=viewer, now=now)
    reasons: list[tuple[Any, Waits]] = look.summarise_waits(Dimension.REASON)
    agents: list[tuple[Any, Waits]] = look.summarise_waits(Dimension.AGENT)
    slots: list[tuple[Any, Waits]] = look.summarise_waits(Dimension.SLOT)
    before: list[tuple[Any, Waits]] = (
        look.before.summarise_waits(period_of(look.before.filters)) if look.before else []
    )
    return Breakdowns(
        all=times_of(look, waiting),
        solving=resolution_of(look, waiting.oldest_since),
        by_reason=sorted(reasons, key=lambda group: (-group[1].count, group[0] or 0)),
        by_agent={agent_id: waits for agent_id, waits in agents if agent_id},
        by_hour={(day + 1, hour): waits for (day, hour), waits in slots if waits.measured_count},
        before=before,
    )
