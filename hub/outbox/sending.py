"""The work of the door out: claim a batch, look once more, call the provider outside any transaction, write it down.

The boundaries a worker may die at are each one commit: claimed, calling (at most 20 messages), outcome. What happens to
the rows it held stands in leases.free_abandoned.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from threading import Event

from sqlalchemy import func, or_, select

from hub.channels.base import Envelope, Transport
from hub.content.queries import get_version
from hub.core import bell, clock
from hub.core.db import db, transaction
from hub.core.words import Channel
from hub.outbox import circuits, leases, outcomes, throttling, verdicts, wires
from hub.outbox.calling import Outcome, Unfit, call_provider, write_envelope
from hub.outbox.judging import judge_each
from hub.outbox.leases import Claim
from hub.outbox.letter import Letter
from hub.outbox.models import OutboundMessage
from hub.outbox.phone_letters import PhonePlan, plan_phones
from hub.outbox.rules import NOW, Answer, Verdict
from hub.outbox.stopping import find_stopped
from hub.outbox.tracking.writing import Marking, plan_marking
from hub.outbox.words import MessageState, SendQueue

GROUP = 20
URGENT_BELL = f"outbox.{SendQueue.URGENT}"
Pairs = Sequence[tuple[Letter, Envelope]]
Ready = Mapping[int, Envelope | Unfit]


@dataclass
class _Desk:
    """Writes what leaves, ahead of the wire: while the server thinks about one message a later one is rendered and written."""

    todo: deque[Letter]
    now: datetime
    marking: Marking
    plan: PhonePlan
    ready: dict[int, Envelope | Unfit] = field(default_factory=dict)

    @classmethod
    def open(cls, letters: Sequence[Letter]) -> "_Desk":
        """Template versions stay in the process; the first look at one closes its transaction."""
        with transaction():
            for version_id in {letter.template_version_id for letter in letters}:
                get_version(version_id)
            now = clock.business_now()
            return cls(deque(letters), now, plan_marking(letters), plan_phones(letters, now=now))

    def write_next(self, channel: Channel) -> Envelope | None:
        """One more message, for the wire to prepare if it is of this channel."""
        if not self.todo:
            return None
        letter = self.todo.popleft()
        written = self.ready[letter.id] = self._write(letter)
        return written if isinstance(written, Envelope) and letter.channel is channel else None

    def take(self, letters: Sequence[Letter]) -> Ready:
        """These, the next in line; what was not written ahead is written now."""
        return {
            letter.id: self.ready.pop(letter.id) if letter.id in self.ready else self._write_first()
            for letter in letters
        }

    def _write_first(self) -> Envelope | Unfit:
        return self._write(self.todo.popleft())

    def _write(self, letter: Letter) -> Envelope | Unfit:
        return write_envelope(letter, now=self.now, marking=self.marking, plan=self.plan)


@dataclass(frozen=True)
class _Called:
    """A group whose provider has been called."""

    letters: Sequence[Letter]
    results: Sequence[Outcome]


def work_outbox(queue: SendQueue, wake: Callable[[], None]) -> int:
    """Send one batch of a queue. Returns the rows handled, 0 when nothing is due or no channel is set up."""
    channels = wires.channels_set_up()
    freed = leases.free_abandoned(queue)
    if not channels:
        return freed
    claimed = leases.claim(queue, channels, wake)
    if claimed.letters:
        _send_batch(claimed)
    if claimed.probed is not None:
        circuits.end_probe(claimed.probed)
    return freed + claimed.seen_count


def _send_batch(claimed: Claim) -> None:
    """Group after group on one connection a channel: each commit writes one group down and marks the next."""
    must_stop = Event()
    before: _Called | None = None
    groups = list(_groups(claimed.letters))
    desk = _Desk.open([letter for _, letters in groups for letter in letters])
    measured = frozenset(each.id for each in claimed.letters if desk.marking.measures_opening(each))
    claimed = replace(claimed, measured=measured)
    with ExitStack() as stack:
        open_wires: dict[Channel, Transport] = {}
        for channel, letters in groups:
            pairs = _turn(before, letters, desk.take(letters), claimed, must_stop)
            before = None
            if must_stop.is_set():
                break
            if channel not in open_wires:
                wire = wires.open_wire(channel, upcoming=partial(desk.write_next, channel))
                open_wires[channel] = stack.enter_context(wire)
            results = list(call_provider(open_wires[channel], pairs, claimed, must_stop))
            before = _Called([letter for letter, _ in pairs], results)
            if _is_outranked(claimed.queue):
                must_stop.set()
        if before is not None:
            _turn(before, [], {}, claimed, must_stop)
    if must_stop.is_set():
        leases.release(claimed)


def _is_outranked(queue: SendQueue) -> bool:
    """Whether a reply was rung for that nobody has begun to send: a campaign steps aside, its rows wait again."""
    return queue is not SendQueue.URGENT and bell.is_rung(URGENT_BELL)


def _groups(letters: Sequence[Letter]) -> Iterator[tuple[Channel, Sequence[Letter]]]:
    """At most `GROUP` messages of one channel."""
    by_channel = attrgetter("channel")
    for channel, some in groupby(sorted(letters, key=by_channel), key=by_channel):
        same = list(some)
        for start in range(0, len(same), GROUP):
            yield channel, same[start : start + GROUP]


def _turn(
    before: _Called | None, letters: Sequence[Letter], ready: Ready, claimed: Claim, must_stop: Event
) -> Pairs:
    """In one commit write down what a group came to and mark the next one, unless all must stop."""
    with transaction():
        if before is not None:
            outcomes.write(before.results, before.letters, claimed)
        return [] if must_stop.is_set() or not letters else _mark(letters, ready, claimed)


def _mark(letters: Sequence[Letter], ready: Ready, claimed: Claim) -> Pairs:
    """Mark the group as being called, but for what was cancelled, stopped or cannot be rendered: the last look.

    However young the gate's look is, what stops a message is asked here: nothing leaves after a purchase that was there.
    """
    marked = leases.mark_calling([letter.id for letter in letters], claimed)
    mine = [letter for letter in letters if letter.id in marked]
    now = clock.business_now()
    is_old = mine and claimed.needs_last_look(now)
    answers = judge_each(mine, now=now, is_last_look=True) if is_old else find_stopped(mine)
    pairs: list[tuple[Letter, Envelope]] = []
    for letter in mine:
        envelope = ready[letter.id]
        if answers.setdefault(letter.id, NOW).answer is not Answer.NOW:
            continue
        if isinstance(envelope, Unfit):
            answers[letter.id] = Verdict(Answer.NEVER, envelope.reason, envelope.detail)
        else:
            pairs.append((letter, envelope))
    verdicts.write(mine, answers, now=now)
    return pairs


def has_due(queue: SendQueue) -> bool:
    """Whether a message of the queue may be sent now, or was left behind by a dead worker."""
    full = throttling.list_full(throttling.get_throttle(), queue, machine_now=clock.machine_now())
    is_due = leases.is_due(queue, wires.channels_set_up(), full)
    found = select(OutboundMessage.id).where(or_(is_due, leases.is_abandoned(queue)))
    return db.session.scalar(found.limit(1)) is not None


def next_due_at(queue: SendQueue) -> datetime | None:
    """Business time of the next waiting message, for the demo's clock; None when none can be sent later."""
    return db.session.scalar(
        select(func.min(OutboundMessage.due_at)).where(
            OutboundMessage.queue == queue,
            OutboundMessage.state == MessageState.WAITING,
            OutboundMessage.due_at > clock.business_now(),
            OutboundMessage.channel.in_(wires.channels_set_up()),
        )
    )


work_outbox_urgent = partial(work_outbox, SendQueue.URGENT)
work_outbox_default = partial(work_outbox, SendQueue.DEFAULT)
work_outbox_bulk = partial(work_outbox, SendQueue.BULK)
has_due_urgent = partial(has_due, SendQueue.URGENT)
has_due_default = partial(has_due, SendQueue.DEFAULT)
has_due_bulk = partial(has_due, SendQueue.BULK)
next_due_at_urgent = partial(next_due_at, SendQueue.URGENT)
next_due_at_default = partial(next_due_at, SendQueue.DEFAULT)
next_due_at_bulk = partial(next_due_at, SendQueue.BULK)
