"""Reply waits from a ticket's events: the definition of the response time (inbox.md, "exact"); pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hub.core.words import Channel
from hub.inbox.words import DropReason, WaitKind


class WaitEvent(StrEnum):
    """What can change a wait. Notes, acknowledgements, auto-replies and state changes are not among them."""

    CUSTOMER_WROTE = "customer_wrote"
    PERSON_ANSWERED = "person_answered"
    DROPPED = "dropped"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a ticket in the order of `event_id`; the other fields belong to some kinds only."""

    event_id: int
    kind: WaitEvent
    at: datetime
    channel: Channel | None = None
    agent_id: int | None = None
    reason: DropReason | None = None
    store_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wait:
    """One wait, or the share of one store in it."""

    store_id: int | None
    channel: Channel
    kind: WaitKind
    started_at: datetime
    ended_at: datetime | None = None
    agent_id: int | None = None
    is_transferred: bool = False
    dropped_at: datetime | None = None
    drop_reason: DropReason | None = None


def replay(events: Iterable[Event], *, store_id: int | None, channel: Channel) -> list[Wait]:
    """The waits of a ticket opened in `store_id` on `channel`; the last one may be open."""
    waits: list[Wait] = []
    current: Wait | None = None
    is_answered = False
    for event in sorted(events, key=lambda each: each.event_id):
        if event.kind is WaitEvent.CUSTOMER_WROTE and current is None:
            kind = WaitKind.NEXT if is_answered else WaitKind.FIRST
            current = Wait(
                store_id=store_id, channel=event.channel or channel, kind=kind, started_at=event.at
            )
            continue
        following = _after(current, event)
        if current is not None and following is not current:
            waits.append(_closed(current, event))
            current = following
        is_answered = is_answered or event.kind is WaitEvent.PERSON_ANSWERED
        store_id = event.store_id if event.kind is WaitEvent.TRANSFERRED else store_id
    return [*waits, current] if current else waits


def _after(current: Wait | None, event: Event) -> Wait | None:
    """The open wait once the event happened."""
    if current is None or event.kind is WaitEvent.CUSTOMER_WROTE:
        return current
    if event.kind is WaitEvent.TRANSFERRED:
        return replace(current, store_id=event.store_id, started_at=event.at)
    return None


def _closed(wait: Wait, event: Event) -> Wait:
    if event.kind is WaitEvent.DROPPED:
        return replace(wait, dropped_at=event.at, drop_reason=event.reason)
    is_split = event.kind is WaitEvent.TRANSFERRED
    return replace(wait, ended_at=event.at, agent_id=event.agent_id, is_transferred=is_split)
