"""How much customers hear from us: messages per customer and week, the caps, what waits, what was not sent and why.

Only what the provider took counts as heard (accepted, delivered); what was blocked, failed, came back or was taken
back never does. Each figure is one aggregate over an index of its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text

from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.outbox.blocked import why_of
from hub.outbox.rules import Cap
from hub.outbox.words import BlockReason, MessageState

WEEKS = (1, 4, 13)
MOST_BARS = 8
CAPPED = frozenset({Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER})
Kind = tuple[Channel, Purpose]


@dataclass(frozen=True)
class Asked:
    """The last `weeks` weeks up to `now` (business time), of one channel or purpose or of all."""

    now: datetime
    weeks: int = 4
    channel: Channel | None = None
    purpose: Purpose | None = None

    @property
    def since(self) -> datetime:
        return self.now - timedelta(weeks=self.weeks)


@dataclass(frozen=True)
class KindRow:
    """Messages of one channel and purpose that the provider took, and how many customers they reached."""

    channel: Channel
    purpose: Purpose
    message_count: int
    customer_count: int


@dataclass(frozen=True)
class CapRow:
    """Of the customers with any counted message in the cap's own window, those who can get no more now."""

    channel: Channel
    purpose: Purpose
    cap: Cap
    customer_count: int
    full_count: int

    @property
    def share(self) -> float | None:
        return self.full_count / self.customer_count if self.customer_count else None


@dataclass(frozen=True)
class WaitRow:
    """Messages that wait. `why` is None for those that are simply not due yet or about to leave."""

    channel: Channel
    purpose: Purpose
    why: BlockReason | None
    count: int
    oldest_due_at: datetime


@dataclass(frozen=True)
class WaitingCustomer:
    customer_id: int
    count: int
    oldest_due_at: datetime


@dataclass(frozen=True)
class Pressure:
    """`weekly_counts`: how many customers got 1, 2, … 8 or more messages in one of the weeks, a customer once a week."""

    asked: Asked
    weekly_counts: tuple[int, ...]
    message_count: int
    customer_count: int
    by_kind: tuple[KindRow, ...]
    caps: tuple[CapRow, ...]
    waiting: tuple[WaitRow, ...]
    top: tuple[WaitingCustomer, ...]
    not_sent: Mapping[str, int] = field(default_factory=dict)

    @property
    def per_week(self) -> float | None:
        """Messages per reached customer and week; None when nobody was reached."""
        return self.message_count / (self.customer_count * self.asked.weeks) if self.customer_count else None


def get_pressure(asked: Asked, caps: Mapping[Kind, Cap]) -> Pressure:
    """All figures of the page in six statements. `caps` are the chain's (rules.read_policy)."""
    kinds, message_count, customer_count = _count_kinds(asked)
    return Pressure(
        asked=asked,
        weekly_counts=_count_weekly(asked),
        message_count=message_count,
        customer_count=customer_count,
        by_kind=kinds,
        caps=_count_full(asked, caps),
        waiting=_count_waiting(asked),
        top=_list_top(asked),
        not_sent=_count_not_sent(asked),
    )


_FILTER = """
    (CAST(:channel AS text) IS NULL OR channel = :channel) AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)
"""
_HEARD = """
    state IN ('accepted', 'delivered') AND customer_id IS NOT NULL
    AND accepted_at > :since AND accepted_at <= :now AND ASKED
"""


def _statement(sql: str) -> TextClause:
    """With the two conditions that several statements share written out."""
    return text(sql.replace("HEARD", _HEARD).replace("ASKED", _FILTER))


