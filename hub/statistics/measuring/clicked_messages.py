"""On which days the messages of a clicked figure left, as the day columns count them. Imports numpy."""

from dataclasses import replace
from datetime import date

import numpy as np

from hub.staff.rules import Viewer
from hub.statistics.columns.layouts import PURPOSES, WHATS, code_of
from hub.statistics.measuring.frames import Frame
from hub.statistics.message_clicks import ClickedMessages
from hub.statistics.rules import Filters
from hub.statistics.words import Subject


def count_by_day(filters: Filters, clicked: ClickedMessages, *, viewer: Viewer) -> dict[date, int]:
    """The days that have any, the latest first; reasons and people narrow tickets, and no message."""
    frame = Frame(Subject.MESSAGES, replace(filters, reason_id=None, agent_id=None), viewer)
    asked = {
        "purpose": code_of(PURPOSES, clicked.purpose) if clicked.purpose else None,
        "template": clicked.template_id,
        "plan": clicked.plan_id,
    }
    named = {name: value for name, value in asked.items() if value is not None}
    frame.need({"what", "count", *named})
    rows = np.isin(frame["what"], [WHATS.index(what) + 1 for what in clicked.whats])
    for name, value in named.items():
        rows &= frame[name] == value
    days, places = np.unique(frame.ordinals()[rows], return_inverse=True)
    counts = np.bincount(places, weights=frame["count"][rows], minlength=len(days))
    found = zip(days.tolist(), counts.tolist(), strict=True)
    return {date.fromordinal(day): int(count) for day, count in reversed(list(found))}
