"""How long until a ticket is solved, how often it comes back, and what waits for us now."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.measuring.live import find_oldest_since
from hub.statistics.rules import Filters

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look

FIRST, LAST = 0, 1


@dataclass(frozen=True)
class Solving:
    """`seconds` are wall time from creation; None where nothing was solved."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None


@dataclass(frozen=True)
class Resolution:
    """Of the period; `oldest_since` is when the customer who waits longest now wrote."""

    first: Solving
    last: Solving
    reopened_count: int
    solved_count: int
    oldest_since: datetime | None

    @property
    def reopened_share(self) -> float | None:
        return self.reopened_count / self.solved_count if self.solved_count else None


def get_resolution(filters: Filters, *, viewer: Viewer) -> Resolution:
    """First and last resolution of tickets of the period, within what the reader may see."""
    oldest_since = find_oldest_since(filters, viewer=viewer)
    return resolution_of(open_look(filters, viewer=viewer), oldest_since)


def resolution_of(look: "Look", oldest_since: datetime | None) -> Resolution:
    """The same of a look that is also asked for other figures."""
    first, last = (_solving(look, which) for which in (FIRST, LAST))
    return Resolution(
        first=first,
        last=last,
        reopened_count=look.count_reopened(),
        solved_count=first.count,
        oldest_since=oldest_since,
    )


def _solving(look: "Look", which: int) -> Solving:
    median, ninth = (look.resolve(which, share) for share in (0.5, 0.9))
    return Solving(median.count, median.value, ninth.value)
