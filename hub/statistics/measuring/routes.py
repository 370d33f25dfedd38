"""Where the hub put tickets first, and how many of them a person moved. Imports numpy."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.inbox.words import RouteSource
from hub.statistics.columns.layouts import NOBODY, ROUTES
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import Groups
from hub.statistics.measuring.waits import count_figures, share_figures
from hub.statistics.words import Dimension, Subject

Array = NDArray[Any]
Counts = tuple[int, int]
OF_ROUTES = frozenset({"store", "source", "is_moved"})


def count_found(frame: Frame, by: Dimension | None) -> list[Figure]:
    """Tickets with a store, by the one that was found first."""
    groups, _ = _found(frame, by)
    return count_figures(groups)


def find_moved(frame: Frame, by: Dimension | None) -> list[Figure]:
    groups, rows = _found(frame, by)
    return share_figures(groups, frame["is_moved"].compress(rows) > 0)


def count_central(frame: Frame, by: Dimension | None) -> list[Figure]:
    frame.need({"store", *column_of(by)})
    return count_figures(frame.group(by, frame["store"] == NOBODY))


def tally(frame: Frame) -> dict[tuple[RouteSource, int], Counts]:
    """By source and store (0: the central queue), how many tickets and how many of them were moved."""
    frame.need(OF_ROUTES)
    keys = frame["store"].astype(np.int64) << 16 | frame["source"].astype(np.int64) << 1 | frame["is_moved"]
    found: dict[tuple[RouteSource, int], Counts] = defaultdict(lambda: (0, 0))
    for key, count in zip(*(each.tolist() for each in np.unique(keys, return_counts=True)), strict=True):
        group = ROUTES[(key >> 1 & 0x7FFF) - 1], key >> 16
        before = found[group]
        found[group] = before[0] + count, before[1] + count * (key & 1)
    return dict(found)


def _found(frame: Frame, by: Dimension | None) -> tuple[Groups, Array]:
    frame.need({"store", "is_moved", *column_of(by)})
    rows: Array = frame["store"] != NOBODY
    return frame.group(by, rows), rows


RECIPES: Mapping[str, tuple[Subject, Callable[[Frame, Dimension | None], list[Figure]]]] = {
    "reroute_rate": (Subject.ROUTES, find_moved),
    "routed": (Subject.ROUTES, count_found),
    "unattributed": (Subject.ROUTES, count_central),
}
