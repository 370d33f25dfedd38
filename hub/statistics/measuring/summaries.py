"""All that the page of response times says of each group of waits, found with one sort a breakdown. Imports numpy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.statistics.columns.layouts import PASSED_ON, REPLIED
from hub.statistics.measuring.figures import Group
from hub.statistics.measuring.frames import Frame
from hub.statistics.measuring.numbers import Groups, narrow, quantile
from hub.statistics.measuring.waits import columns_of_waits, whole_of
from hub.statistics.rows import NO_WAITS, Waits
from hub.statistics.rules import BUCKETS_SECONDS
from hub.statistics.words import Dimension

Array = NDArray[Any]
FLAGS, IS_REPLY, IS_TIMELY = 2, 1, 2
"""Below the seconds of a packed wait: whether it was within its target, and whether it ended with a reply."""


@dataclass(frozen=True)
class Packed:
    """Each row of a frame as a number of `width` bits: its seconds, then the two flags.

    `unknown` stands in place of seconds that nobody knows: longer than all. `others` are rows that nobody is charged.
    """

    values: Array
    width: int
    unknown: int
    others: Array | None


@dataclass(frozen=True)
class Sorted:
    """The charged rows, group by group, from short to long: group n begins at `begins[n]`, what is unknown of it at `ends[n]`."""

    labels: list[Any]
    keys: Array
    seconds: Array
    begins: Array
    ends: Array


def summarise(frame: Frame, by: Dimension | None = None) -> list[tuple[Group, Waits]]:
    """Groups without a charged row are left out; all rows together are a group in any case."""
    of = _sorted(frame, by)
    if not len(of.keys):
        return [] if by else [(None, NO_WAITS)]
    begins, ends = of.begins.tolist(), of.ends.tolist()
    return [
        (label, _waits(of.keys[begins[place] : begins[place + 1]], of.seconds[begins[place] : ends[place]]))
        for place, label in enumerate(of.labels)
    ]


def _waits(keys: Array, seconds: Array) -> Waits:
    """Of one group: its packed rows, and the seconds that are known, from short to long."""
    count, in_time = (int(np.count_nonzero(keys & flag)) for flag in (IS_REPLY, IS_TIMELY))
    measured, total = len(seconds), int(seconds.sum(dtype=np.int64))
    return Waits(
        count=count,
        measured_count=measured,
        median_seconds=quantile(seconds, 0.5),
        p90_seconds=quantile(seconds, 0.9),
        mean_seconds=total / measured if measured else None,
        target_share=in_time / measured if measured else None,
    )


def find_distribution(frame: Frame) -> tuple[int, ...]:
    """How many waits ended within each step of BUCKETS_SECONDS."""
    of = _sorted(frame, None)
    known = of.seconds[: int(of.ends[0])]
    edges = np.searchsorted(known, np.array(BUCKETS_SECONDS))
    return tuple(np.diff(edges, prepend=0, append=len(known)).tolist())


def _sorted(frame: Frame, by: Dimension | None) -> Sorted:
    frame.need(columns_of_waits(frame, by))
    if ("sorted", by) not in frame.made:
        whole = whole_of(frame, by)
        groups = frame.groups(by, slot=f"{whole}slot") if by else Groups([None], np.zeros(1, dtype=np.int16))
        frame.made["sorted", by] = _sort(groups, _packed(frame, whole, by))
    made: Sorted = frame.made["sorted", by]
    return made


def _sort(groups: Groups, of: Packed) -> Sorted:
    """Rows that nobody is charged are sorted behind all groups, and left there."""
    kind = narrow(of.width + groups.count.bit_length())
    keys = (groups.codes.astype(kind) << kind(of.width)) | of.values.astype(kind, copy=False)
    if of.others is not None:
        np.putmask(keys, of.others, groups.count << of.width)
    keys.sort()
    firsts = np.arange(groups.count + 1, dtype=kind) << kind(of.width)
    begins = np.searchsorted(keys, firsts)
    ends = np.searchsorted(keys, firsts[:-1] | kind(of.unknown << FLAGS))
    has_rows = begins[1:] > begins[:-1]
    if groups.count == 1:
        has_rows[:] = True
    keys = keys[: begins[-1]]
    seconds = (keys >> kind(FLAGS)) & kind((1 << of.width - FLAGS) - 1)
    labels = [label for label, has in zip(groups.labels, has_rows.tolist(), strict=True) if has]
    return Sorted(labels, keys, seconds, np.append(begins[:-1][has_rows], begins[-1]), ends[has_rows])


def _packed(frame: Frame, whole: str, by: Dimension | None) -> Packed:
    """Of the chain, and by person, who answered is charged; a store also for what it passed on."""
    is_replied = bool(whole) or by is Dimension.AGENT
    if ("packed", whole, is_replied) not in frame.made:
        end, seconds, target = frame["end"], frame[f"{whole}seconds"], frame[f"{whole}target"]
        charged = end == REPLIED if is_replied else end <= PASSED_ON
        frame.made["packed", whole, is_replied] = _pack(seconds, target, end == REPLIED, charged)
    made: Packed = frame.made["packed", whole, is_replied]
    return made


def _pack(seconds: Array, target: Array, is_reply: Array, is_charged: Array) -> Packed:
    unknown = int(seconds.max(initial=0)) + 1
    width = unknown.bit_length() + FLAGS
    kind = narrow(width)
    is_known = seconds >= 0
    values = seconds.astype(kind)
    np.putmask(values, ~is_known, unknown)
    values <<= kind(FLAGS)
    values |= ((seconds <= target) & is_known).astype(kind) << kind(1)
    values |= is_reply
    return Packed(values, width, unknown, None if is_charged.all() else ~is_charged)
