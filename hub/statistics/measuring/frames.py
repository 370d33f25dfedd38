"""The rows of one subject that a reader has asked for and may see, as arrays: columns are read when they are needed."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.staff.rules import Viewer
from hub.statistics.columns.layouts import CHANNELS, LAYOUTS, code_of
from hub.statistics.columns.reading import Block, Wanted, read_together
from hub.statistics.measuring.labels import LABELS, begin_of_period
from hub.statistics.measuring.numbers import Groups, all_of, group, group_loosely, only, used
from hub.statistics.narrowing import reasons_of
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension, Subject
from hub.stores.queries import list_stores

Array = NDArray[Any]
IN_ROWS = {
    Dimension.STORE: "store",
    Dimension.REGION: "store",
    Dimension.CHANNEL: "channel",
    Dimension.REASON: "reason",
    Dimension.AGENT: "agent",
    Dimension.END: "end",
    Dimension.PART: "part",
}
SLOTS: Mapping[Dimension, Callable[[Array], Array]] = {
    Dimension.HOUR: lambda slots: slots % 24,
    Dimension.WEEKDAY: lambda slots: slots // 24,
    Dimension.SLOT: lambda slots: slots,
}
PERIODS = frozenset({Dimension.DAY, Dimension.WEEK, Dimension.MONTH})


def column_of(by: Dimension | None, slot: str = "slot") -> set[str]:
    """What a breakdown reads."""
    if by is None or by in PERIODS:
        return set()
    return {IN_ROWS.get(by, slot)}


class Places:
    """The stores as they are now, asked for once by all frames of a page."""

    @cached_property
    def stores(self) -> list[Any]:
        return list(list_stores(is_active=None))

    @cached_property
    def regions(self) -> Array:
        """The region of each store by its id; 0 of the central queue and of stores without one."""
        table = np.zeros(max((row.id for row in self.stores), default=0) + 1, dtype=np.int32)
        for row in self.stores:
            table[row.id] = row.region_id or 0
        return table


class Frame:
    """A filter by what a subject does not have narrows nothing. Whoever takes several columns asks for all of them first: between two statements a day may be gathered anew."""

    def __init__(
        self, subject: Subject, filters: Filters, viewer: Viewer, places: Places | None = None
    ) -> None:
        self.subject, self.filters, self.viewer = subject, filters, viewer
        self.places = places or Places()
        self.made: dict[Any, Any] = {}
        """What was made of the rows once and is asked for again; it goes when they are read anew."""
        self._columns: dict[str, Array] = {}
        self._block: Block | None = None
        self._mask: Array | None = None

    def need(self, names: Iterable[str]) -> None:
        """Read what is not here yet, in one statement."""
        read_frames([(self, names)])

    def lacking(self, names: Iterable[str]) -> frozenset[str]:
        """Columns that are still to be read; one at least the first time, since it says how many rows there are."""
        missing = frozenset({*names, *self._asked}) - self._columns.keys()
        return missing or (frozenset() if self._block is not None else frozenset({"store"}))

    def wanted(self, names: Collection[str]) -> Wanted:
        return Wanted(self.subject, self.filters.since_on, self.filters.until_on, names)

    def take(self, block: Block) -> None:
        """Keep the rows that the reader asked for and may see. Of days that were gathered anew all columns are read again."""
        if self._block is not None and block.lengths != self._block.lengths:
            (block,) = read_together([self.wanted({*self._columns, *block.columns})])
            self._block = None
        if self._block is None:
            self._block = block
            self._columns.clear()
            self.made.clear()
            masks = [test(block.columns) for test in self._tests()]
            self._mask = np.logical_and.reduce(masks) if masks else None
        self._columns |= {name: self._chosen(column) for name, column in block.columns.items()}

    def __getitem__(self, name: str) -> Array:
        self.need([name])
        return self._columns[name]

    def group(self, by: Dimension | None, rows: Array, *, slot: str = "slot") -> Groups:
        """The groups of these rows (a mask) in their order, as figures name them, and which row is of which."""
        if by is None:
            return all_of(int(np.count_nonzero(rows)))
        return used(only(self.groups(by, slot=slot), rows))

    def groups(self, by: Dimension, *, slot: str = "slot") -> Groups:
        """The groups of all rows."""
        if (by, slot) not in self.made:
            found = self._periods(by) if by in PERIODS else group_loosely(self._keys(by, slot))
            self.made[by, slot] = Groups([LABELS[by](int(label)) for label in found.labels], found.codes)
        made: Groups = self.made[by, slot]
        return made

    def _keys(self, by: Dimension, slot: str) -> Array:
        if by in IN_ROWS:
            column = self[IN_ROWS[by]]
            return self.places.regions.take(column) if by is Dimension.REGION else column
        return SLOTS[by](self[slot])

    @cached_property
    def _asked(self) -> frozenset[str]:
        """Columns by which the reader narrows."""
        filters = self.filters
        asked = {
            "store": not self.viewer.scope.is_everything or filters.has_place,
            "channel": filters.channel,
            "reason": filters.reason_id,
            "agent": filters.agent_id,
        }
        return (
            frozenset(name for name, value in asked.items() if value) & LAYOUTS[self.subject].columns.keys()
        )

    def _tests(self) -> list[Callable[[Mapping[str, Array]], Array]]:
        filters, scope, known = self.filters, self.viewer.scope, LAYOUTS[self.subject].columns
        tests: list[Callable[[Mapping[str, Array]], Array]] = []
        if not scope.is_everything:
            tests.append(lambda of: np.isin(of["store"], list(scope.store_ids)))
        if filters.store_id:
            tests.append(lambda of: of["store"] == filters.store_id)
        if filters.store_ids:
            tests.append(lambda of: np.isin(of["store"], list(filters.store_ids)))
        if filters.region_id:
            inside = [row.id for row in self.places.stores if row.region_id == filters.region_id]
            tests.append(lambda of: np.isin(of["store"], inside))
        if filters.channel and "channel" in known:
            code = code_of(CHANNELS, filters.channel)
            tests.append(lambda of: of["channel"] == code)
        if filters.reason_id and "reason" in known:
            reasons = list(reasons_of(filters))
            tests.append(lambda of: np.isin(of["reason"], reasons))
        if filters.agent_id and "agent" in known:
            tests.append(lambda of: of["agent"] == filters.agent_id)
        return tests

    def _periods(self, by: Dimension) -> Groups:
        """Days of one period follow each other, so that no row is looked at."""
        self.need([])
        if self._block is None:
            return Groups([], np.zeros(0, dtype=np.int16))
        begins = [begin_of_period(day, by).toordinal() for day in self._block.days]
        found = group(np.array(begins, dtype=np.int32))
        return Groups(found.labels, self._chosen(np.repeat(found.codes, self._block.lengths)))

    def ordinals(self) -> Array:
        """The day of each row, as the count of days since year 1."""
        self.need([])
        return (
            self._chosen(self._block.ordinals()) if self._block is not None else np.zeros(0, dtype=np.int32)
        )

    def count_until(self, last: date) -> int:
        """Rows of its first days, up to this one."""
        self.need([])
        if self._block is None:
            return 0
        count = self._block.count_until(last)
        return count if self._mask is None else int(np.count_nonzero(self._mask[:count]))

    def _chosen(self, column: Array) -> Array:
        return column if self._mask is None else column.compress(self._mask)


class FirstDays(Frame):
    """Those rows of a frame that are of its days up to the end of `filters`: its rows are in the order of days."""

    def __init__(self, all_days: Frame, filters: Filters) -> None:
        super().__init__(all_days.subject, filters, all_days.viewer, all_days.places)
        self._all_days = all_days
        self._reading = object()
        """Stands in `made` of all days for this reading of them; the frame itself there would hold both for ever."""

    def need(self, names: Iterable[str]) -> None:
        self._all_days.need(names)
        if self._reading not in self._all_days.made:
            self.made.clear()
            self._all_days.made[self._reading] = self._all_days.count_until(self.filters.until_on)

    def __getitem__(self, name: str) -> Array:
        return self._all_days[name][: self._length]

    @property
    def _length(self) -> int:
        self.need([])
        length: int = self._all_days.made[self._reading]
        return length

    def groups(self, by: Dimension, *, slot: str = "slot") -> Groups:
        found = self._all_days.groups(by, slot=slot)
        return Groups(found.labels, found.codes[: self._length])

    def ordinals(self) -> Array:
        return self._all_days.ordinals()[: self._length]


def read_frames(asked: Iterable[tuple[Frame, Iterable[str]]]) -> None:
    """What these frames need and do not have yet, of all of them in one statement."""
    wanted: dict[Frame, set[str]] = {}
    for frame, names in asked:
        wanted.setdefault(frame, set()).update(names)
    lacking = {frame: names for frame, each in wanted.items() if (names := frame.lacking(each))}
    if lacking:
        blocks = read_together([frame.wanted(names) for frame, names in lacking.items()])
        for frame, block in zip(lacking, blocks, strict=True):
            frame.take(block)
