"""When a reply is due, when to warn, how many automatic mails an address may get; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.words import Channel
from hub.inbox.words import Audience, Priority, WaitKind
from hub.stores.rules import Hours, add_business_seconds

HOUR = 3600
FIRST_SECONDS: Mapping[Channel, int] = {
    Channel.CHAT: 120,
    Channel.PHONE: HOUR // 2,
    Channel.SOCIAL: HOUR,
    Channel.SMS: HOUR,
    Channel.WHATSAPP: HOUR,
    Channel.SURVEY: 2 * HOUR,
}
OTHER_SECONDS = 4 * HOUR
PRIORITY_SHARE: Mapping[Priority, float] = {
    Priority.LOW: 2.0,
    Priority.NORMAL: 1.0,
    Priority.HIGH: 0.5,
    Priority.URGENT: 0.25,
}
LOOP_CAPS = ((10, 10), (30, 15), (60, 25), (180, 50), (600, 100))
LONGEST_WINDOW = timedelta(minutes=600)


@dataclass(frozen=True)
class Step:
    """Who is told when `percent` of the target have passed without a reply; above 100 the reply is late."""

    percent: int
    audience: Audience


USUAL_STEPS = (
    Step(75, Audience.ASSIGNEE),
    Step(90, Audience.STORE_MANAGER),
    Step(100, Audience.REGION_MANAGER),
)


@dataclass(frozen=True)
class Target:
    """Business seconds of the store for the first and for each later reply."""

    first_seconds: int
    next_seconds: int

    def seconds(self, kind: WaitKind) -> int:
        return self.first_seconds if kind is WaitKind.FIRST else self.next_seconds


@dataclass(frozen=True)
class Deadline:
    """Both None when the store's hours are not known."""

    due_at: datetime | None
    warn_at: datetime | None


def default_target(channel: Channel, priority: Priority) -> Target:
    """The targets of inbox.md ("Deadlines"), shortened or lengthened by priority."""
    seconds = round(FIRST_SECONDS.get(channel, OTHER_SECONDS) * PRIORITY_SHARE[priority])
    return Target(seconds, seconds)


def make_deadline(
    hours: Hours | None,
    start: datetime,
    target_seconds: int,
    *,
    steps: Sequence[Step] = USUAL_STEPS,
    warned_percent: int = 0,
) -> Deadline:
    """Due after the target's business seconds; the staff is warned at the next step that was not told yet."""
    if hours is None:
        return Deadline(None, None)
    due_at = add_business_seconds(hours, start, target_seconds)
    following = min((step.percent for step in steps if step.percent > warned_percent), default=None)
    if following is None or due_at is None:
        return Deadline(due_at, None)
    return Deadline(due_at, add_business_seconds(hours, start, -(-target_seconds * following // 100)))


def steps_until(percent: float, steps: Iterable[Step], *, warned_percent: int) -> list[Step]:
    """The steps whose time has come and that were not told yet, lowest first."""
    due = [step for step in steps if warned_percent < step.percent <= percent]
    return sorted(due, key=lambda step: step.percent)


def may_send_automatic(sent_at: Iterable[datetime], machine_now: datetime) -> bool:
    """Loop caps of inbox.md: 10 in 10 min, 15 in 30, 25 in 60, 50 in 180, 100 in 600."""
    ages: Sequence[timedelta] = [machine_now - moment for moment in sent_at]
    return all(
        sum(1 for age in ages if age < timedelta(minutes=minutes)) < count for minutes, count in LOOP_CAPS
    )


def may_write_to(
    by_address: Iterable[datetime], by_ticket: Iterable[datetime], *, machine_now: datetime
) -> bool:
    """Whether an automatic mail may leave: the caps hold for the address and for the ticket, each on its own."""
    return may_send_automatic(by_address, machine_now) and may_send_automatic(by_ticket, machine_now)
