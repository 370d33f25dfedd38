"""Why people stop or write less, in their words and without their address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.words import Channel
from hub.customers.consents import hash_of
from hub.customers.models import LeavingAnswer
from hub.customers.words import LeavingReason

REMARK_CHARS = 1000


def tell_leaving(
    address: str, channel: Channel, *, reason: LeavingReason, remark: str, now: datetime
) -> None:
    """Keep why somebody leaves; the address stands there as a keyed hash."""
    db.session.add(
        LeavingAnswer(
            address_hash=hash_of(address),
            channel=channel,
            reason=reason,
            remark=" ".join(remark.split())[:REMARK_CHARS],
            happened_at=now,
        )
    )
    db.session.flush()


@dataclass(frozen=True)
class LeavingRow:
    reason: LeavingReason
    count: int


def count_leaving(*, since: datetime) -> list[LeavingRow]:
    """How often each reason was given, most frequent first."""
    counted = func.count()
    rows = db.session.execute(
        select(LeavingAnswer.reason, counted)
        .where(LeavingAnswer.happened_at >= since)
        .group_by(LeavingAnswer.reason)
        .order_by(counted.desc(), LeavingAnswer.reason)
    )
    return [LeavingRow(reason, count) for reason, count in rows]


def list_leaving_remarks(*, since: datetime, limit: int = 20) -> list[tuple[LeavingReason, str, datetime]]:
    """What people wrote beside it, newest first."""
    rows = db.session.execute(
        select(LeavingAnswer.reason, LeavingAnswer.remark, LeavingAnswer.happened_at)
        .where(LeavingAnswer.happened_at >= since, LeavingAnswer.remark != "")
        .order_by(LeavingAnswer.happened_at.desc())
        .limit(limit)
    )
    return [(row.reason, row.remark, row.happened_at) for row in rows]
