"""Messages and pressure of a frame: counts by any columns, customers by how many advertisements they got. Imports numpy."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import Invalid
from hub.core.intervals import wilson
from hub.core.text import N_
from hub.statistics.columns.layouts import CHANNELS, WHATS, code_of
from hub.statistics.columns.reading import read
from hub.statistics.measuring import numbers
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import count_each
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension, Subject

Array = NDArray[Any]
Tally = Mapping[str, int]
BY = frozenset(
    {
        None,
        Dimension.STORE,
        Dimension.REGION,
        Dimension.CHANNEL,
        Dimension.DAY,
        Dimension.WEEK,
        Dimension.MONTH,
    }
)


def tally(frame: Frame, *names: str) -> dict[tuple[int, ...], Tally]:
    """By the values of these columns, how many messages each thing happened to (layouts.WHATS)."""
    frame.need({"what", "count", *names})
    return add_up([frame[name] for name in names], frame["what"], frame["count"])


def tally_by(frame: Frame, by: Dimension) -> dict[Any, Tally]:
    """The same by a dimension, in its order; its groups are what `Group` says of the dimension."""
    frame.need({"what", "count", *column_of(by)})
    groups = frame.group(by, np.ones(len(frame["what"]), dtype=bool))
    found = add_up([groups.codes], frame["what"], frame["count"])
    return {label: found[number,] for number, label in enumerate(groups.labels)}


def add_up(columns: Sequence[Array], whats: Array, counts: Array) -> dict[tuple[int, ...], Tally]:
    """Added up in a table of all combinations, of those that there are where all would be too many."""
    if not len(whats):
        return {}
    parts = [numbers.group(column) for column in (*columns, whats)]
    sizes = [part.count for part in parts]
    keys = np.ravel_multi_index([part.codes for part in parts], sizes)
    if math.prod(sizes) <= numbers.LARGEST_TABLE:
        sums = np.bincount(keys, weights=counts)
        places = np.flatnonzero(sums)
        sums = sums[places]
    else:
        places, inverse = np.unique(keys, return_inverse=True)
        sums = np.bincount(inverse, weights=counts)
    labels = [
        np.array(part.labels)[at].tolist()
        for part, at in zip(parts, np.unravel_index(places, sizes), strict=True)
    ]
    found: dict[tuple[int, ...], dict[str, int]] = defaultdict(dict)
    for *names, what, total in zip(*labels, sums.tolist(), strict=True):
        found[tuple(names)][WHATS[what - 1]] = int(total)
    return dict(found)


def count_what(frame: Frame, by: Dimension | None, what: str) -> list[Figure]:
    """So many messages of each group."""
    return [Figure(group, float(each.get(what, 0)), each.get(what, 0)) for group, each in _groups(frame, by)]


def count_not_sent(frame: Frame, by: Dimension | None) -> list[Figure]:
    """Whatever stopped them for good."""
    counts = [
        (group, sum(number for what, number in each.items() if what.startswith("not_")))
        for group, each in _groups(frame, by)
    ]
    return [Figure(group, count, count) for group, count in counts]


def find_share(frame: Frame, by: Dimension | None, what: Collection[str], of: str) -> list[Figure]:
    """Of the messages of `of` the share that any of these things happened to, with its interval."""
    figures = []
    for group, each in _groups(frame, by):
        found = wilson(sum(each.get(name, 0) for name in what), each.get(of, 0))
        if found:
            figures.append(Figure(group, found.value, each.get(of, 0), found.low, found.high))
    return figures


def _groups(frame: Frame, by: Dimension | None) -> list[tuple[Group, Tally]]:
    if by not in BY or frame.filters.reason_id or frame.filters.agent_id:
        raise Invalid(N_("This figure cannot be asked for like this. Please choose another one."))
    if by is None:
        return [(None, each) for each in tally(frame).values()]
    return list(tally_by(frame, by).items())


def distribute_pressure(filters: Filters, customer_ids: Collection[int] | None, most: int) -> tuple[int, ...]:
    """How many customers got 0, 1, 2, … messages, `most` or more at the end; of everybody the 0 is left open (0).

    `customer_ids`: whose messages count, from whichever store they came.
    """
    found = read(Subject.PRESSURE, filters.since_on, filters.until_on, {"customer", "channel"}).columns
    reached = found["customer"]
    if filters.channel:
        reached = reached.compress(found["channel"] == code_of(CHANNELS, filters.channel))
    customers, counts = count_each(reached)
    if customer_ids is not None:
        mine = np.fromiter(customer_ids, dtype=np.int64, count=len(customer_ids))
        counts = counts[np.isin(customers, mine)]
    bars = np.bincount(np.minimum(counts, most), minlength=most + 1)
    if customer_ids is not None:
        bars[0] = len(customer_ids) - int(bars.sum())
    return tuple(int(bar) for bar in bars)
