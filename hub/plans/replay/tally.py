"""Counts what a replay did: the door out in place of the outbox. Tables of plain numbers that can be added up."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.outbox.words import BlockReason
from hub.plans.replay.passages import Letter, Walk
from hub.plans.replay.words import Table
from hub.plans.walking import Decision
from hub.plans.words import Arm, ExitReason, StepOutcome

Tables = Mapping[str, Mapping[str, int]]


class Tally:
    """`time_zone` is the chain's: its days are counted."""

    def __init__(self, time_zone: str, tables: Tables | None = None) -> None:
        self._zone = ZoneInfo(time_zone)
        self.tables: dict[str, Counter[str]] = {
            table.value: Counter((tables or {}).get(table, {})) for table in Table
        }

    def as_json(self) -> dict[str, dict[str, int]]:
        return {name: dict(counts) for name, counts in self.tables.items() if counts}

    def add(self, table: Table, *key: str, count: int = 1) -> None:
        self.tables[table]["|".join(key)] += count

    def entered(self, walk: Walk, at: datetime) -> None:
        self.add(Table.ENTERED, self._day(at), walk.arm)

    def caught_up(self, walk: Walk) -> None:
        """It entered because the plan looks back as it begins."""
        self.add(Table.CAUGHT_UP, walk.arm)

    def ran(self, walk: Walk, decision: Decision, at: datetime) -> None:
        """A step has had its outcome, or its passage waits at it."""
        del at
        key = walk.step_key or ""
        if decision.wait and decision.wait is not walk.wait:
            self.add(Table.WAITED, key, decision.wait)
        if decision.outcome:
            self.add(Table.RAN, key, decision.outcome)
        if decision.outcome in {StepOutcome.SKIPPED, StepOutcome.EXPIRED}:
            self.add(Table.SKIPPED, key, decision.reason or "")

    def sent(self, letter: Letter, at: datetime) -> None:
        self.add(Table.SENT, self._day(at), letter.step.key)
        if letter.walk.arm is Arm.CONTROL:
            self.add(Table.TO_CONTROL, letter.step.key)

    def moved(self, letter: Letter, reason: BlockReason, at: datetime) -> None:
        """The gate made it wait: each reason once a message."""
        del at
        if reason not in letter.moved:
            letter.moved.add(reason)
            self.add(Table.MOVED, letter.step.key, reason)

    def unsent(self, letter: Letter, reason: str, at: datetime) -> None:
        del at
        self.add(Table.UNSENT, letter.step.key, reason)

    def ended(self, walk: Walk, reason: ExitReason, at: datetime) -> None:
        del walk, at
        self.add(Table.ENDED, reason)

    def went_back(self, walk: Walk, reason: ExitReason) -> None:
        """A passage that had ended goes on: its customer answered, or things got worse for him."""
        del walk
        self.add(Table.ENDED, reason, count=-1)

    def _day(self, at: datetime) -> str:
        return at.astimezone(self._zone).date().isoformat()
