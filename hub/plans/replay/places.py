"""Who gets the places of a day in a replay: in the order of the live engine, whatever round a step was looked at in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from hub.plans.replay.doors import Due
from hub.plans.replay.passages import Agenda, Turn
from hub.plans.replay.scripts import Script
from hub.plans.smoothing import give_place, next_want_at, same_hour, wants_anew
from hub.plans.walking import limited

Given = tuple[Due, Mapping[str, Any]]
"""A step with what its passage remembers of its place."""


class Places:
    """A step that wants a place waits, and its customer with it, until nobody else can come to one before it."""

    def __init__(self, script: Script, agenda: Agenda) -> None:
        self._limit = script.definition.daily_limit
        self._zone = ZoneInfo(script.time_zone)
        self._agenda = agenda
        self._counts: dict[date, int] = {}
        self._waiting: list[tuple[Turn, Due]] = []

    def take_up(self, due: Due) -> bool:
        """Whether the step now waits for a place."""
        turn = due.walk.take_turn(due.at)
        if self._limit is None or not wants_anew(due.position, due.decision, self._day(due)):
            return False
        self._waiting.append((turn, due))
        self._agenda.hold(due.walk.customer_id)
        return True

    def give(self) -> list[Given]:
        """Those whose turn it is, once nothing else can happen this day; after them others may want a place sooner."""
        waiting = sorted(self._waiting, key=itemgetter(0))
        given: list[Given] = []
        horizon: datetime | None = None
        for _, due in waiting:
            if horizon is not None and horizon <= due.at:
                break
            decided = self._give(due)
            given.append(decided)
            ahead = [horizon, self._agenda.top_at(due.walk.customer_id), self._wants_again_at(decided[0])]
            horizon = min((at for at in ahead if at is not None), default=None)
        self._waiting = waiting[len(given) :]
        for due, _ in given:
            self._agenda.release(due.walk.customer_id)
        return given

    def _give(self, due: Due) -> Given:
        today = self._day(due)
        day, kept = give_place(due.position, self._counts, today, self._limit or 0)
        if day != today:
            due = replace(due, decision=limited(same_hour(due.position.due_at, day, self._zone)))
        return due, kept

    def _wants_again_at(self, due: Due) -> datetime | None:
        return next_want_at(due.position, due.decision, due.at)

    def _day(self, due: Due) -> date:
        return due.at.astimezone(self._zone).date()
