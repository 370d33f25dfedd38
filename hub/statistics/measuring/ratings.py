"""What followed answers: ratings of solved tickets, who was won back, the first contact of unhappy customers. Imports numpy."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.core.words import Channel
from hub.statistics.columns.layouts import CHANNELS, REPLIED, code_of
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import Groups, count_by, only, ordered
from hub.statistics.measuring.shop import BAD, BEST, GOOD
from hub.statistics.measuring.waits import (
    columns_of_waits,
    count_figures,
    quantile_figure,
    share_figures,
    whole_of,
)
from hub.statistics.words import Dimension, Subject

Array = NDArray[Any]
Counts = tuple[int, int, int]
OF_RATINGS = frozenset({"score", "is_second"})
ASKED = 0
"""In place of a score: the row is the question."""


def find_ratings(frame: Frame, by: Dimension | None) -> list[Figure]:
    """The share that chose one of the first two."""
    groups, rows = _answered(frame, by)
    return share_figures(groups, frame["score"].compress(rows) >= GOOD)


def find_recovery(frame: Frame, by: Dimension | None) -> list[Figure]:
    """The same of those who had not been satisfied before."""
    groups, rows = _answered(frame, by, is_second=True)
    return share_figures(groups, frame["score"].compress(rows) >= GOOD)


def count_ratings(
    frame: Frame, by: Dimension | None = None, *, is_second: bool = False
) -> list[tuple[Group, Counts]]:
    """How many of each choice, the best first."""
    groups, rows = _answered(frame, by, is_second=is_second)
    scores = frame["score"].compress(rows)
    counts = [count_by(only(groups, scores == score)) for score in (BEST, GOOD, BAD)]
    return [(label, (best, good, bad)) for label, best, good, bad in zip(groups.labels, *counts, strict=True)]


def count_answered(frame: Frame, by: Dimension | None) -> list[Figure]:
    groups, _ = _answered(frame, by)
    return count_figures(groups)


def count_asked(frame: Frame, by: Dimension | None) -> list[Figure]:
    frame.need({"score", *column_of(by)})
    return count_figures(frame.group(by, frame["score"] == ASKED))


def _answered(frame: Frame, by: Dimension | None, *, is_second: bool = False) -> tuple[Groups, Array]:
    frame.need(OF_RATINGS | column_of(by))
    rows: Array = frame["score"] != ASKED
    if is_second:
        rows &= frame["is_second"] > 0
    return frame.group(by, rows), rows


def find_first_contact(frame: Frame, by: Dimension | None) -> list[Figure]:
    """The median of the waits that began with an answer; the chain is charged the whole of those that transfers cut."""
    groups, rows, whole = _contacted(frame, by)
    seconds = frame[f"{whole}seconds"].compress(rows)
    known = seconds >= 0
    found = zip(groups.labels, ordered(seconds.compress(known), only(groups, known)), strict=True)
    return [quantile_figure(label, values, 0.5) for label, values in found]


def count_contacted(frame: Frame) -> int:
    """Customers who were written to, also in stores without known hours."""
    _, rows, _ = _contacted(frame, None)
    return int(np.count_nonzero(rows))


def _contacted(frame: Frame, by: Dimension | None) -> tuple[Groups, Array, str]:
    frame.need({"channel", *columns_of_waits(frame, by)})
    whole = whole_of(frame, by)
    rows: Array = (frame["end"] == REPLIED) & (frame["channel"] == code_of(CHANNELS, Channel.SURVEY))
    return frame.group(by, rows, slot=f"{whole}slot"), rows, whole


RECIPES: Mapping[str, tuple[Subject, Callable[[Frame, Dimension | None], list[Figure]]]] = {
    "ticket_csat": (Subject.RATINGS, find_ratings),
    "ticket_ratings": (Subject.RATINGS, count_answered),
    "ticket_asked": (Subject.RATINGS, count_asked),
    "recovery": (Subject.RATINGS, find_recovery),
    "first_contact": (Subject.WAITS, find_first_contact),
}
