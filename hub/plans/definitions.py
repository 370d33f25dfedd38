"""The shape of a plan: what lets customers in, what ends it early, its steps and their conditions. Pure."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.plans.words import Anchor, Arm, Ask, ExitReason, StepKind, Trigger

HELD = frozenset({Purpose.PROMOTION, Purpose.SURVEY})
"""What an open grievance makes wait."""
NOTICES = frozenset({Purpose.SERVICE, Purpose.TRANSACTIONAL})
"""What a customer is told because he must know it, not to sell."""


@dataclass(frozen=True)
class Delay:
    """Calendar days keep the local time of the anchor, or `at` ("10:30"); minutes are then added as wall time."""

    days: int = 0
    minutes: int = 0
    at: str | None = None


@dataclass(frozen=True)
class Condition:
    """One question about a passage; `params` are those of its word.

    What nobody can know (whether a mail that never left was opened) is neither true nor, `is_not`, untrue.
    """

    ask: Ask
    is_not: bool = False
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def leaves(self) -> Iterator["Condition"]:
        yield self

    @cached_property
    def key(self) -> tuple[Ask, Hashable]:
        """The same for the same question, turned round or not. `for_days` is about waiting, which the walk sees to."""
        told = {name: value for name, value in self.params.items() if name != "for_days"}
        return self.ask, tuple(sorted((name, str(value)) for name, value in told.items()))


@dataclass(frozen=True)
class AnyOf:
    """True when one of these is."""

    parts: tuple["Clause", ...]

    @property
    def leaves(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.leaves


Clause = Condition | AnyOf


@dataclass(frozen=True)
class Variant:
    """Another template when all of these hold; the first that fits wins."""

    when: tuple[Clause, ...]
    template: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a plan. `when`: all must hold, else the step is left out and the path goes on.

    `expires_minutes`: a step that could not run by then is dropped, not run stale. `is_branch`: reached by a jump only;
    the path before it ends. `next_key`: the step after it, the following one of the list when empty; `otherwise`: where
    a split goes when its conditions do not hold. `details` are those of the kind: reason and subject of a task, key and
    value of a property, words for the store, what a letter recommends by (`recommend`). `pool` is the promo pool of a send or of a promo step. `label` is what its
    author calls it, if anything. `in_both_arms`: the control arm gets it too, as the law and not the plan asks for it.
    """

    key: str
    kind: StepKind = StepKind.SEND
    is_on: bool = True
    anchor: Anchor = Anchor.ENTRY
    delay: Delay = Delay()
    when: tuple[Clause, ...] = ()
    next_key: str | None = None
    otherwise: str | None = None
    expires_minutes: int = 7 * 24 * 60
    is_branch: bool = False
    in_both_arms: bool = False
    template: str = ""
    variants: tuple[Variant, ...] = ()
    purpose: Purpose = Purpose.PROMOTION
    channel: Channel = Channel.EMAIL
    theme: str = ""
    pool: str = ""
    label: str = ""
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_send(self) -> bool:
        return self.kind is StepKind.SEND

    @property
    def is_notice(self) -> bool:
        """A message that says what must be known: no advertising, no question."""
        return self.is_send and self.purpose in NOTICES

    def acts_in(self, arm: Arm) -> bool:
        """Whether it has its effect there; else it leaves a ghost."""
        return arm is Arm.TREATED or self.in_both_arms

    @property
    def templates(self) -> tuple[str, ...]:
        """Every template the step may send, the usual one first."""
        return (self.template, *(variant.template for variant in self.variants)) if self.is_send else ()

    @property
    def leaves(self) -> Iterator[Condition]:
        """Every question the step asks."""
        clauses = (*self.when, *(clause for variant in self.variants for clause in variant.when))
        for clause in clauses:
            yield from clause.leaves


@dataclass(frozen=True)
class Entry:
    """`on`: the triggers, of which the passage remembers its own. `when` is tested as the customer comes in.

    `cooldown_hours`: so long after entering nobody enters again, whatever the key.
    """

    on: tuple[Trigger, ...]
    when: tuple[Clause, ...] = ()
    cooldown_hours: int = 0
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Exit:
    """What ends a passage early; `days`: only so long after the entry."""

    reason: ExitReason
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @cached_property
    def question(self) -> Condition:
        return Condition(ASKED_BY[self.reason], params={**FIXED.get(self.reason, {}), **self.params})


