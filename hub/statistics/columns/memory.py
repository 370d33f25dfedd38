"""Columns that this process read before: a day that was not gathered anew since need not be read again.

`stamp` is the transaction that wrote the columns of a day (PostgreSQL's xmin): all of them are written together.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import date
from threading import Lock

from sqlalchemy import Engine, event

from hub.statistics.columns.layouts import Day
from hub.statistics.words import Subject

MOST_BYTES = 320 << 20
"""Of one process. The largest page of 1,000,000 tickets a year, beside the year before, reads some 100 MB; all pages in turn three times that."""

Columns = dict[str, bytes]


class Memory:
    """The days that were asked for last, up to so many bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        self._days: OrderedDict[Day, tuple[str, Columns]] = OrderedDict()
        self._lock = Lock()

    def recall(
        self, subject: Subject, first: date, last: date, names: Collection[str]
    ) -> dict[date, tuple[str, Columns]]:
        """Days of which all these columns are at hand, each with its stamp."""
        asked, found = set(names), {}
        with self._lock:
            for ordinal in range(first.toordinal(), last.toordinal() + 1):
                day = date.fromordinal(ordinal)
                kept = self._days.get((subject, day))
                if kept and kept[1].keys() >= asked:
                    self._days.move_to_end((subject, day))
                    found[day] = kept
        return found

    def keep(self, subject: Subject, day: date, stamp: str, columns: Mapping[str, bytes]) -> None:
        """Beside other columns of the same stamp, in place of those of another one."""
        with self._lock:
            known, kept = self._days.pop((subject, day), (stamp, {}))
            self.size -= _size(kept)
            together = {**(kept if known == stamp else {}), **columns}
            self._days[subject, day] = (stamp, together)
            self.size += _size(together)
            while self.size > self.most_bytes:
                _, (_, gone) = self._days.popitem(last=False)
                self.size -= _size(gone)

    def forget_all(self) -> None:
        with self._lock:
            self._days.clear()
            self.size = 0

    def forget(self, subject: Subject, days: Collection[date]) -> None:
        """What this process writes itself: before the end of its transaction the stamp may be the same."""
        with self._lock:
            for day in days:
                _, gone = self._days.pop((subject, day), ("", {}))
                self.size -= _size(gone)


def _size(columns: Mapping[str, bytes]) -> int:
    return sum(len(data) for data in columns.values())


MEMORY = Memory()


@event.listens_for(Engine, "connect")
def _forget_with_the_server(*_: object) -> None:
    """A server that went back in time (a restored copy, a replica that took over) gives numbers out again: its connections are new."""
    MEMORY.forget_all()
