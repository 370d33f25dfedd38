"""The throttle of each receiving domain: what exceeds it waits, the rest of the batch goes on. Machine time.

The chain's setting "throttle": {"laposte.net": 600, "*": null}, messages an hour; "*" is for every domain that is not
named; without the setting nothing is throttled. Replies and other urgent mail are counted but never wait.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.core.words import Channel
from hub.outbox.letter import Letter
from hub.outbox.models import DomainThrottle, OutboundMessage
from hub.outbox.words import SendQueue
from hub.stores import queries as stores

SETTING = "throttle"
OTHERS = "*"
WAITS = "throttle"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """At most `hourly` messages in any hour: a bucket of one minute's worth that fills evenly."""

    hourly: int

    @property
    def size(self) -> int:
        return max(1, self.hourly // 60)

    @property
    def hourly_refill(self) -> int:
        """A full bucket and what flows into it within the hour are `hourly` together."""
        return max(1, self.hourly - self.size + 1)

    def tokens_at(self, tokens: float, filled_at: datetime, at: datetime) -> float:
        """What is in the bucket at a moment; a debt of urgent messages is below zero."""
        return min(float(self.size), tokens + self.hourly_refill * max(timedelta(), at - filled_at) / HOUR)

    def wait_for(self, tokens: float) -> timedelta:
        """How long until the bucket holds one, when it holds `tokens` less than that."""
        return max(timedelta(), (1 - tokens) * HOUR / self.hourly_refill)


@dataclass(frozen=True)
class Throttle:
    """The chain's choice: what each domain takes. `others` is for those that are not named; None: no limit."""

    named: Mapping[str, Limit | None]
    others: Limit | None

    @property
    def is_set(self) -> bool:
        return self.others is not None or any(self.named.values())

    def limit_of(self, domain: str) -> Limit | None:
        return self.named.get(domain, self.others)


def read_throttle(settings: Mapping[str, Any]) -> Throttle:
    """From the settings of the chain; a domain with null is not throttled, not even by "*"."""
    named = {
        domain.strip().lower(): Limit(int(hourly)) if hourly else None
        for domain, hourly in (settings.get(SETTING) or {}).items()
    }
    return Throttle(named, named.pop(OTHERS, None))


def get_throttle() -> Throttle:
    """What is set now; nothing is before the set-up."""
    chain = stores.find_chain()
    return read_throttle(chain.settings if chain else {})


def domain_of(address: str | None) -> str:
    return (address or "").rpartition("@")[2].strip().lower()


def is_elsewhere(domains: Collection[str]) -> ColumnElement[bool]:
    """Rows whose receiver is at none of these domains."""
    domain = func.lower(func.split_part(OutboundMessage.recipient, "@", 2))
    return or_(OutboundMessage.channel != Channel.EMAIL, domain.is_(None), domain.not_in(domains))


def list_full(throttle: Throttle, queue: SendQueue, *, machine_now: datetime) -> list[str]:
    """The domains that take nothing right now: their rows are not even looked at. Urgent ones never wait."""
    if queue is SendQueue.URGENT or not throttle.is_set:
        return []
    found = []
    for domain, tokens, filled_at in db.session.execute(_BUCKETS):
        limit = throttle.limit_of(domain)
        if limit is not None and limit.tokens_at(tokens, filled_at, machine_now) < 1:
            found.append(domain)
    return found


_BUCKETS = select(DomainThrottle.domain, DomainThrottle.tokens, DomainThrottle.filled_at)


def admit(
    letters: Sequence[Letter], throttle: Throttle, queue: SendQueue, *, now: datetime, machine_now: datetime
) -> list[Letter]:
    """Of letters that may leave those their domains take now; the others wait, and keep their place under the cap.

    Part of the claim's transaction: each bucket is locked until it ends, so that two workers never exceed one.
    """
    limited = _by_domain(letters, throttle) if throttle.is_set else {}
    late: list[tuple[Letter, datetime]] = []
    for domain, tokens in _open_buckets(limited, machine_now=machine_now).items():
        limit, some = limited[domain]
        taken = len(some) if queue is SendQueue.URGENT else min(len(some), max(0, int(tokens)))
        left = tokens - taken
        db.session.execute(_KEEP, {"domain": domain, "tokens": left, "machine_now": machine_now})
        late += [(each, machine_now + limit.wait_for(left - n)) for n, each in enumerate(some[taken:])]
    _postpone(late, now=now)
    waiting = {letter.id for letter, _ in late}
    return [letter for letter in letters if letter.id not in waiting]


def _by_domain(letters: Sequence[Letter], throttle: Throttle) -> dict[str, tuple[Limit, list[Letter]]]:
    found: dict[str, tuple[Limit, list[Letter]]] = {}
    for letter in letters:
        domain = domain_of(letter.recipient)
        limit = throttle.limit_of(domain) if letter.channel is Channel.EMAIL else None
        if limit is not None:
            found.setdefault(domain, (limit, []))[1].append(letter)
    return found


def _open_buckets(
    limited: Mapping[str, tuple[Limit, list[Letter]]], *, machine_now: datetime
) -> dict[str, float]:
    """What each bucket holds now, locked in the order of their names; a new one is full."""
    if not limited:
        return {}
    new = [
        {"domain": domain, "tokens": float(limit.size), "filled_at": machine_now}
        for domain, (limit, _) in sorted(limited.items())
    ]
    db.session.execute(insert(DomainThrottle).values(new).on_conflict_do_nothing())
    buckets = _BUCKETS.where(DomainThrottle.domain.in_(limited)).order_by(DomainThrottle.domain)
    return {
        domain: limited[domain][0].tokens_at(tokens, filled_at, machine_now)
        for domain, tokens, filled_at in db.session.execute(buckets.with_for_update())
    }


_KEEP = text("UPDATE domain_throttles SET tokens = :tokens, filled_at = :machine_now WHERE domain = :domain")


def _postpone(late: Sequence[tuple[Letter, datetime]], *, now: datetime) -> None:
    """Each to the moment at which its bucket will hold one for it, so that they come back one after the other."""
    if late:
        db.session.execute(
            _POSTPONE,
            {
                "ids": [letter.id for letter, _ in late],
                "moments": [moment for _, moment in late],
                "now": now,
                "detail": WAITS,
            },
        )


_POSTPONE = text(
    """
    UPDATE outbound_messages AS message
    SET next_attempt_at = late.moment, counted_at = coalesce(message.counted_at, :now),
        reason = NULL, reason_detail = :detail
    FROM unnest(CAST(:ids AS bigint[]), CAST(:moments AS timestamptz[])) AS late (id, moment)
    WHERE message.id = late.id
    """
)
