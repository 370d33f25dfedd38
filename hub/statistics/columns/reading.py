"""Reads the columns of a period: only those that a figure needs, as arrays. Imports numpy: imported where it is used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.statistics.columns.layouts import LAYOUTS
from hub.statistics.columns.packing import unpack
from hub.statistics.columns.sources import fetch
from hub.statistics.words import Subject

Array = NDArray[Any]
COLUMNS = """
    SELECT name, day, data FROM statistics_columns
    WHERE subject = %(subject)s AND day >= %(first)s AND day <= %(last)s AND name = ANY(%(names)s)
    ORDER BY name, day
"""


@dataclass(frozen=True)
class Block:
    """Columns of several days, one after the other: `lengths` says how many rows are of which day."""

    columns: dict[str, Array]
    days: tuple[date, ...]
    lengths: tuple[int, ...]

    def __len__(self) -> int:
        return sum(self.lengths)

    def ordinals(self) -> Array:
        """The day of each row, as the count of days since year 1."""
        return np.repeat(np.array([day.toordinal() for day in self.days], dtype=np.int32), self.lengths)


def read(subject: Subject, first: date, last: date, names: Iterable[str]) -> Block:
    """The local days from `first` to `last`; a column without any rows is empty."""
    layout = LAYOUTS[subject]
    parts: dict[str, list[bytes]] = {name: [] for name in sorted(names)}
    rows = fetch(COLUMNS, {"subject": subject.value, "first": first, "last": last, "names": list(parts)})
    for name, _, data in rows:
        parts[name].append(data)
    one = next(iter(parts))
    of_one = [(day, data) for name, day, data in rows if name == one]
    width = np.dtype(layout.kind_of(one)).itemsize
    return Block(
        unpack(parts, layout),
        tuple(day for day, _ in of_one),
        tuple(len(data) // width for _, data in of_one),
    )
