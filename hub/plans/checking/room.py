"""Whether the caps leave room for each message: on the way of who got all before it, it may be dropped. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.core.words import Channel, Purpose
from hub.outbox.rules import Cap
from hub.plans.checking.findings import Fault, Finding, found
from hub.plans.checking.ways import DAY_MINUTES, Trace, Ways, minutes_between, resolve
from hub.plans.definitions import Definition, Step

Kind = tuple[Channel, Purpose]
Caps = Mapping[Kind, Cap]


@dataclass(frozen=True)
class _Passed:
    """What was sent on a way: its first message, and the last ones that the cap counts."""

    first: Step | None = None
    counted: tuple[Step, ...] = ()


def check_room(ways: Ways, caps: Caps) -> Iterator[Finding]:
    """What the messages of other plans take is not known here; a cap of none at all is the chain's word, not the plan's."""
    for kind, cap in caps.items():
        if cap.count:
            waits = _longest_waits(ways, kind, cap)
            for step in ways.definition.steps:
                if (minutes := waits.get(step.key, 0)) and minutes >= step.expires_minutes:
                    yield found(
                        Fault.NO_ROOM,
                        step.key,
                        count=cap.count,
                        cap_days=cap.days,
                        wait_days=-(-minutes // DAY_MINUTES),
                        expires=step.expires_minutes,
                    )


def list_without_room(definition: Definition, caps: Caps) -> list[Finding]:
    """The same of a plan in use, which is not checked anew each time that it is shown."""
    return list(check_room(Ways(definition), caps))


def _longest_waits(ways: Ways, kind: Kind, cap: Cap) -> dict[str, int]:
    """By message for how many minutes the cap is full as it is due, on the way where that is longest."""
    waits: dict[str, int] = {}
    seen: set[tuple[str, _Passed]] = set()
    waiting = [(start, _Passed()) for start in ways.starts]
    while waiting:
        step, passed = waiting.pop()
        if (step.key, passed) in seen:
            continue
        seen.add((step.key, passed))
        if step.is_send and step.is_on:
            first = passed.first or step
            if (step.channel, step.purpose) == kind:
                if len(passed.counted) == cap.count:
                    waits[step.key] = max(waits.get(step.key, 0), _wait(step, passed, cap))
                passed = _Passed(first, (*passed.counted, step)[-cap.count :])
            else:
                passed = _Passed(first, passed.counted)
        waiting += [(later, passed) for later in ways.after(step)]
    return waits


def _wait(step: Step, passed: _Passed, cap: Cap) -> int:
    """Until the oldest that counts has left the window; 0 where nobody can know when they are due."""
    trace = Trace(first_send=passed.first)
    oldest, own = resolve(passed.counted[0], trace), resolve(step, trace)
    if oldest is None or own is None:
        return 0
    return max(0, cap.days * DAY_MINUTES - max(0, minutes_between(oldest, own)))
