"""Checks of the path: steps nobody reaches, a plan that goes on after the purchase, moments that go backwards. Pure."""

from collections.abc import Iterator

from hub.core.words import Purpose
from hub.plans.checking.findings import Fault, Finding, found
from hub.plans.checking.known import Known
from hub.plans.checking.ways import Ways, minutes_back
from hub.plans.definitions import Condition, Delay, Step
from hub.plans.walking import NEVER_STALE
from hub.plans.words import Ask, ExitReason, StepKind

ADVERTISING = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER})
BUYING_ENDS = (ExitReason.PURCHASED, ExitReason.BASKET_PAID, ExitReason.LIFE_SIGN)
"""Exits that a purchase brings about."""


def check_paths(ways: Ways, known: Known) -> Iterator[Finding]:
    yield from _unreachable(ways)
    yield from _needed(ways, known)
    yield from _no_exit(ways)
    yield from _no_control(ways, known)
    for step in ways.definition.steps:
        if step.is_on and step.key in ways.reached:
            yield from _backwards(ways, step)


def _unreachable(ways: Ways) -> Iterator[Finding]:
    for step in ways.definition.steps:
        if step.key not in ways.opened:
            yield found(Fault.UNREACHABLE, step.key)


def _needed(ways: Ways, known: Known) -> Iterator[Finding]:
    for key in sorted(known.needed_steps):
        if ways.definition.find_step(key) is None:
            yield found(Fault.NEEDED_STEP, key=key)


def selling(ways: Ways) -> list[Step]:
    """The messages that advertise."""
    return [
        step
        for step in ways.definition.steps
        if step.is_send and step.is_on and step.purpose in ADVERTISING and step.key in ways.reached
    ]


def _no_exit(ways: Ways) -> Iterator[Finding]:
    """Whoever has bought since must not be advertised to: an exit sees to it, or each message that waits asks itself."""
    if any(ways.definition.find_exit(reason) for reason in BUYING_ENDS):
        return
    late = [step for step in selling(ways) if ways.day_of(step) > 0 and not _asks_purchase(ways, step)]
    if late:
        yield found(Fault.NO_EXIT, count=len(late), step=late[0].key)


def _asks_purchase(ways: Ways, step: Step) -> bool:
    forks = (each for each in ways.steps_before(step) if each.kind is StepKind.SPLIT)
    clauses = (*step.when, *(clause for fork in forks for clause in fork.when))
    return any(
        isinstance(clause, Condition) and clause.ask is Ask.PURCHASED and clause.is_not for clause in clauses
    )


def _no_control(ways: Ways, known: Known) -> Iterator[Finding]:
    if known.control_percent == 0 and selling(ways):
        yield found(Fault.NO_CONTROL, count=len(selling(ways)))


def _backwards(ways: Ways, step: Step) -> Iterator[Finding]:
    """Due before what was passed already: too late on every way, or at once on one of them."""
    if step.kind in NEVER_STALE:
        return
    backs = [(minutes_back(step, trace) or 0, trace.latest) for trace in ways.traces[step.key]]
    least, most = min(backs, key=_first), max(backs, key=_first)
    latest = most[1]
    if latest is None or most[0] <= 0:
        return
    if least[0] > step.expires_minutes:
        yield found(
            Fault.ALWAYS_LATE, step.key, minutes=least[0], expires=step.expires_minutes, before=latest.key
        )
    elif step.is_send or step.delay != Delay():
        yield found(Fault.BACKWARDS, step.key, minutes=most[0], before=latest.key)


def _first(pair: tuple[int, Step | None]) -> int:
    return pair[0]
