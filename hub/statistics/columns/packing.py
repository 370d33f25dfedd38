"""Rows become packed columns, day by day, and columns arrays again. Pure; imports numpy, so it is imported where it is used."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from hub.statistics.columns.layouts import SLOT, Layout
from hub.statistics.columns.local_days import QUARTER_SECONDS, begin_of, slot_of

Array = NDArray[Any]


def pack(
    rows: Sequence[Sequence[float]], layout: Layout, days: Sequence[date], zone: ZoneInfo
) -> dict[date, dict[str, bytes]]:
    """The columns of these days, which follow each other. A row is its moment, then the columns of the layout.

    Rows come in the order of their moments, and none lies outside the days. A day without rows is not among the keys.
    """
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(layout.columns) + 1)
    begins = np.array([begin_of(day, zone).timestamp() for day in days])
    place = np.searchsorted(begins, table[:, 0], side="right") - 1
    bounds = np.searchsorted(place, np.arange(len(days) + 1))
    columns = {
        name: _column(table[:, number], kind, layout.kind_of(name), zone)
        for number, (name, kind) in enumerate(layout.columns.items(), 1)
    }
    return {
        day: {name: column[first:last].tobytes() for name, column in columns.items()}
        for day, first, last in zip(days, bounds[:-1], bounds[1:], strict=True)
        if last > first
    }


def _column(values: Array, kind: str, kept_as: str, zone: ZoneInfo) -> Array:
    return (slots_of(values, zone) if kind == SLOT else values).astype(kept_as)


def slots_of(moments: Array, zone: ZoneInfo) -> Array:
    """The hour of the week of each moment; each quarter hour is looked up once."""
    quarters, inverse = np.unique(np.floor_divide(moments, QUARTER_SECONDS), return_inverse=True)
    slots = np.array(
        [slot_of(float(quarter) * QUARTER_SECONDS, zone) for quarter in quarters], dtype=np.uint8
    )
    return slots[inverse] if len(slots) else slots


def unpack(parts: Mapping[str, Sequence[bytes]], layout: Layout) -> dict[str, Array]:
    """Columns of several days, one after the other."""
    return {name: np.frombuffer(b"".join(found), layout.kind_of(name)) for name, found in parts.items()}