ASKED_BY: Mapping[ExitReason, Ask] = {
    ExitReason.CANCELLED: Ask.ORDER_CANCELLED,
    ExitReason.RETURNED: Ask.ORDER_RETURNED,
    ExitReason.BASKET_PAID: Ask.BASKET,
    ExitReason.BASKET_EMPTIED: Ask.BASKET,
    ExitReason.BASKET_CHANGED: Ask.BASKET,
    ExitReason.PURCHASED: Ask.PURCHASED,
    ExitReason.LIFE_SIGN: Ask.LIFE_SIGN,
    ExitReason.ANSWERED: Ask.ANSWERED,
    ExitReason.TICKET_OPEN: Ask.TICKET_OPEN,
    ExitReason.ASKED_RECENTLY: Ask.ASKED_RECENTLY,
    ExitReason.REVIEWED: Ask.REVIEWED,
    ExitReason.BOUNCED: Ask.BOUNCED,
    ExitReason.REFUSED: Ask.REFUSED,
}
"""The question behind each exit, in the order in which the first that holds is told."""
FIXED: Mapping[ExitReason, Mapping[str, Any]] = {
    ExitReason.BASKET_PAID: {"state": "paid"},
    ExitReason.BASKET_EMPTIED: {"state": "emptied"},
    ExitReason.BASKET_CHANGED: {"state": "changed"},
}


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A plan as published. `daily_limit`: so many passages at most write on one local day (smoothing.py); `horizon_days`: orders
    count for the results so long after the entry, or the last day that a step is anchored to (windows.py).
    """

    entry: Entry
    steps: tuple[Step, ...]
    exits: tuple[Exit, ...] = ()
    daily_limit: int | None = None
    spread_days: int = 0
    horizon_days: int = 30

    @cached_property
    def _by_key(self) -> Mapping[str | None, Step]:
        return {step.key: step for step in reversed(self.steps)}

    def find_step(self, key: str | None) -> Step | None:
        return self._by_key.get(key)

    def step(self, key: str) -> Step:
        found = self.find_step(key)
        if found is None:
            raise Invalid(N_("The plan has no step called %(key)s."), key=key)
        return found

    def step_after(self, key: str) -> Step | None:
        """The next step of the same path, or None at its end."""
        step = self.step(key)
        if step.next_key:
            return self.step(step.next_key)
        position = self.steps.index(step) + 1
        following = self.steps[position : position + 1]
        return following[0] if following and not following[0].is_branch else None

    @cached_property
    def ahead(self) -> Mapping[str, frozenset[Step]]:
        """By step everything that may come after it on its path, whichever way a fork goes."""
        found: dict[str, frozenset[Step]] = {}

        def look(step: Step) -> frozenset[Step]:
            if step.key not in found:
                following = {self.step_after(step.key), self.find_step(step.otherwise)} - {None}
                near = frozenset(each for each in following if each is not None)
                found[step.key] = near.union(*map(look, near))
            return found[step.key]

        for step in self.steps:
            look(step)
        return found

    def gives_ahead(self, step: Step) -> Step | None:
        """The mail right after a promo step, due at the same moment: the code is reserved for it, so both go on one day."""
        mail = self.step_after(step.key) if step.kind is StepKind.PROMO and step.is_on else None
        if mail is None or not mail.is_send or not mail.is_on or mail.pool:
            return None
        return mail if (mail.anchor, mail.delay) == (step.anchor, step.delay) else None

    def find_exit(self, reason: ExitReason) -> Exit | None:
        return self.exits_by_reason.get(reason)

    @cached_property
    def exits_by_reason(self) -> Mapping[ExitReason, Exit]:
        """In the order in which the first that holds is told."""
        found = {each.reason: each for each in self.exits}
        return {reason: found[reason] for reason in ASKED_BY if reason in found}

    @cached_property
    def questions(self) -> Mapping[str, tuple[Condition, ...]]:
        """By step everything that must be known before it can be decided, each once; exits do not stop a branch."""
        exits = [each.question for each in self.exits]
        return {
            step.key: tuple(dict.fromkeys([*([] if step.is_branch else exits), *step.leaves]))
            for step in self.steps
        }

    @cached_property
    def purposes(self) -> frozenset[Purpose]:
        """Those of its messages."""
        return frozenset(step.purpose for step in self.steps if step.is_send)

    @property
    def is_advertising(self) -> bool:
        """Whether it says something that a customer may object to on whatever way it comes."""
        return bool(self.purposes & {Purpose.PROMOTION, Purpose.NEWSLETTER})

    @cached_property
    def held_purposes(self) -> frozenset[Purpose]:
        """Those of its messages that an open grievance makes wait; none: the plan never pauses."""
        return self.purposes & HELD
