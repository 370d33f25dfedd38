"""Reads the columns of periods: only those that figures need, as arrays. Imports numpy: imported where it is used."""

from collections.abc import Collection, Iterable, Sequence
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
    SELECT wanted.place, kept.name, kept.day, kept.data
    FROM unnest(
        %(places)s::int[], %(subjects)s::text[], %(firsts)s::date[], %(lasts)s::date[], %(names)s::text[]
    ) AS wanted (place, subject, first, last, names)
    JOIN statistics_columns AS kept ON kept.subject = wanted.subject AND kept.day BETWEEN wanted.first AND wanted.last
        AND kept.name = ANY (string_to_array(wanted.names, ','))
    ORDER BY wanted.place, kept.name, kept.day
"""


@dataclass(frozen=True)
class Wanted:
    """Columns of a subject, of the local days from `first` to `last`."""

    subject: Subject
    first: date
    last: date
    names: Collection[str]


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
    return read_together([Wanted(subject, first, last, list(names))])[0]


def read_together(wanted: Sequence[Wanted]) -> list[Block]:
    """A block of each, in one statement: what is shown side by side is of the same moment."""
    values = {
        "places": list(range(len(wanted))),
        "subjects": [each.subject.value for each in wanted],
        "firsts": [each.first for each in wanted],
        "lasts": [each.last for each in wanted],
        "names": [",".join(sorted(each.names)) for each in wanted],
    }
    found: list[dict[str, dict[date, bytes]]] = [{name: {} for name in sorted(each.names)} for each in wanted]
    for place, name, day, data in fetch(COLUMNS, values):
        found[place][name][day] = data
    return [_block(each.subject, parts) for each, parts in zip(wanted, found, strict=True)]


def _block(subject: Subject, parts: dict[str, dict[date, bytes]]) -> Block:
    layout = LAYOUTS[subject]
    one, of_one = next(iter(parts.items()))
    width = np.dtype(layout.kind_of(one)).itemsize
    return Block(
        unpack({name: list(found.values()) for name, found in parts.items()}, layout),
        tuple(of_one),
        tuple(len(data) // width for data in of_one.values()),
    )
