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
    """One wait, or the share of one store in it.

    `since` is when the customer's own wait began, before any transfer; `event_id` and `noted_at` tell the event at which
    the target was frozen.
    """

    store_id: int | None
    channel: Channel
    kind: WaitKind
    started_at: datetime
    since: datetime
    event_id: int
    noted_at: datetime
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
        if event.kind is WaitEvent.CUSTOMER_WROTE:
            kind = WaitKind.NEXT if is_answered else WaitKind.FIRST
            current = _wrote(current, event, kind, store_id=store_id, channel=channel)
            continue
        if current is not None:
            waits.append(_closed(current, event))
            current = _passed_on(current, event) if event.kind is WaitEvent.TRANSFERRED else None
        is_answered = is_answered or event.kind is WaitEvent.PERSON_ANSWERED
        store_id = event.store_id if event.kind is WaitEvent.TRANSFERRED else store_id
    return [*waits, current] if current else waits


def begins_earlier(started_at: datetime, since: datetime, at: datetime) -> bool:
    """Whether a message of `at` that came in late is the oldest unanswered one of a wait that no transfer has cut."""
    return started_at == since and at < started_at


def _wrote(
    current: Wait | None, event: Event, kind: WaitKind, *, store_id: int | None, channel: Channel
) -> Wait:
    """The open wait once the customer wrote."""
    if current is not None:
        is_older = begins_earlier(current.started_at, current.since, event.at)
        return replace(current, started_at=event.at, since=event.at) if is_older else current
    return Wait(
        store_id=store_id,
        channel=event.channel or channel,
        kind=kind,
        started_at=event.at,
        since=event.at,
        event_id=event.event_id,
        noted_at=event.at,
    )


def _passed_on(current: Wait, event: Event) -> Wait:
    """The share of the next store: the same kind, from now on."""
    return replace(
        current,
        store_id=event.store_id,
        started_at=event.at,
        event_id=event.event_id,
        noted_at=event.at,
    )


def _closed(wait: Wait, event: Event) -> Wait:
    if event.kind is WaitEvent.DROPPED:
        return replace(wait, dropped_at=event.at, drop_reason=event.reason)
    is_split = event.kind is WaitEvent.TRANSFERRED
    return replace(wait, ended_at=event.at, agent_id=event.agent_id, is_transferred=is_split)
