"""The work of the door out: claim a batch, look once more, call the provider outside any transaction, write it down.

The boundaries a worker may die at are each one commit: claimed, calling (at most 20 messages), outcome. What happens to
the rows it held stands in leases.free_abandoned.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from threading import Event

from sqlalchemy import func, or_, select

from hub.channels.base import Envelope, Transport
from hub.content.queries import get_version
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.words import Channel
from hub.outbox import leases, outcomes, verdicts, wires
from hub.outbox.calling import Outcome, Unfit, call_provider, write_envelope
from hub.outbox.gathering import judge
from hub.outbox.leases import Claim
from hub.outbox.letter import Letter
from hub.outbox.models import OutboundMessage
from hub.outbox.rules import NOW, Answer, Verdict
from hub.outbox.tracking.writing import plan_marking
from hub.outbox.words import MessageState, SendQueue

GROUP = 10
DEPTH = 2
Pairs = Sequence[tuple[Letter, Envelope]]
Ready = Mapping[int, Envelope | Unfit]


@dataclass
class _Call:
    """A group whose provider is being called in the other thread."""

    letters: Sequence[Letter]
    results: "Future[list[Outcome]]"


def work_outbox(queue: SendQueue, wake: Callable[[], None]) -> int:
    """Send one batch of a queue. Returns the rows handled, 0 when nothing is due or no channel is set up."""
    channels = wires.channels_set_up()
    freed = leases.free_abandoned(queue)
    if not channels:
        return freed
    claimed = leases.claim(queue, channels, wake)
    if claimed.letters:
        _send_batch(claimed)
    return freed + claimed.seen_count


def _send_batch(claimed: Claim) -> None:
    """Group after group: while one is being called, the one before is written down and the next is marked.

    Groups are called one after the other on one connection; at most `GROUP * DEPTH` messages are marked at a time.
    """
    under_way: deque[_Call] = deque()
    must_stop = Event()
    with ExitStack() as stack, ThreadPoolExecutor(max_workers=1) as hand:
        open_wires: dict[Channel, Transport] = {}
        for channel, letters in _groups(claimed.letters):
            if channel not in open_wires:
                open_wires[channel] = stack.enter_context(wires.open_wire(channel))
            ready = _render(letters)
            before = under_way.popleft() if len(under_way) == DEPTH else None
            pairs = _turn(before, letters, ready, claimed, must_stop)
            if must_stop.is_set():
                break
            under_way.append(_call(hand, open_wires[channel], pairs, claimed, must_stop))
        for call in under_way:
            _turn(call, [], {}, claimed, must_stop)
    if must_stop.is_set():
        leases.release(claimed)


def _groups(letters: Sequence[Letter]) -> Iterator[tuple[Channel, Sequence[Letter]]]:
    """At most `GROUP` messages of one channel."""
    by_channel = attrgetter("channel")
    for channel, some in groupby(sorted(letters, key=by_channel), key=by_channel):
        same = list(some)
        for start in range(0, len(same), GROUP):
            yield channel, same[start : start + GROUP]


def _render(letters: Sequence[Letter]) -> Ready:
    """What leaves, by id. Template versions stay in the process; the first look at one closes its transaction."""
    with transaction():
        now = clock.business_now()
        for version_id in {letter.template_version_id for letter in letters}:
            get_version(version_id)
        marking = plan_marking(letters)
    return {letter.id: write_envelope(letter, now=now, marking=marking) for letter in letters}


def _call(
    hand: ThreadPoolExecutor, transport: Transport, pairs: Pairs, claimed: Claim, must_stop: Event
) -> _Call:
    """Call the provider in the other thread, which knows no database."""
    results = hand.submit(lambda: list(call_provider(transport, pairs, claimed, must_stop)))
    return _Call([letter for letter, _ in pairs], results)


def _turn(
    before: _Call | None, letters: Sequence[Letter], ready: Ready, claimed: Claim, must_stop: Event
) -> Pairs:
    """Wait for a group; in one commit write down what it came to and mark the next one, unless all must stop."""
    results = before.results.result() if before else []
    with transaction():
        if before is not None:
            outcomes.write(results, before.letters, claimed)
        return [] if must_stop.is_set() else _mark(letters, ready, claimed)


def _mark(letters: Sequence[Letter], ready: Ready, claimed: Claim) -> Pairs:
    """Mark the group as being called, but for what was cancelled, stopped or cannot be rendered: the last look.

    A look at the gate is good for `leases.LOOK_SECONDS`; after that the gate is asked again.
    """
    marked = leases.mark_calling([letter.id for letter in letters], claimed)
    mine = [letter for letter in letters if letter.id in marked]
    now = clock.business_now()
    answers = judge(mine, now=now, is_last_look=True) if mine and claimed.needs_last_look() else {}
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
    is_due = leases.is_due(queue, wires.channels_set_up())
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
