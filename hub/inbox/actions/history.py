"""What happened to tickets as far as waits go, read from their messages and the audit trail, many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.words import Channel
from hub.inbox.actions.events import TICKET
from hub.inbox.deadlines import Target, default_target
from hub.inbox.directory import Directory
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.waits import Event, Wait, WaitEvent, replay
from hub.inbox.words import TAKEN_OVER, DropReason, MessageKind, Priority

SOLVED = f"{TICKET}.solved"
DROPPING: Mapping[str, DropReason] = {
    SOLVED: DropReason.SOLVED_WITHOUT_REPLY,
    f"{TICKET}.merged": DropReason.MERGED,
    f"{TICKET}.marked_spam": DropReason.SPAM,
    f"{TICKET}.withdrawn": DropReason.WITHDRAWN,
}
WITH_REPLY = "with_reply"
"""In the line of a ticket that was solved by sending a reply: its event."""
UNDONE = "undone"
"""In the line of a ticket that was reopened because its solution was taken back: the event of that solution."""
REOPENED = f"{TICKET}.reopened"
TRANSFERRED = f"{TICKET}.transferred"
TOOK_OVER = f"{TICKET}.took_over"
UNMERGED = f"{TICKET}.unmerged"
GAVE_BACK = f"{TICKET}.gave_back"
PRIORITY = f"{TICKET}.priority_changed"
TARGET = "reply_target.changed"
TOLD = (*DROPPING, TRANSFERRED, TOOK_OVER, UNMERGED, GAVE_BACK, REOPENED, PRIORITY)


@dataclass
class History:
    """The events of one ticket, and the audit lines they were read from."""

    ticket: Ticket
    events: list[Event] = field(default_factory=list)
    lines: list[AuditEntry] = field(default_factory=list)

    @cached_property
    def waits(self) -> list[Wait]:
        """What the waits must be; `first_store` is where the ticket was before its first transfer."""
        moves = [line for line in self.lines if line.action == TRANSFERRED]
        first = moves[0].data["from_store_id"] if moves else self.ticket.store_id
        return replay(self.events, store_id=first, channel=self.ticket.channel)

    @property
    def first_replied_at(self) -> datetime | None:
        return min((each.at for each in self.events if each.kind is WaitEvent.PERSON_ANSWERED), default=None)

    def priority_at(self, event_id: int) -> Priority:
        """The priority that the ticket had just before this event."""
        changes = [line for line in self.lines if line.action == PRIORITY]
        found = changes[0].data["from_priority"] if changes else self.ticket.priority
        for line in changes:
            if line.data["event_id"] < event_id:
                found = line.data["priority"]
        return Priority(found)


def read_histories(tickets: Sequence[Ticket]) -> dict[int, History]:
    """By ticket id, in two statements whatever their number."""
    found = {ticket.id: History(ticket) for ticket in tickets}
    for ticket_id, event in _list_messages(found.keys()):
        found[ticket_id].events.append(event)
    lines = select(AuditEntry).where(
        AuditEntry.subject_kind == TICKET,
        AuditEntry.subject_id.in_(found.keys()),
        AuditEntry.action.in_(TOLD),
    )
    for line in db.session.scalars(lines.order_by(AuditEntry.id)):
        found[line.subject_id or 0].lines.append(line)
    for history in found.values():
        told = map(_event_of, standing(history.lines))
        history.events += [each for each in told if each is not None]
    return found


def standing(lines: Sequence[AuditEntry]) -> list[AuditEntry]:
    """The lines that still hold: a merge that was taken back has never been, on either side, nor has such a solution."""
    kept: list[AuditEntry] = []
    for line in lines:
        if line.action == UNMERGED:
            _take_last(kept, f"{TICKET}.merged", into_id=line.data["from_id"])
        elif line.action == GAVE_BACK:
            _take_last(kept, TOOK_OVER, from_id=line.data["into_id"])
        elif line.action == REOPENED and UNDONE in line.data:
            _take_last(kept, SOLVED, event_id=line.data[UNDONE])
        else:
            kept.append(line)
    return kept


def _take_last(lines: list[AuditEntry], action: str, **data: int) -> None:
    for line in reversed(lines):
        if line.action == action and data.items() <= line.data.items():
            lines.remove(line)
            return


def _list_messages(ticket_ids: Collection[int]) -> list[tuple[int, Event]]:
    message = TicketMessage
    found = select(
        message.ticket_id,
        message.event_id,
        message.ends_wait,
        message.happened_at,
        message.channel,
        message.agent_id,
    ).where(
        message.ticket_id.in_(ticket_ids),
        (message.kind == MessageKind.CUSTOMER) | message.ends_wait.is_(True),
        ~message.inserted.has_key(TAKEN_OVER),
    )
    return [
        (
            ticket_id,
            Event(
                event_id=event_id,
                kind=WaitEvent.PERSON_ANSWERED if ends_wait else WaitEvent.CUSTOMER_WROTE,
                at=at,
                channel=channel,
                agent_id=agent_id,
            ),
        )
        for ticket_id, event_id, ends_wait, at, channel, agent_id in db.session.execute(found)
    ]


def _event_of(line: AuditEntry) -> Event | None:
    data = line.data
    if WITH_REPLY in data:  # the reply had ended the wait; taken back, it has ended nothing
        return None
    if line.action in DROPPING:
        kind, reason = WaitEvent.DROPPED, DROPPING[line.action]
        return Event(event_id=data["event_id"], kind=kind, at=line.happened_at, reason=reason)
    if line.action == TRANSFERRED:
        kind, store_id = WaitEvent.TRANSFERRED, data["store_id"]
        return Event(event_id=data["event_id"], kind=kind, at=line.happened_at, store_id=store_id)
    if line.action == TOOK_OVER and data["waiting_since"]:
        return Event(
            event_id=data["event_id"],
            kind=WaitEvent.CUSTOMER_WROTE,
            at=datetime.fromisoformat(data["waiting_since"]),
            channel=Channel(data["channel"]),
        )
    return None


class TargetHistory:
    """What each reply target was at a moment: from the audit trail, where nobody changed one from the table itself."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._changes: dict[tuple[str, str], list[tuple[datetime, Target]]] = defaultdict(list)
        found = select(AuditEntry).where(AuditEntry.subject_kind == "inbox", AuditEntry.action == TARGET)
        for line in db.session.scalars(found.order_by(AuditEntry.id)):
            data = line.data
            changed = (line.happened_at, Target(data["first_seconds"], data["next_seconds"]))
            self._changes[data["channel"], data["priority"]].append(changed)

    def at(self, channel: Channel, priority: Priority, moment: datetime) -> Target:
        changes = self._changes.get((channel.value, priority.value))
        if not changes:
            return self._directory.target(channel, priority)
        before = [target for changed_at, target in changes if changed_at <= moment]
        return before[-1] if before else default_target(channel, priority)
