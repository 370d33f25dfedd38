"""Gestures of a frame by group: what they cost, how many were granted, how many refused. Imports numpy."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.statistics.columns.layouts import GESTURES
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import Groups, count_by, only
from hub.statistics.measuring.waits import count_figures
from hub.statistics.words import Dimension, Subject

Array = NDArray[Any]
Sums = tuple[int, int]


def sum_cost(frame: Frame, by: Dimension | None) -> list[Figure]:
    """Cents, of so many gestures."""
    groups, rows = _given(frame, by)
    counted = zip(groups.labels, _sum(frame["cents"].compress(rows), groups), count_by(groups), strict=True)
    return [Figure(label, cents, count) for label, cents, count in counted]


def count_given(frame: Frame, by: Dimension | None) -> list[Figure]:
    groups, _ = _given(frame, by)
    return count_figures(groups)


def count_refused(frame: Frame, by: Dimension | None) -> list[Figure]:
    frame.need({"is_given", *column_of(by)})
    return count_figures(frame.group(by, frame["is_given"] == 0))


def tally(frame: Frame) -> dict[Group, tuple[Sums, Sums, int]]:
    """By store: vouchers and refunds with their number and their cents, then how many were refused."""
    frame.need({"store", "kind", "is_given", "cents"})
    given = frame["is_given"] > 0
    groups = frame.group(Dimension.STORE, np.ones(len(given), dtype=bool))
    columns = []
    for place, _ in enumerate(GESTURES, 1):
        rows = given & (frame["kind"] == place)
        some = only(groups, rows)
        columns.append(list(zip(count_by(some), _sum(frame["cents"].compress(rows), some), strict=True)))
    refused = count_by(only(groups, ~given))
    return {
        label: (voucher, refund, count)
        for label, voucher, refund, count in zip(groups.labels, *columns, refused, strict=True)
    }


def _sum(cents: Array, groups: Groups) -> list[int]:
    total = np.zeros(groups.count, dtype=np.int64)
    np.add.at(total, groups.codes, cents)
    return [int(each) for each in total]


def _given(frame: Frame, by: Dimension | None) -> tuple[Groups, Array]:
    frame.need({"is_given", "cents", *column_of(by)})
    rows: Array = frame["is_given"] > 0
    return frame.group(by, rows), rows


RECIPES: Mapping[str, tuple[Subject, Callable[[Frame, Dimension | None], list[Figure]]]] = {
    "gesture_cost": (Subject.GESTURES, sum_cost),
    "gestures_given": (Subject.GESTURES, count_given),
    "gestures_refused": (Subject.GESTURES, count_refused),
}
