"""Baskets as they were known at some moment, for many at once: what plans and their replay ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Text, bindparam, text
from sqlalchemy.types import TypeEngine

from hub.core.batches import array_of
from hub.core.db import db
from hub.core.questions import Question, Rows, answered, written
from hub.orders.behaviour.queries import get_setup
from hub.orders.behaviour.rules import profile_of
from hub.orders.behaviour.words import BasketProfile, Device

LIMIT = 500

_ASKED = """
    SELECT basket_id, since, at
    FROM unnest(CAST(:ids AS bigint[]), CAST(:since AS timestamptz[]), CAST(:ats AS timestamptz[])) AS one (basket_id, since, at)
"""
# Left: the last touch by then fell into the window and left something in it.
_LEFT = """
    SELECT t.basket_id, t.touched_at AS since, CAST(:at AS timestamptz) AS at FROM basket_touches t
    WHERE t.state = 'open' AND t.line_count > 0 AND t.touched_at >= :begin AND t.touched_at < :until
        AND t.touched_at <= :at AND (t.touched_at, t.basket_id) > (:after_at, :after_id)
        AND NOT EXISTS (SELECT FROM basket_touches later WHERE later.basket_id = t.basket_id
            AND (later.touched_at, later.event_key) > (t.touched_at, t.event_key) AND later.touched_at <= :at)
"""
# An order counts unless it was cancelled by then; it is this basket's when it names it, or is its customer's.
_COUNTED = "o.placed_at <= asked.at AND NOT (o.state = 'cancelled' AND o.state_at <= asked.at)"
_MINE = "(o.customer_id = b.customer_id OR o.basket_key = b.external_id)"
_LOOK = """
    SELECT asked.basket_id, asked.since, asked.at, b.customer_id, last.touched_at, last.state, last.device, last.total_cents,
        last.line_count, b.clears_at, b.currency, b.checkout_url,
        EXISTS (SELECT FROM orders o WHERE {mine} AND o.placed_at >= asked.since AND {counted})
            OR EXISTS (SELECT FROM basket_touches p WHERE p.basket_id = b.id AND p.state = 'ordered'
                AND p.touched_at >= asked.since AND p.touched_at <= asked.at) AS is_paid,
        EXISTS (SELECT FROM orders o WHERE o.customer_id = b.customer_id AND o.placed_at < asked.since AND {counted})
            AS has_ordered
    FROM ({asked}) asked JOIN baskets b ON b.id = asked.basket_id
    JOIN LATERAL (SELECT * FROM basket_touches t WHERE t.basket_id = b.id AND t.touched_at <= asked.at
        ORDER BY t.touched_at DESC, t.event_key DESC LIMIT 1) last ON true
