"""Tickets and solutions of a frame by group. Imports numpy."""

from typing import Any

from numpy.typing import NDArray

from hub.statistics.columns.layouts import COUNTS
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import Groups, ordered
from hub.statistics.measuring.waits import count_figures, quantile_figure, share_figures
from hub.statistics.words import Dimension

Array = NDArray[Any]
FIRST, LAST = 0, 1
OF_TICKETS = frozenset({"fate"})
OF_SOLUTIONS = frozenset({"is_last", "seconds", "is_back"})


def count_opened(frame: Frame, by: Dimension | None) -> list[Figure]:
    """Tickets that came in, each a matter of its own."""
    frame.need(OF_TICKETS | column_of(by))
    return count_figures(frame.group(by, frame["fate"] == COUNTS))


def find_resolutions(frame: Frame, by: Dimension | None, which: int, share: float) -> list[Figure]:
    """The quantile of the seconds to the first or to the last solution."""
    return [quantile_figure(label, seconds, share) for label, seconds in _lasting(frame, by, which)]


def _lasting(frame: Frame, by: Dimension | None, which: int) -> list[tuple[Any, Array]]:
    """Of each group the seconds from short to long, sorted once for all quantiles."""
    if ("solved", by, which) not in frame.made:
        groups, rows = _solved(frame, by, which)
        found = ordered(frame["seconds"].compress(rows), groups)
        frame.made["solved", by, which] = list(zip(groups.labels, found, strict=True))
    made: list[tuple[Any, Array]] = frame.made["solved", by, which]
    return made


def find_reopened(frame: Frame, by: Dimension | None) -> list[Figure]:
    groups, rows = _solved(frame, by, FIRST)
    return share_figures(groups, frame["is_back"].compress(rows) > 0)


def count_reopened(frame: Frame) -> int:
    _, rows = _solved(frame, None, FIRST)
    return int((frame["is_back"].compress(rows) > 0).sum())


def _solved(frame: Frame, by: Dimension | None, which: int) -> tuple[Groups, Array]:
    frame.need(OF_SOLUTIONS | column_of(by))
    rows: Array = frame["is_last"] == which
    return frame.group(by, rows), rows
