"""Tickets solved for good without an article or a standard reply, by store and reason, from columns. Imports numpy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.statistics.columns.layouts import ALONE, ELSEWHERE
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import group
from hub.statistics.measuring.tickets import LAST
from hub.statistics.measuring.waits import share_figures
from hub.statistics.words import Dimension

Array = NDArray[Any]
OF_HELP = frozenset({"is_last", "help", "store", "reason"})
Counts = list[tuple[int, int, int, int]]


def could_have_help(frame: Frame) -> Array:
    """The rows that count: solved for good, and not taken over from another helpdesk, where none was at hand."""
    rows: Array = (frame["is_last"] == LAST) & (frame["help"] != ELSEWHERE)
    return rows


def share_without_article(frame: Frame, by: Dimension | None) -> list[Figure]:
    """Of the tickets solved for good; they are no person's."""
    frame.need(OF_HELP | column_of(by))
    rows = could_have_help(frame)
    return share_figures(frame.group(by, rows), frame["help"].compress(rows) == ALONE)


def count_alone(frame: Frame) -> Counts:
    """(store, reason, without help, all) of each pair that has tickets; 0 is the central queue, and no reason."""
    frame.need(OF_HELP)
    rows = could_have_help(frame)
    stores, reasons = (group(frame[name].compress(rows)) for name in ("store", "reason"))
    pairs = stores.codes.astype(np.int64) * reasons.count + reasons.codes
    totals = np.bincount(pairs)
    alone = np.bincount(pairs, weights=frame["help"].compress(rows) == ALONE)
    return [
        (stores.labels[place // reasons.count], reasons.labels[place % reasons.count], int(alone[place]), int(totals[place]))
        for place in np.flatnonzero(totals).tolist()
    ]  # fmt: skip
