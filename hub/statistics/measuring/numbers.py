"""Groups, exact quantiles and distributions of columns. Pure; imports numpy, so it is imported where it is used."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.core.intervals import Z95, Interval

Array = NDArray[Any]
LARGEST_TABLE = 1 << 22
"""Keys up to this are counted in a table, without being sorted."""
FEW = 1 << 10
"""Keys below this stay as they are: ten bits beside the seconds of a wait, which is thirty-two in most chains."""
SHORT = 1 << 15
"""So few groups are told apart by two bytes, which are ordered in the time it takes to look at them."""

HALF = 32


@dataclass(frozen=True)
class Groups:
    """`labels` in their order; `codes`: of each row the place of its label."""

    labels: Sequence[Any]
    codes: Array

    @property
    def count(self) -> int:
        return len(self.labels)


def group(keys: Array) -> Groups:
    """The different keys, none of them negative."""
    if len(keys) and int(keys.max()) < LARGEST_TABLE:
        found = np.flatnonzero(np.bincount(keys))
        kind = np.int16 if len(found) < SHORT else np.int32
        table = np.zeros(int(found[-1]) + 1, dtype=kind)
        table[found] = np.arange(len(found), dtype=kind)
        return Groups(found.tolist(), table.take(keys))
    found, codes = np.unique(keys, return_inverse=True)
    return Groups(found.tolist(), codes)


def group_loosely(keys: Array) -> Groups:
    """The same in a moment where keys are small: they are their own codes, and some groups have no rows."""
    largest = int(keys.max(initial=0))
    return Groups(range(largest + 1), keys) if largest < FEW else group(keys)


def all_of(count: int) -> Groups:
    """One group of all rows."""
    return Groups([None], np.zeros(count, dtype=np.int32))


def ordered(values: Array, groups: Groups) -> list[Array]:
    """The values of each group, from small to large. Whole numbers are sorted once for all groups together."""
    if groups.count <= 1:
        return [np.sort(values)][: groups.count]
    ends = np.cumsum(np.bincount(groups.codes, minlength=groups.count))[:-1]
    if values.dtype.kind == "i":
        width = int(values.max(initial=0)).bit_length()
        kind = narrow(width + groups.count.bit_length())
        keys = np.sort((groups.codes.astype(kind) << kind(width)) | values.astype(kind))
        return np.split(keys & kind((1 << width) - 1), ends)
    codes = groups.codes.astype(np.uint16) if groups.count <= SHORT else groups.codes
    return [np.sort(part) for part in np.split(values.take(np.argsort(codes, kind="stable")), ends)]


def narrow(bits: int) -> Any:
    """Keys of so many bits are sorted in half the time where four bytes hold them."""
    return np.uint32 if bits <= HALF else np.uint64


def quantile(values: Array, share: float) -> float | None:
    """Of ordered values, by straight line between two of them, as `percentile_cont` says it. None of no values."""
    if not len(values):
        return None
    place = share * (len(values) - 1)
    below, above = float(values[math.floor(place)]), float(values[math.ceil(place)])
    return below + (place - math.floor(place)) * (above - below)


def quantile_interval(values: Array, share: float) -> Interval | None:
    """At 95 % and free of any assumed shape: the ordered values between which the quantile lies (binomial, normal limit).

    None where there are too few values for both ends.
    """
    spread = Z95 * math.sqrt(len(values) * share * (1 - share))
    first, last = math.floor(len(values) * share - spread), math.ceil(len(values) * share + spread)
    value = quantile(values, share)
    if value is None or first < 1 or last > len(values):
        return None
    return Interval(float(values[first - 1]), value, float(values[last - 1]))


def only(groups: Groups, rows: Array) -> Groups:
    """The same groups of some of the rows; a group may then have none."""
    return groups if rows.all() else Groups(groups.labels, groups.codes.compress(rows))


def used(groups: Groups) -> Groups:
    """Without those that have no rows."""
    if np.bincount(groups.codes, minlength=groups.count).all():
        return groups
    found = group(groups.codes)
    return Groups([groups.labels[place] for place in found.labels], found.codes)


def count_by(groups: Groups) -> list[int]:
    """How many rows each group has."""
    return [int(count) for count in np.bincount(groups.codes, minlength=groups.count)]


def count_each(values: Array) -> tuple[Array, Array]:
    """The different values in their order, and how often each is there; `numpy.unique` copies once more."""
    in_order = np.sort(values)
    lasts = np.flatnonzero(np.append(in_order[1:] != in_order[:-1], np.ones(min(len(values), 1), dtype=bool)))
    return in_order[lasts], np.diff(lasts, prepend=-1)


def distribute(values: Array, edges: Sequence[int]) -> tuple[int, ...]:
    """How many values lie below each edge and not below the one before; the last ones are above them all."""
    places = np.searchsorted(np.array(edges), values, side="right")
    return tuple(int(count) for count in np.bincount(places, minlength=len(edges) + 1))
