"""A figure as every reader gets it: of which group, how large, of how many, and how sure. Pure."""

from dataclasses import dataclass
from datetime import date

from hub.core.words import Channel

Group = int | date | Channel | str | tuple[int, int] | None
"""An id (None: the central queue, no reason, nobody), a channel, a first day, an hour, (weekday, hour), how a wait ended."""


@dataclass(frozen=True)
class Figure:
    """`value` is None of nothing; `count`: of how many it is; `low` and `high` at 95 %, where chance is in it."""

    group: Group
    value: float | None
    count: int
    low: float | None = None
    high: float | None = None