"""
_MOMENT = DateTime(timezone=True)
_SHOWN: dict[str, TypeEngine[Any]] = {
    "basket_id": BigInteger(), "since": _MOMENT, "at": _MOMENT, "customer_id": BigInteger(), "touched_at": _MOMENT,
    "state": Text(), "device": Text(), "total_cents": BigInteger(), "line_count": BigInteger(), "clears_at": _MOMENT,
    "currency": Text(), "checkout_url": Text(), "is_paid": Boolean(), "has_ordered": Boolean(),
}  # fmt: skip


@dataclass(frozen=True)
class BasketThen:
    """A basket as it was known, seen from a touch of it (`since`).

    `is_paid`: an order came of it since. `is_emptied`: nothing is in it, or the shop has cleared it (`clears_at`).
    `is_changed`: it was touched after `since`, with something in it. `has_ordered`: its customer had ordered before `since`.
    """

    basket_id: int
    since: datetime
    customer_id: int | None
    touched_at: datetime
    device: Device | None
    total_cents: int
    currency: str
    checkout_url: str
    clears_at: datetime
    is_paid: bool
    is_emptied: bool
    is_changed: bool
    has_ordered: bool

    @property
    def is_left(self) -> bool:
        """Still waiting as it was left."""
        return not (self.is_paid or self.is_emptied or self.is_changed)

    def profile(self, *, above_cents: int) -> BasketProfile:
        """What a reminder says first; `above_cents` is the amount above which an adviser is offered."""
        return profile_of(
            self.total_cents, self.device, has_ordered=self.has_ordered, above_cents=above_cents
        )


def look_at_baskets(
    pairs: Collection[tuple[int, datetime]], *, at: datetime
) -> dict[tuple[int, datetime], BasketThen]:
    """By (basket id, the touch it is seen from): what was known at `at`. In one statement; unknown ones are left out."""
    found = look_at_each([(basket_id, since, at) for basket_id, since in pairs])
    return {(basket_id, since): row for (basket_id, since, _), row in found.items()}


def look_at_each(
    asked: Collection[tuple[int, datetime, datetime]],
) -> dict[tuple[int, datetime, datetime], BasketThen]:
    """By (basket id, the touch it is seen from, the moment it is asked of), in one statement; unknown ones are left out."""
    return ask_each(asked).ask()


def ask_each(
    asked: Collection[tuple[int, datetime, datetime]],
) -> Question[dict[tuple[int, datetime, datetime], BasketThen]]:
    rows = sorted(asked)
    if not rows:
        return answered({})
    given = {
        "ids": array_of(basket_id for basket_id, _, _ in rows),
        "since": array_of(since for _, since, _ in rows),
        "ats": array_of(at for _, _, at in rows),
    }

    def read(found: Rows) -> dict[tuple[int, datetime, datetime], BasketThen]:
        seen = zip(found, _rows(found), strict=True)
        return {(then.basket_id, then.since, row.at): then for row, then in seen}

    return Question((written(text(_statement(_ASKED)), _SHOWN, given),), read)


def list_left_then(
    *,
    since: datetime,
    until: datetime,
    at: datetime,
    after: tuple[datetime, int] | None = None,
    limit: int = LIMIT,
) -> list[BasketThen]:
    """Baskets of known customers last touched in [since, until), still waiting at `at`; oldest first.

    `after` is (since, basket id) of the last one of the page before.
    """
    given: dict[str, Any] = {"begin": since, "until": until, "at": at, "limit": limit}
    given |= {"after_at": after[0] if after else since, "after_id": after[1] if after else 0}
    query = f"{_statement(_LEFT)} WHERE b.customer_id IS NOT NULL ORDER BY asked.since, asked.basket_id"
    found: list[BasketThen] = []
    while True:
        rows = db.session.execute(
            text(f"{query} LIMIT :limit").bindparams(bindparam("limit", type_=Integer)), given
        )
        page = _rows(rows.all())
        found += [row for row in page if row.is_left]
        if len(page) < limit or len(found) >= limit:
            return found[:limit]
        given |= {"after_at": page[-1].since, "after_id": page[-1].basket_id}


def _statement(asked: str) -> str:
    return _LOOK.format(asked=asked, mine=_MINE, counted=_COUNTED)


def _rows(rows: Sequence[Any]) -> list[BasketThen]:
    keeps = timedelta(days=get_setup().basket_days)
    return [_row(row, keeps) for row in rows]


def _row(row: Any, keeps: timedelta) -> BasketThen:
    clears_at = row.clears_at or row.touched_at + keeps
    is_gone = row.state == "emptied" or not row.line_count or clears_at <= row.at
    return BasketThen(
        basket_id=row.basket_id,
        since=row.since,
        customer_id=row.customer_id,
        touched_at=row.touched_at,
        device=Device(row.device) if row.device else None,
        total_cents=row.total_cents,
        currency=row.currency,
        checkout_url=row.checkout_url,
        clears_at=clears_at,
        is_paid=row.is_paid,
        is_emptied=is_gone,
        is_changed=row.touched_at > row.since and row.state == "open" and row.line_count > 0,
        has_ordered=row.has_ordered,
    )
