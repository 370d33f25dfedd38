"""Waits of a period by reason, by person and by hour of the week, and over the period that they are compared with."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.queries import period_of
from hub.statistics.rows import Waits
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension


@dataclass(frozen=True)
class Breakdowns:
    """Reasons with the most replies first, None for tickets without; `by_hour` has (weekday from 1, hour); people by id."""

    by_reason: list[tuple[int | None, Waits]]
    by_agent: dict[int, Waits]
    by_hour: dict[tuple[int, int], Waits]
    before: list[tuple[date, Waits]]


def get_breakdowns(filters: Filters, *, viewer: Viewer) -> Breakdowns:
    """Measured as the page's total, people as who replied; before: nothing when nothing is compared."""
    look, past = open_look(filters, viewer=viewer), filters.before()
    look.need_waits(Dimension.REASON, Dimension.AGENT, Dimension.SLOT)
    reasons: list[tuple[Any, Waits]] = look.summarise_waits(Dimension.REASON)
    agents: list[tuple[Any, Waits]] = look.summarise_waits(Dimension.AGENT)
    slots: list[tuple[Any, Waits]] = look.summarise_waits(Dimension.SLOT)
    before: list[tuple[Any, Waits]] = (
        open_look(past, viewer=viewer).summarise_waits(period_of(past)) if past else []
    )
    return Breakdowns(
        by_reason=sorted(reasons, key=lambda group: (-group[1].count, group[0] or 0)),
        by_agent={agent_id: waits for agent_id, waits in agents if agent_id},
        by_hour={(day + 1, hour): waits for (day, hour), waits in slots if waits.measured_count},
        before=before,
    )
