"""Answers and orders of a frame by group, and tickets per thousand orders. Imports numpy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.core.intervals import wilson
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import Groups, count_by, only
from hub.statistics.measuring.tickets import count_opened
from hub.statistics.measuring.waits import count_figures, share_figures
from hub.statistics.words import Dimension

Array = NDArray[Any]
BEST, GOOD, BAD = 3, 2, 1
THOUSAND = 1000
OF_ORDERS = frozenset({"count", "cents"})
OF_ANSWERS = frozenset({"score"})
BY_ORDERS = frozenset({Dimension.STORE, Dimension.REGION, Dimension.DAY, Dimension.WEEK, Dimension.MONTH})
"""What orders have too: tickets of such a group are set against the orders of that group, others against all."""
RATED_BY = BY_ORDERS | {None, Dimension.CHANNEL, Dimension.REASON}
"""Orders keep no hour: set against all orders an hour of the day would seem to have few tickets."""


def find_satisfaction(frame: Frame, by: Dimension | None) -> list[Figure]:
    """The share that chose one of the first two."""
    groups = _answers(frame, by)
    return share_figures(groups, frame["score"] >= GOOD)


def count_answers(frame: Frame, by: Dimension | None) -> list[tuple[Group, tuple[int, int, int]]]:
    """How many of each choice, the best first."""
    groups = _answers(frame, by)
    counts = [count_by(only(groups, frame["score"] == score)) for score in (BEST, GOOD, BAD)]
    return [(label, (best, good, bad)) for label, best, good, bad in zip(groups.labels, *counts, strict=True)]


def count_all_answers(frame: Frame, by: Dimension | None) -> list[Figure]:
    return count_figures(_answers(frame, by))


def _answers(frame: Frame, by: Dimension | None) -> Groups:
    frame.need(OF_ANSWERS | column_of(by))
    return frame.group(by, np.ones(len(frame["score"]), dtype=bool))


def count_orders(frame: Frame, by: Dimension | None) -> list[Figure]:
    return [Figure(label, count, count) for label, count, _ in _orders(frame, by)]


def sum_orders(frame: Frame, by: Dimension | None) -> list[Figure]:
    """Cents, of so many orders."""
    return [Figure(label, cents, count) for label, count, cents in _orders(frame, by)]


def _orders(frame: Frame, by: Dimension | None) -> list[tuple[Group, int, int]]:
    frame.need(OF_ORDERS | column_of(by))
    groups = frame.group(by, np.ones(len(frame["count"]), dtype=bool))
    sums = []
    for name in ("count", "cents"):
        total = np.zeros(groups.count, dtype=np.int64)
        np.add.at(total, groups.codes, frame[name])
        sums.append(total.tolist())
    return list(zip(groups.labels, *sums, strict=True))


def find_contact_rate(tickets: Frame, orders: Frame, by: Dimension | None) -> list[Figure]:
    """Tickets per thousand orders, with Wilson's interval of the share as long as there are fewer tickets than orders.

    A store or a day without a ticket has the best rate of all, not none.
    """
    opened = {each.group: each for each in count_opened(tickets, by)}
    placed = {label: count for label, count, _ in _orders(orders, by if by in BY_ORDERS else None)}
    if by not in BY_ORDERS:
        return [_rate(each, placed.get(None, 0)) for each in opened.values()]
    labels: list[Any] = sorted(opened.keys() | placed.keys(), key=lambda label: (label is not None, label))
    return [_rate(opened.get(label, Figure(label, 0, 0)), placed.get(label, 0)) for label in labels]


def _rate(tickets: Figure, orders: int) -> Figure:
    if not orders:
        return Figure(tickets.group, None, tickets.count)
    value = tickets.count / orders * THOUSAND
    sure = wilson(tickets.count, orders) if tickets.count <= orders else None
    if sure is None:
        return Figure(tickets.group, value, tickets.count)
    return Figure(tickets.group, value, tickets.count, sure.low * THOUSAND, sure.high * THOUSAND)
