"""Which rows of the day columns a clicked figure is made of: how many, of which days, and of which tickets. Imports numpy."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.core.words import Channel
from hub.staff.rules import Viewer
from hub.statistics.clicks import SOLVED, SOLVED_ALONE, WAITS, Clicked
from hub.statistics.columns.layouts import (
    ALONE,
    CHANNELS,
    COUNTS,
    DROPS,
    FIRST_DROP,
    NOBODY,
    PASSED_ON,
    REPLIED,
    ROUTES,
    code_of,
)
from hub.statistics.measuring.frames import Frame
from hub.statistics.measuring.helped import OF_HELP, could_have_help
from hub.statistics.measuring.ratings import ASKED, OF_RATINGS
from hub.statistics.measuring.routes import OF_ROUTES
from hub.statistics.measuring.tickets import FIRST, LAST
from hub.statistics.measuring.waits import is_of_chain
from hub.statistics.rules import BUCKETS_SECONDS, Filters
from hub.statistics.words import Subject

Array = NDArray[Any]
DAY_HOURS = 24
ENOUGH = 500
"""Rows among which a page of those is found that a reader may open."""


@dataclass(frozen=True)
class Found:
    """`count` rows; those from `first` to `last` are enough for a page. `ticket_ids` of all, None when they are more than were asked for."""

    count: int
    first: date
    last: date
    ticket_ids: list[int] | None


def find_clicked(
    filters: Filters, clicked: Clicked, *, viewer: Viewer, most: int, until: date | None
) -> Found | None:
    """None of a figure that is not made of columns. `until`: the day on which the page before ended."""
    for subject, measures, choose in (
        (Subject.WAITS, WAITS, _waits),
        (Subject.WAITS, {"dropped"}, _dropped),
        (Subject.SOLUTIONS, SOLVED, _solved),
        (Subject.SOLUTIONS, {SOLVED_ALONE}, _alone),
        (Subject.TICKETS, {"tickets"}, _tickets),
        (Subject.ROUTES, {"routed", "reroute_rate", "unattributed"}, _routed),
        (Subject.RATINGS, {"ticket_csat"}, _rated),
    ):
        if clicked.measure in measures:
            frame = Frame(subject, filters, viewer)
            return _found(frame, np.flatnonzero(choose(frame, clicked)), most, until)
    return None


def _found(frame: Frame, places: Array, most: int, until: date | None) -> Found:
    filters, count = frame.filters, len(places)
    if not count:
        return Found(0, filters.since_on, filters.until_on, [])
    if count <= most:
        first, last = _days(frame, places[[0, -1]])
        return Found(count, first, last, np.unique(frame["ticket"].take(places)).tolist())
    before = np.searchsorted(places, frame.count_until(until)) if until else count
    first, last = _days(frame, places[[max(0, int(before) - ENOUGH), max(0, int(before) - 1)]])
    return Found(count, first, last, None)


def _days(frame: Frame, places: Array) -> list[date]:
    return [date.fromordinal(day) for day in frame.ordinals().take(places).tolist()]


def _waits(frame: Frame, clicked: Clicked) -> Array:
    whole = "whole_" if is_of_chain(frame) and not clicked.is_central else ""
    seconds, target = f"{whole}seconds", f"{whole}target"
    frame.need({"ticket", "end", seconds, target, *_needs(clicked, f"{whole}slot")})
    is_reply = whole or clicked.measure in {"waits", "first_contact"}
    rows: Array = frame["end"] == REPLIED if is_reply else frame["end"] <= PASSED_ON
    rows &= _of_part(frame, clicked, f"{whole}slot")
    if clicked.measure == "first_contact":
        rows &= frame["channel"] == code_of(CHANNELS, Channel.SURVEY)
    if clicked.measure in {"waits", "first_contact"}:
        return rows
    rows &= frame[seconds] >= 0
    if clicked.bucket is not None:
        rows &= np.searchsorted(np.array(BUCKETS_SECONDS), frame[seconds], side="right") == clicked.bucket
    if clicked.is_part:
        rows &= frame[seconds] > frame[target]
    return rows


def _dropped(frame: Frame, clicked: Clicked) -> Array:
    frame.need({"ticket", "end"})
    end = frame["end"]
    rows: Array = end == FIRST_DROP + DROPS.index(clicked.drop) if clicked.drop else end >= FIRST_DROP
    return rows


def _solved(frame: Frame, clicked: Clicked) -> Array:
    frame.need({"ticket", "is_last", "is_back"})
    rows: Array = frame["is_last"] == (LAST if clicked.measure == "last_resolution" else FIRST)
    if clicked.measure == "reopened" and clicked.is_part:
        rows &= frame["is_back"] > 0
    return rows


def _alone(frame: Frame, clicked: Clicked) -> Array:
    frame.need({"ticket", *OF_HELP})
    rows = could_have_help(frame)
    rows &= _of_part(frame, clicked, "slot")
    if clicked.is_part:
        rows &= frame["help"] == ALONE
    return rows


def _tickets(frame: Frame, clicked: Clicked) -> Array:
    frame.need({"ticket", "fate", *_needs(clicked, "slot")})
    rows: Array = frame["fate"] == COUNTS
    rows &= _of_part(frame, clicked, "slot")
    return rows


def _routed(frame: Frame, clicked: Clicked) -> Array:
    frame.need({"ticket", *OF_ROUTES})
    is_central: Array = frame["store"] == NOBODY
    rows: Array = is_central if clicked.measure == "unattributed" else ~is_central
    if clicked.source:
        rows &= frame["source"] == code_of(ROUTES, clicked.source)
    if clicked.is_part:
        rows &= frame["is_moved"] > 0
    return rows


def _rated(frame: Frame, clicked: Clicked) -> Array:
    frame.need({"ticket", *OF_RATINGS})
    score = frame["score"]
    rows: Array = score == clicked.score if clicked.score else score != ASKED
    return rows


def _needs(clicked: Clicked, slot: str) -> set[str]:
    asked = {
        "store": clicked.is_central,
        "reason": clicked.has_no_reason or clicked.is_bare_reason,
        "channel": clicked.measure == "first_contact",
        slot: clicked.weekday is not None or clicked.hour is not None,
    }
    return {name for name, is_asked in asked.items() if is_asked}


def _of_part(frame: Frame, clicked: Clicked, slot: str) -> Array:
    """Of the central queue, the bare reason, the weekday and the hour."""
    rows = np.ones(len(frame["ticket"]), dtype=bool)
    if clicked.is_central:
        rows &= frame["store"] == NOBODY
    if clicked.has_no_reason:
        rows &= frame["reason"] == NOBODY
    elif clicked.is_bare_reason and frame.filters.reason_id:
        rows &= frame["reason"] == frame.filters.reason_id
    if clicked.weekday is not None:
        rows &= frame[slot] // DAY_HOURS == clicked.weekday - 1
    if clicked.hour is not None:
        rows &= frame[slot] % DAY_HOURS == clicked.hour
    return rows
