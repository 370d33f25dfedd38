"""Reads the columns of periods: only those that figures need, as arrays. Imports numpy: imported where it is used."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.statistics.columns.layouts import LAYOUTS
from hub.statistics.columns.memory import MEMORY, Columns
from hub.statistics.columns.packing import unpack
from hub.statistics.columns.sources import fetch
from hub.statistics.words import Subject

Array = NDArray[Any]
Recalled = Mapping[date, tuple[str, Columns]]
COLUMNS = """
    SELECT wanted.place, kept.day, kept.name, kept.xmin, CASE WHEN known.day IS NULL THEN kept.data END
    FROM unnest(
        %(places)s::int[], %(subjects)s::text[], %(firsts)s::date[], %(lasts)s::date[], %(names)s::text[]
    ) AS wanted (place, subject, first, last, names)
    JOIN statistics_columns AS kept ON kept.subject = wanted.subject AND kept.day BETWEEN wanted.first AND wanted.last
        AND kept.name = ANY (string_to_array(wanted.names, ','))
    LEFT JOIN unnest(
        string_to_array(%(known_places)s, ',')::int[],
        string_to_array(%(known_days)s, ',')::date[],
        string_to_array(%(known_stamps)s, ',')::xid[]
    ) AS known (place, day, stamp)
        ON known.place = wanted.place AND known.day = kept.day AND known.stamp = kept.xmin
    WHERE known.day IS NULL OR kept.name = split_part(wanted.names, ',', 1)
    ORDER BY wanted.place, kept.day, kept.name
"""
"""Of a day that is at hand as it stands only one row comes, and that without its data."""


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

    def count_until(self, last: date) -> int:
        """Rows of the days up to this one."""
        return sum(length for day, length in zip(self.days, self.lengths, strict=True) if day <= last)

    def ordinals(self) -> Array:
        """The day of each row, as the count of days since year 1."""
        return np.repeat(np.array([day.toordinal() for day in self.days], dtype=np.int32), self.lengths)


def read(subject: Subject, first: date, last: date, names: Iterable[str]) -> Block:
    """The local days from `first` to `last`; a column without any rows is empty."""
    return read_together([Wanted(subject, first, last, list(names))])[0]


def read_together(wanted: Sequence[Wanted]) -> list[Block]:
    """A block of each, in one statement: what is shown side by side is of the same moment."""
    known = [MEMORY.recall(each.subject, each.first, each.last, each.names) for each in wanted]
    found: list[dict[date, dict[str, bytes]]] = [{} for _ in wanted]
    stamps: dict[tuple[int, date], str] = {}
    for place, day, name, stamp, data in fetch(COLUMNS, _asked(wanted, known)):
        if data is None:
            found[place][day] = known[place][day][1]
        else:
            found[place].setdefault(day, {})[name] = data
            stamps[place, day] = _word(stamp)
    for (place, day), stamp in stamps.items():
        MEMORY.keep(wanted[place].subject, day, stamp, found[place][day])
    return [_block(each, days) for each, days in zip(wanted, found, strict=True)]


def _asked(wanted: Sequence[Wanted], known: Sequence[Recalled]) -> dict[str, Any]:
    """Days at hand are thousands: three words are written sooner than three lists."""
    at_hand = [(place, day, stamp) for place, days in enumerate(known) for day, (stamp, _) in days.items()]
    return {
        "places": list(range(len(wanted))),
        "subjects": [each.subject.value for each in wanted],
        "firsts": [each.first for each in wanted],
        "lasts": [each.last for each in wanted],
        "names": [",".join(sorted(each.names)) for each in wanted],
        "known_places": ",".join(str(place) for place, _, _ in at_hand),
        "known_days": ",".join(day.isoformat() for _, day, _ in at_hand),
        "known_stamps": ",".join(stamp for _, _, stamp in at_hand),
    }


def _word(stamp: bytes) -> str:
    """As PostgreSQL reads the number of a transaction; it comes in binary."""
    return str(int.from_bytes(stamp))


def _block(of: Wanted, found: Mapping[date, Mapping[str, bytes]]) -> Block:
    """A day that was gathered by a former layout lacks columns: it counts once it is gathered anew."""
    names, layout = sorted(of.names), LAYOUTS[of.subject]
    days = {day: columns for day, columns in found.items() if columns.keys() >= set(names)}
    width = np.dtype(layout.kind_of(names[0])).itemsize
    return Block(
        unpack({name: [columns[name] for columns in days.values()] for name in names}, layout),
        tuple(days),
        tuple(len(columns[names[0]]) // width for columns in days.values()),
    )
