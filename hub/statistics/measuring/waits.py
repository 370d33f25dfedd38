"""Waits of a frame by group: how many, how long, within their target, dropped. Imports numpy."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from hub.core.intervals import wilson
from hub.statistics.columns.layouts import FIRST_DROP, PASSED_ON, REPLIED
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.frames import Frame, column_of
from hub.statistics.measuring.numbers import (
    Groups,
    count_by,
    only,
    ordered,
    quantile,
    quantile_interval,
)
from hub.statistics.words import Dimension

Array = NDArray[Any]
OF_ONE_STORE = frozenset({Dimension.STORE, Dimension.REGION, Dimension.AGENT})
"""Broken down by these, each is charged its own share of a wait that transfers cut."""


@dataclass(frozen=True)
class Charged:
    """Waits that ended, with the seconds and the target that somebody is charged: the chain the whole wait, a store its share.

    `known` are the rows with known hours; `seconds` and `in_time` are of these only.
    """

    groups: Groups
    is_reply: Array
    known: Groups
    seconds: Array
    in_time: Array


def is_of_chain(frame: Frame) -> bool:
    """A person is charged what the person's store is, in each breakdown and alone."""
    is_narrowed = frame.filters.has_place or frame.filters.agent_id is not None
    return frame.viewer.scope.is_everything and not is_narrowed


def columns_of_waits(frame: Frame, by: Dimension | None) -> set[str]:
    """What `charge` reads."""
    whole = whole_of(frame, by)
    return {"end", f"{whole}seconds", f"{whole}target", *column_of(by, f"{whole}slot")}


def whole_of(frame: Frame, by: Dimension | None) -> str:
    """How the columns begin of which somebody is charged: the customer's whole wait, or a share of it."""
    return "whole_" if is_of_chain(frame) and by not in OF_ONE_STORE else ""


def charge(frame: Frame, by: Dimension | None) -> Charged:
    frame.need(columns_of_waits(frame, by))
    if ("charged", by) not in frame.made:
        frame.made["charged", by] = _charge(frame, by)
    made: Charged = frame.made["charged", by]
    return made


def _charge(frame: Frame, by: Dimension | None) -> Charged:
    whole, end = whole_of(frame, by), frame["end"]
    rows = end == REPLIED if whole or by is Dimension.AGENT else end <= PASSED_ON
    groups = frame.group(by, rows, slot=f"{whole}slot")
    seconds, target = (frame[f"{whole}{name}"].compress(rows) for name in ("seconds", "target"))
    is_known = seconds >= 0
    return Charged(
        groups=groups,
        is_reply=end.compress(rows) == REPLIED,
        known=only(groups, is_known),
        seconds=seconds.compress(is_known),
        in_time=(seconds <= target).compress(is_known),
    )


def find_quantiles(frame: Frame, by: Dimension | None, share: float) -> list[Figure]:
    of = charge(frame, by)
    found = zip(of.known.labels, ordered(of.seconds, of.known), strict=True)
    return [quantile_figure(label, seconds, share) for label, seconds in found]


def quantile_figure(label: Group, values: Array, share: float) -> Figure:
    sure = quantile_interval(values, share)
    ends = (sure.low, sure.high) if sure else (None, None)
    return Figure(label, quantile(values, share), len(values), *ends)


def share_figures(of: Groups, chosen: Array) -> list[Figure]:
    """The share of the chosen rows in each group, with its interval."""
    figures = []
    for label, count, total in zip(of.labels, count_by(only(of, chosen)), count_by(of), strict=True):
        sure = wilson(count, total)
        figures.append(
            Figure(label, sure.value, total, sure.low, sure.high) if sure else Figure(label, None, 0)
        )
    return figures


def count_figures(of: Groups) -> list[Figure]:
    return [Figure(label, count, count) for label, count in zip(of.labels, count_by(of), strict=True)]


def find_within_target(frame: Frame, by: Dimension | None) -> list[Figure]:
    of = charge(frame, by)
    return share_figures(of.known, of.in_time)


def count_replies(frame: Frame, by: Dimension | None) -> list[Figure]:
    if by is None:
        frame.need({"end"})
        count = int((frame["end"] == REPLIED).sum())
        return [Figure(None, count, count)]
    of = charge(frame, by)
    return count_figures(only(of.groups, of.is_reply))


def count_dropped(frame: Frame, by: Dimension | None) -> list[Figure]:
    frame.need({"end", *column_of(by)})
    return count_figures(frame.group(by, frame["end"] >= FIRST_DROP))


def find_dropped_share(frame: Frame, by: Dimension | None) -> list[Figure]:
    """Of all waits that ended here: a share that was passed on has not."""
    frame.need({"end", *column_of(by)})
    rows = frame["end"] != PASSED_ON
    return share_figures(frame.group(by, rows), frame["end"].compress(rows) >= FIRST_DROP)
