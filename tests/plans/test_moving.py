"""Moved to another version: the same step or the next that is left, from its anchor; nothing twice, nothing in a burst."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hub.outbox.words import MessageState
from hub.plans import rules
from hub.plans.definitions import Condition, Definition
from hub.plans.moving.rules import Inside, move
from hub.plans.reading import parse_definition
from hub.plans.walking import Position, Sent, advance, decide
from hub.plans.words import Arm, Skip, StepOutcome
from tests.conftest import TUESDAY
from tests.plans.checking.world import plan, send

ZONE = "Europe/Paris"
DAY = timedelta(days=1)


def read(*steps: dict[str, Any]) -> Definition:
    return parse_definition(plan(*steps, exits=()))


@dataclass
class Life:
    """One passage walked as the engine walks it, without a database: every message leaves as it is posted."""

    definition: Definition
    step_key: str | None
    due_at: datetime
    values: dict[str, Any] = field(default_factory=dict)
    sent: list[tuple[str, datetime]] = field(default_factory=list)
    ran: dict[str, str] = field(default_factory=dict)

    @classmethod
    def enter(cls, definition: Definition) -> "Life":
        first = definition.steps[0]
        return cls(definition, first.key, rules.due_of(first, TUESDAY, {}, time_zone=ZONE))

    def live(self, until: datetime) -> None:
        while self.step_key is not None and self.due_at <= until:
            self.run(max(self.due_at, getattr(self, "now", self.due_at)))

    def run(self, now: datetime) -> None:
        step = self.definition.step(self.step_key or "")
        position = Position(
            customer_id=1, arm=Arm.TREATED, definition=self.definition, step=step, anchor_at=TUESDAY,
            due_at=self.due_at, values=self.values, time_zone=ZONE,
            messages={key: Sent(MessageState.ACCEPTED, at) for key, at in self.sent},
        )  # fmt: skip
        decision = decide(position, _says(step.key), now)
        outbound = None
        if decision.outcome is StepOutcome.POSTED:
            assert step.key not in self.ran, f"{step.key} ran twice"
            self.sent.append((step.key, now))
            self.values = {"first_message_at": now.isoformat()} | self.values
            outbound = len(self.sent)
            position = Position(**{**position.__dict__, "values": self.values})
        if decision.outcome:
            self.ran.setdefault(step.key, f"{decision.outcome} {decision.reason or ''}".strip())
        place = advance(position, decision, outbound_id=outbound)
        self.step_key, self.values = place.step_key, place.values
        self.due_at = place.due_at or self.due_at

    def move(self, new: Definition, now: datetime) -> None:
        assert self.step_key is not None
        inside = Inside(
            step_key=self.step_key, anchor_at=TUESDAY, due_at=self.due_at, values=self.values, time_zone=ZONE,
            done=list(self.ran),
        )  # fmt: skip
        moved = move(inside, self.definition, new, now=now)
        self.definition, self.step_key, self.values = new, moved.step_key, moved.values
        self.due_at = moved.due_at or self.due_at
        self.now = now


def _says(step_key: str) -> Any:
    """A stable answer to every question, yes to some steps and no to others."""

    def knows(_condition: Condition) -> bool:
        return ord(step_key[0]) % 2 == 0

    return knows


def days(life: Life) -> list[str]:
    return [f"{key} D+{(at - TUESDAY).days}" for key, at in life.sent]


OLD = read(send("a"), send("b", days=4), send("c", days=8))


def moved_at(day: int, new: Definition) -> Life:
    """Lived in the old version for so many days and a half, then moved."""
    life, now = Life.enter(OLD), TUESDAY + day * DAY + DAY / 2
    life.live(now)
    life.move(new, now)
    return life


def test_a_later_day_is_counted_from_the_anchor() -> None:
    life = moved_at(2, read(send("a"), send("b", days=6), send("c", days=8)))
    assert life.due_at == TUESDAY + 6 * DAY
    life.live(TUESDAY + 20 * DAY)
    assert days(life) == ["a D+0", "b D+6", "c D+8"]


def test_a_step_that_is_gone_gives_way_to_the_next() -> None:
    life = moved_at(2, read(send("a"), send("c", days=8)))
    life.live(TUESDAY + 20 * DAY)
    assert days(life) == ["a D+0", "c D+8"]


def test_nothing_left_ends_the_passage() -> None:
    assert moved_at(5, read(send("a"), send("b", days=4))).step_key is None


def test_what_is_past_by_the_change_is_passed_by_and_not_made_up_for() -> None:
    """At D+5½ she waits for c of D+8; in the new version c and d were due at D+3 and D+5: within their expiry, yet neither leaves."""
    new = read(send("a"), send("b", days=4), send("c", days=3), send("d", days=5), send("e", days=10))
    life = moved_at(5, new)
    life.live(TUESDAY + 20 * DAY)
    assert days(life) == ["a D+0", "b D+4", "e D+10"]
    assert life.ran["c"] == life.ran["d"] == f"{StepOutcome.EXPIRED} {Skip.TOO_LATE}"
    assert "moved_at" not in life.values


def test_a_code_is_still_given_on_the_way() -> None:
    """Giving a code reaches nobody: the message after it needs it."""
    give = {"key": "give", "kind": "promo", "pool": "ten"}
    life = moved_at(5, read(send("a"), send("b", days=4), send("c", days=3), give, send("d", days=9)))
    life.live(TUESDAY + 20 * DAY)
    assert days(life) == ["a D+0", "b D+4", "d D+9"]
    assert life.ran["give"] == StepOutcome.DONE


def test_what_has_run_is_not_run_again_further_down() -> None:
    life = moved_at(5, read(send("b", days=4), send("c", days=8), send("a", days=12), send("d", days=14)))
    life.live(TUESDAY + 30 * DAY)
    assert days(life) == ["a D+0", "b D+4", "c D+8", "d D+14"]


def test_who_waits_for_an_unchanged_moment_waits_as_before() -> None:
    due_at = TUESDAY + 4 * DAY + timedelta(hours=6)  # it was put off by a wait
    inside = Inside(
        step_key="b", anchor_at=TUESDAY, due_at=due_at, time_zone=ZONE, done=["a"],
        values={"planned_at": (TUESDAY + 4 * DAY).isoformat()},
    )  # fmt: skip
    new = read(send("a"), send("b", days=4, purpose="newsletter"), send("x", days=5))
    moved = move(inside, OLD, new, now=TUESDAY + 5 * DAY)
    assert (moved.step_key, moved.due_at) == ("b", due_at)
    assert moved.values["planned_at"]
    assert "moved_at" not in moved.values


def test_an_answer_taken_back_finds_a_step_of_the_new_version() -> None:
    thank = {"key": "thank", "anchor": "answer", "delay": {"days": 1}, "is_branch": True, "template": "offer"}
    old, new = read(send("a"), send("b", days=4), thank), read(send("a"), thank)
    left = {"step_key": "b", "due_at": (TUESDAY + 4 * DAY).isoformat(), "exit_reason": None}
    inside = Inside(
        step_key="thank", anchor_at=TUESDAY, due_at=TUESDAY + 2 * DAY, time_zone=ZONE, done=["a"],
        values={"branch": "thank", "left": left},
    )  # fmt: skip
    moved = move(inside, old, new, now=TUESDAY + DAY)
    assert (moved.step_key, moved.due_at) == ("thank", TUESDAY + 2 * DAY)
    assert moved.values["left"]["step_key"] is None


def _any_plan(chance: random.Random, keys: str) -> Definition:
    chosen = chance.sample(keys, chance.randint(1, len(keys)))
    steps = []
    for key in chosen:
        more: dict[str, Any] = {}
        if chance.random() < 0.3:
            more["when"] = [{"is": "phone_known"}]
        if chance.random() < 0.2:
            more["anchor"] = "first_message"
        steps.append(send(key, days=chance.randint(0, 14), expires_days=chance.randint(1, 9), **more))
    return read(*steps)


def test_any_move_of_any_life() -> None:
    """Up to three moves between any plans: every step runs once, none is made up for at the move, and it comes to an end."""
    chance = random.Random(8)
    caught = 0
    for _ in range(400):
        life = Life.enter(_any_plan(chance, "abcdef"))
        now = TUESDAY
        for _ in range(chance.randint(1, 3)):
            now += chance.random() * 6 * DAY
            life.live(now)
            if life.step_key is None:
                break
            kept = _moment(life)
            life.move(_any_plan(chance, "abcdefgh"), now)
            caught += _catch_up(life, now, kept)
        life.live(TUESDAY + 60 * DAY)
        assert life.step_key is None
        assert len({key for key, _ in life.sent}) == len(life.sent)
    assert caught > 20  # the case that this is about did occur


def _moment(life: Life) -> Mapping[str, datetime]:
    return {life.step_key or "": life.due_at}


def _catch_up(life: Life, now: datetime, kept: Mapping[str, datetime]) -> int:
    """Run what is due at once after a move: nothing leaves, unless it was due then in the old version as well."""
    before = len(life.sent)
    is_past = life.step_key is not None and life.due_at < now and kept.get(life.step_key) != life.due_at
    life.live(now)
    if is_past:
        assert life.sent[before:] == []
    return int(is_past)
