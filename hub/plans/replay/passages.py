"""What moves in a replay: passages, their messages, and an agenda of what happens when, each customer in his own order."""

from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any, ClassVar

from hub.content.rendering import PreparedTemplate
from hub.outbox.words import BlockReason, MessageState
from hub.plans.definitions import Definition, Step
from hub.plans.entering import Newcomer
from hub.plans.walking import Position, Sent
from hub.plans.words import Arm, ExitReason, Wait

Turn = tuple[datetime, bool, datetime, int, int]


@dataclass(slots=True, kw_only=True)
class Walk:
    """One passage; what the engine keeps in an enrolment. `ends`: when what ends it happens, as far as that is known;
    `ran`: the steps that have had an outcome.

    `number` counts the passages of the replay; it is no id of a row. `freed_at`: when the step that follows its first message
    was freed by that; `turn`: the place of its last step in the order in which the live engine comes to them.
    """

    number: int
    customer_id: int
    entry_key: str
    arm: Arm
    entered_at: datetime
    anchor_at: datetime
    time_zone: str
    values: dict[str, Any]
    step_key: str | None
    due_at: datetime | None
    wait: Wait | None = None
    exit_reason: ExitReason | None = None
    ends: dict[ExitReason, datetime] = field(default_factory=dict)
    letters: dict[str, "Letter"] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    freed_at: datetime | None = None
    turn: Turn | None = None

    def take_turn(self, at: datetime) -> Turn:
        """Its step comes as its moment, customer and number have it; no sooner than the one that led to it at the same time."""
        own = (at, self.freed_at == at, self.due_at or at, self.customer_id, self.number)
        self.turn = own if self.turn is None else max(own, self.turn)
        return self.turn

    @property
    def order_id(self) -> int:
        return int(self.values.get("order_id", 0))

    def position(self, definition: Definition, held: frozenset[Any]) -> Position:
        """As `walking.decide` takes it."""
        return Position(
            customer_id=self.customer_id,
            arm=self.arm,
            definition=definition,
            step=definition.step(self.step_key or ""),
            anchor_at=self.anchor_at,
            due_at=self.due_at or self.entered_at,
            values=self.values,
            time_zone=self.time_zone,
            messages={key: Sent(letter.state, letter.accepted_at) for key, letter in self.letters.items()},
            held=held,
        )


@dataclass(slots=True, kw_only=True)
class Letter:
    """A message that would leave. `moved`: the reasons for which the gate made it wait; `pool`: whose code it shows."""

    number: int
    walk: Walk
    position: Position
    template: PreparedTemplate
    recipient: str | None
    store_id: int | None
    expires_at: datetime
    pool: str = ""
    state: MessageState = MessageState.WAITING
    accepted_at: datetime | None = None
    moved: set[BlockReason] = field(default_factory=set)

    @property
    def step(self) -> Step:
        return self.position.step


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends a passage happens, as the engine is told it by a fact."""

    rank: ClassVar[int] = 0
    walk: Walk
    reason: ExitReason

    @property
    def customer_id(self) -> int:
        return self.walk.customer_id

    @property
    def is_over(self) -> bool:
        return self.walk.exit_reason is not None


@dataclass(frozen=True, slots=True)
class Answering:
    """The customer answers the question of a passage."""

    rank: ClassVar[int] = 1
    is_over: ClassVar[bool] = False
    walk: Walk

    @property
    def customer_id(self) -> int:
        return self.walk.customer_id


@dataclass(frozen=True, slots=True)
class Worsening:
    """Things get worse for somebody who may be inside: the occurrence of this key is looked at anew."""

    rank: ClassVar[int] = 1
    is_over: ClassVar[bool] = False
    customer_id: int
    entry_key: str


@dataclass(frozen=True, slots=True)
class Entering:
    """Something that lets a customer in happens. `is_caught_up`: before the replay's beginning, where the plan looks back."""

    rank: ClassVar[int] = 2
    is_over: ClassVar[bool] = False
    at: datetime
    newcomer: Newcomer
    is_caught_up: bool = False

    @property
    def customer_id(self) -> int:
        return self.newcomer.customer_id


@dataclass(frozen=True, slots=True)
class Stepping:
    """A step is due, unless the passage has moved on since this was noted."""

    rank: ClassVar[int] = 3
    walk: Walk
    step_key: str
    due_at: datetime

    @property
    def customer_id(self) -> int:
        return self.walk.customer_id

    @property
    def is_over(self) -> bool:
        return (self.walk.step_key, self.walk.due_at) != (self.step_key, self.due_at)

    def turn_at(self, at: datetime) -> tuple[bool, datetime, int]:
        """Of two passages of one customer that are due together the live engine takes this one first."""
        return self.walk.freed_at == at, self.due_at, self.walk.number


@dataclass(frozen=True, slots=True)
class Sending:
    """A message comes to the gate. `is_new`: as it is posted, so that the step after it already sees what became of it."""

    letter: Letter
    is_new: bool = False

    @property
    def rank(self) -> int:
        return Stepping.rank if self.is_new else Stepping.rank + 1

    @property
    def customer_id(self) -> int:
        return self.letter.walk.customer_id

    @property
    def is_over(self) -> bool:
        return self.letter.state is not MessageState.WAITING


Event = Ending | Answering | Worsening | Entering | Stepping | Sending
_Noted = tuple[datetime, int, tuple[Any, ...], int, Event]


class Agenda:
    """What is still to happen before `until`, by customer: each one's events come in their order.

    Of two customers either may come first, so that a round takes the next event of everybody at once.
    """

    def __init__(self, until: datetime) -> None:
        self._until = until
        self._numbers = count()
        self._of: dict[int, list[_Noted]] = {}
        self._before: datetime | None = None
        self._live: set[int] = set()
        self._held: set[int] = set()

    def add(self, at: datetime, event: Event) -> None:
        """What happens later than the replay looks is left out."""
        if at < self._until:
            mine = self._of.setdefault(event.customer_id, [])
            tie = event.turn_at(at) if isinstance(event, Stepping) else ()
            heappush(mine, (at, event.rank, tie, next(self._numbers), event))
            self._live.add(event.customer_id)

    def wait_for_step(self, walk: Walk, now: datetime) -> None:
        """Note when the passage is due next."""
        if walk.due_at is not None and walk.step_key is not None:
            self.add(max(walk.due_at, now), Stepping(walk, walk.step_key, walk.due_at))

    def hold(self, customer_id: int) -> None:
        """Nothing of this customer happens until he is released."""
        self._held.add(customer_id)

    def release(self, customer_id: int) -> None:
        self._held.discard(customer_id)
        self._live.add(customer_id)

    def next_at(self) -> datetime | None:
        return min((mine[0][0] for mine in self._of.values()), default=None)

    def top_at(self, customer_id: int) -> datetime | None:
        """No sooner than then something happens to this customer, as far as it is noted."""
        mine = self._of.get(customer_id)
        return mine[0][0] if mine else None

    def take(self, before: datetime | None = None) -> list[tuple[datetime, Event]]:
        """The next event of each customer, oldest first; only those before a moment when one is given."""
        if before != self._before:
            self._before, self._live = before, set(self._of)
        taken = []
        for customer_id in sorted(self._live - self._held):
            mine = self._of.get(customer_id, [])
            while mine and mine[0][-1].is_over:
                heappop(mine)
            if mine and (before is None or mine[0][0] < before):
                at, *_, event = heappop(mine)
                taken.append((at, event))
            else:
                self._live.discard(customer_id)
            if not mine:
                self._of.pop(customer_id, None)
        return sorted(taken, key=lambda pair: pair[0])
