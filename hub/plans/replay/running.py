"""Runs passages through the past: the walk of the live engine, with a tally in place of the outbox."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.customers.queries import CustomerRow
from hub.plans import rules
from hub.plans.entering import let_in, subject_of
from hub.plans.gather import is_first_question
from hub.plans.gather import subject_of as inside
from hub.plans.looking.asked import LookUp, Subject, World
from hub.plans.looking.table import look_up
from hub.plans.replay.doors import Doors, Due, Effect
from hub.plans.replay.endings import note_ends
from hub.plans.replay.gate import Gate
from hub.plans.replay.mailing import Mailing
from hub.plans.replay.occurrences import churn_silence
from hub.plans.replay.passages import (
    Agenda,
    Answering,
    Ending,
    Entering,
    Event,
    Letter,
    Sending,
    Stepping,
    Walk,
    Worsening,
)
from hub.plans.replay.past import Entries, Past
from hub.plans.replay.places import Given, Places
from hub.plans.replay.reactions import Reactions, look_ups_of
from hub.plans.replay.scores import CALL
from hub.plans.replay.scripts import Script
from hub.plans.replay.tally import Tally
from hub.plans.turning import can_turn, turned
from hub.plans.walking import Decision, advance, decide
from hub.plans.words import ANSWERABLE, Anchor, Arm, Ask, ExitReason, Trigger, Wait

DAY = timedelta(days=1)


class Running:
    """The passages of some customers, from the first that enters to the end of the time."""

    def __init__(
        self,
        script: Script,
        *,
        world: World,
        zones: Mapping[int, str],
        past: Past,
        gate: Gate,
        doors: Doors,
        reactions: Reactions,
        tally: Tally,
    ) -> None:
        self._script = script
        self._definition = script.definition
        self._world = world
        self._zones = zones
        self._past = past
        self._doors = doors
        self._tally = tally
        self._agenda = Agenda(script.until)
        self._mailing = Mailing(
            script.definition, past, gate, doors=doors, reactions=reactions, tally=tally, agenda=self._agenda
        )
        self._letters: dict[int, Letter] = {}
        self._look_ups: Mapping[Ask, LookUp] = look_ups_of(reactions, self._letters, past.asked, past.falls)
        self._walks: dict[tuple[int, str], Walk] = {}
        self._places = Places(script, self._agenda)
        self._count = 0

    def run(self, entries: Sequence[Entering]) -> Iterator[datetime]:
        """Let everybody in at his time, and all happen that follows. Tells the end of each day that it goes through."""
        for entry in entries:
            self._agenda.add(entry.at, entry)
        for at, worsening in self._list_worse():
            self._agenda.add(at, worsening)
        while (first := self._agenda.next_at()) is not None:
            end = self._day_after(first)
            while self._go_on(end):
                pass
            if end is not None:
                yield end

    def _go_on(self, end: datetime | None) -> bool:
        """A round; when everybody waits for a place or the next day, the places that are given next."""
        if happening := self._agenda.take(end):
            self._happen(happening)
        elif given := self._places.give():
            self._take_effect(given)
        else:
            return False
        return True

    def _list_worse(self) -> list[tuple[datetime, Worsening]]:
        """As the live engine is told of the second threshold."""
        return [
            (fall.at, Worsening(customer_id, churn_silence(fall.last_order_on).entry_key))
            for customer_id, falls in self._past.falls.items()
            for fall in falls
            if fall.level == CALL and fall.at >= self._script.since
        ]

    def _happen(self, happening: Sequence[tuple[datetime, Event]]) -> None:
        works: tuple[tuple[type[Any], Callable[[list[Any]], None]], ...] = (
            (Ending, self._end),
            (Answering, self._answer),
            (Worsening, self._turn),
            (Entering, self._enter),
            (Stepping, self._step),
            (Sending, self._mailing.send),
        )
        for kind, work in works:
            if mine := [(at, event) for at, event in happening if isinstance(event, kind)]:
                work(mine)

    def _day_after(self, at: datetime) -> datetime | None:
        """A plan with a daily limit goes on day by day, as its passages compete for places."""
        if self._definition.daily_limit is None:
            return None
        zone = ZoneInfo(self._script.time_zone)
        return datetime.combine(at.astimezone(zone).date() + DAY, time(), zone)

    def _enter(self, entering: list[tuple[datetime, Entering]]) -> None:
        known = [(at, each) for at, each in entering if self._may_enter(at, each)]
        subjects = [
            subject_of(self._definition, each.newcomer, self._zones[each.customer_id], at)
            for at, each in known
        ]
        if not known:
            return
        are_in = let_in(self._definition, subjects, self._world, self._look_ups)
        begun = [self._begin(at, each) for (at, each), is_in in zip(known, are_in, strict=True) if is_in]
        pairs = [(walk, self._seen(walk, walk.entered_at)) for walk in begun]
        note_ends(pairs, self._definition, self._world.orders, until=self._script.until)
        for walk in begun:
            for reason, at in walk.ends.items():
                if self._definition.find_exit(reason):
                    self._agenda.add(max(at, walk.entered_at), Ending(walk, reason))
            self._tally.entered(walk, walk.entered_at)
            self._agenda.wait_for_step(walk, walk.entered_at)

    def _may_enter(self, at: datetime, entering: Entering) -> bool:
        """Known, not erased, not with this key before, and not within the cool-down."""
        row = self._world.customers.get(entering.customer_id)
        if row is None or row.is_erased:
            return False
        mine = self._past.entries.setdefault(entering.customer_id, Entries())
        hours = self._definition.entry.cooldown_hours
        is_resting = bool(hours and mine.last_at and mine.last_at > at - timedelta(hours=hours))
        return entering.newcomer.entry_key not in mine.keys and not is_resting

    def _begin(self, at: datetime, entering: Entering) -> Walk:
        each, script = entering.newcomer, self._script
        mine = self._past.entries[each.customer_id]
        mine.arm = mine.arm if mine.arm and script.control_percent else self._draw(each.customer_id)
        mine.keys.add(each.entry_key)
        mine.last_at = at
        zone = self._zones[each.customer_id]
        begin = rules.begin(each.anchor_at, each.values, time_zone=zone, chain_zone=script.time_zone)
        days = rules.spread(script.plan_key, each.customer_id, self._definition.spread_days)
        anchor_at, values = rules.put_off(*begin, days=days, time_zone=zone)
        first = self._definition.steps[0]
        self._count += 1
        walk = Walk(
            number=self._count,
            customer_id=each.customer_id,
            entry_key=each.entry_key,
            arm=mine.arm,
            entered_at=at,
            anchor_at=anchor_at,
            time_zone=zone,
            values=dict(values),
            step_key=first.key,
            due_at=rules.due_of(first, anchor_at, values, time_zone=zone),
        )
        self._walks[walk.customer_id, walk.entry_key] = walk
        if entering.is_caught_up:
            self._tally.caught_up(walk)
        return walk

    def _draw(self, customer_id: int) -> Arm:
        row: CustomerRow = self._world.customers[customer_id]
        who = rules.household_of(row.street, row.postcode) or customer_id
        return rules.draw_arm(self._script.plan_key, who, self._script.control_percent)

    def _seen(self, walk: Walk, at: datetime) -> Subject:
        return inside(walk.position(self._definition, frozenset()), now=at)

    def _end(self, ending: list[tuple[datetime, Ending]]) -> None:
        for at, each in ending:
            self._leave(each.walk, each.reason, at)

    def _leave(self, walk: Walk, reason: ExitReason, at: datetime) -> None:
        walk.exit_reason, walk.step_key, walk.due_at, walk.wait = reason, None, None, None
        self._tally.ended(walk, reason, at)
        mine = self._past.entries[walk.customer_id]
        if mine.last_at == walk.entered_at and not rules.TOLD_BY & walk.values.keys():
            mine.last_at = None

    def _answer(self, answering: list[tuple[datetime, Answering]]) -> None:
        """An answer leads to the branch that waits for one, also from the end of the path."""
        branch = next(
            (step for step in self._definition.steps if step.is_branch and step.anchor is Anchor.ANSWER), None
        )
        for at, each in answering:
            walk = each.walk
            if branch is None or walk.values.get("branch"):
                continue
            if walk.exit_reason is not None and walk.exit_reason not in ANSWERABLE:
                continue
            if walk.exit_reason is not None:
                self._tally.went_back(walk, walk.exit_reason)
            walk.values = {**walk.values, "branch": branch.key}
            walk.step_key, walk.exit_reason, walk.wait = branch.key, None, None
            walk.due_at = rules.due_moment(at, branch.delay, time_zone=walk.time_zone)
            self._agenda.wait_for_step(walk, at)

    def _turn(self, worsening: list[tuple[datetime, Worsening]]) -> None:
        """Back to the fork that the passage began with, also from its end; see `turning`."""
        for at, each in worsening:
            walk = self._walks.get((each.customer_id, each.entry_key))
            if walk is None or walk.exit_reason not in {None, ExitReason.COMPLETED}:
                continue
            if not can_turn(self._definition, Trigger.CHURN_BELOW, walk.values, walk.ran):
                continue
            if walk.exit_reason is not None:
                self._tally.went_back(walk, walk.exit_reason)
            walk.values = turned(walk.values, walk.anchor_at, walk.ran)
            walk.step_key, walk.exit_reason, walk.wait = self._definition.steps[0].key, None, None
            walk.anchor_at = walk.due_at = at
            self._agenda.wait_for_step(walk, at)

    def _step(self, stepping: list[tuple[datetime, Stepping]]) -> None:
        walks = [(at, each.walk) for at, each in stepping]
        positions = [
            walk.position(self._definition, self._past.held(walk.customer_id, at)) for at, walk in walks
        ]
        asked = [
            (inside(position, now=at), self._definition.questions[position.step.key])
            for (at, _), position in zip(walks, positions, strict=True)
        ]
        known = look_up(asked, self._world, self._look_ups)
        dues = [
            Due(at, walk, position, self._until_free(at, walk, decide(position, knows, at)))
            for (at, walk), position, knows in zip(walks, positions, known, strict=True)
        ]
        self._take_effect([(due, {}) for due in dues if not self._places.take_up(due)])

    def _take_effect(self, given: Sequence[Given]) -> None:
        effects = self._doors.take_effect([due for due, _ in given])
        for (due, kept), effect in zip(given, effects, strict=True):
            if due.position.step.key not in due.walk.ran:  # after a turn back its first outcome stands
                self._tally.ran(due.walk, effect.decision, due.at)
            if effect.decision.outcome:
                due.walk.ran.add(due.position.step.key)
            self._advance(due, effect, kept)

    def _until_free(self, at: datetime, walk: Walk, decision: Decision) -> Decision:
        """A passage that a grievance holds goes on when that is settled, as the live engine is told."""
        if decision.wait is not Wait.GRIEVANCE:
            return decision
        freed_at = self._past.freed_at(walk.customer_id, at)
        return replace(decision, wait_until=freed_at or self._script.until)

    def _advance(self, due: Due, effect: Effect, kept: Mapping[str, Any]) -> None:
        at, walk, position = due.at, due.walk, due.position
        if (letter := effect.letter) is not None:
            letter.number = len(self._letters) + 1
            self._letters[letter.number] = letter
            walk.letters[position.step.key] = letter
            self._agenda.add(at, Sending(letter, is_new=True))
            if is_first_question(position.step):
                self._past.asked.setdefault(walk.customer_id, []).append(at)
        place = advance(position, effect.decision, outbound_id=letter.number if letter else None)
        walk.values = {**place.values, **effect.values, **kept}
        if place.exit_reason:
            self._leave(walk, place.exit_reason, at)
            return
        walk.step_key, walk.due_at, walk.wait = place.step_key, place.due_at, place.wait
        self._agenda.wait_for_step(walk, at)