_WEEKLY = _statement("""
    SELECT least(message_count, 8) AS bar, count(*) AS customer_count
    FROM (
        SELECT count(*) AS message_count
        FROM outbound_messages WHERE HEARD
        GROUP BY customer_id, floor(extract(epoch FROM CAST(:now AS timestamptz) - accepted_at) / 604800)
    ) AS weekly
    GROUP BY bar
""")
_KINDS = _statement("""
    SELECT channel, purpose, count(*) AS message_count, count(DISTINCT customer_id) AS customer_count
    FROM outbound_messages WHERE HEARD
    GROUP BY GROUPING SETS ((channel, purpose), ())
    ORDER BY message_count DESC, channel, purpose
""")
_FULL = _statement("""
    SELECT channel, purpose, most, days, count(*) AS customer_count,
        count(*) FILTER (WHERE message_count >= most) AS full_count
    FROM (
        SELECT cap.channel, cap.purpose, cap.most, cap.days, message.customer_id, count(*) AS message_count
        FROM jsonb_to_recordset(CAST(:caps AS jsonb)) AS cap (channel text, purpose text, most int, days int)
        JOIN outbound_messages AS message
            ON message.channel = cap.channel AND message.purpose = cap.purpose
            AND message.purpose IN ('survey', 'promotion', 'newsletter')
            AND message.counted_at > CAST(:now AS timestamptz) - make_interval(days => cap.days)
        WHERE message.customer_id IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5
    ) AS taken
    WHERE ASKED
    GROUP BY 1, 2, 3, 4
""")
_WAITING = _statement("""
    SELECT channel, purpose, reason, count(*) AS message_count, min(due_at) AS oldest_due_at
    FROM outbound_messages WHERE state = 'waiting' AND ASKED
    GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2
""")
_TOP = _statement("""
    SELECT customer_id, count(*) AS message_count, min(due_at) AS oldest_due_at
    FROM outbound_messages WHERE state = 'waiting' AND customer_id IS NOT NULL AND ASKED
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10
""")
_NOT_SENT = _statement("""
    SELECT state, reason, count(*) AS message_count
    FROM outbound_messages
    WHERE state IN ('blocked', 'expired', 'failed', 'unknown') AND ended_at > :since AND ended_at <= :now AND ASKED
    GROUP BY 1, 2 ORDER BY 3 DESC, 2
""")


def _values(asked: Asked) -> dict[str, Any]:
    return {"now": asked.now, "since": asked.since, "channel": asked.channel, "purpose": asked.purpose}


def _count_weekly(asked: Asked) -> tuple[int, ...]:
    found: dict[int, int] = dict(db.session.execute(_WEEKLY, _values(asked)).all())
    return tuple(found.get(bar, 0) for bar in range(1, MOST_BARS + 1))


def _count_kinds(asked: Asked) -> tuple[tuple[KindRow, ...], int, int]:
    rows = db.session.execute(_KINDS, _values(asked)).all()
    kinds = [KindRow(Channel(row[0]), Purpose(row[1]), row[2], row[3]) for row in rows if row[0] is not None]
    total = next(row for row in rows if row[0] is None)
    return tuple(kinds), total[2], total[3]


def _count_full(asked: Asked, caps: Mapping[Kind, Cap]) -> tuple[CapRow, ...]:
    """Counts what the gate counts (`counted_at`): let through, and on its way, taken or of unknown outcome."""
    shown = {kind: cap for kind, cap in caps.items() if kind[1] in CAPPED and _is_asked(kind, asked)}
    given = [
        {"channel": channel, "purpose": purpose, "most": cap.count, "days": cap.days}
        for (channel, purpose), cap in shown.items()
    ]
    rows = db.session.execute(_FULL, {**_values(asked), "caps": json.dumps(given)}).all()
    found = {(row[0], row[1]): (row[4], row[5]) for row in rows}
    return tuple(CapRow(*kind, cap, *found.get(kind, (0, 0))) for kind, cap in sorted(shown.items()))


def _is_asked(kind: Kind, asked: Asked) -> bool:
    return asked.channel in {None, kind[0]} and asked.purpose in {None, kind[1]}


def _count_waiting(asked: Asked) -> tuple[WaitRow, ...]:
    rows = db.session.execute(_WAITING, _values(asked))
    return tuple(
        WaitRow(Channel(row[0]), Purpose(row[1]), BlockReason(row[2]) if row[2] else None, row[3], row[4])
        for row in rows
    )


def _list_top(asked: Asked) -> tuple[WaitingCustomer, ...]:
    return tuple(WaitingCustomer(*row) for row in db.session.execute(_TOP, _values(asked)))


def _count_not_sent(asked: Asked) -> dict[str, int]:
    """By why (blocked.why_of), the most frequent first."""
    counts: dict[str, int] = {}
    for state, reason, count in db.session.execute(_NOT_SENT, _values(asked)):
        why = why_of(MessageState(state), BlockReason(reason) if reason else None)
        counts[why] = counts.get(why, 0) + count
    return counts
