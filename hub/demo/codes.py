"""Fills the demo's promo codes: a welcome pool, a shared code, and the orders on which some came back."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select, update

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.loyalty import actions, giving, redeeming
from hub.loyalty.words import PoolKind
from hub.orders.models import Order

MADE_BEFORE = timedelta(days=60)
ENDS_AFTER = timedelta(days=120)
ORDER_COUNT = 60
HELD_BACK = 12
"""Customers who got a code and have not used it."""

SHARED = "LUMIERE5"
GESTURE_POOL = "Geste commercial 5 €"
WRONG = "BIENVENU10"
"""What customers type who remember an older code."""


def make_promo_codes(*, now: datetime, random: Random) -> None:
    """Part of the demo's one transaction; needs the orders."""
    made_at = now - MADE_BEFORE
    actions.generate_codes(
        pool_id=_make("Bienvenue", PoolKind.UNIQUE, percent=10, now=made_at),
        count=400,
        prefix="BIENV",
        by=SYSTEM,
        now=made_at,
    )
    _make("Lumières d’hiver", PoolKind.SHARED, cents=500, now=made_at)
    actions.generate_codes(
        pool_id=_make(GESTURE_POOL, PoolKind.UNIQUE, cents=500, now=made_at),
        count=200,
        prefix="GESTE",
        by=SYSTEM,
        now=made_at,
    )
    orders = _orders(since=made_at + timedelta(days=2))
    wanted: dict[str, int | None] = {f"demo:{order_id}": customer_id for order_id, customer_id in orders}
    given = giving.reserve(pool_key="bienvenue", wanted=wanted, now=made_at)
    giving.mark_sent(list(given), now=made_at)
    for order_id, _ in orders[HELD_BACK:]:
        typed = random.choices([given[f"demo:{order_id}"].code, SHARED, WRONG], [6, 3, 1])[0]
        db.session.execute(update(Order).where(Order.id == order_id).values(promo_codes=[typed]))
        redeeming.redeem_order(order_id, now=now)


def _make(
    name: str, kind: PoolKind, *, percent: int | None = None, cents: int | None = None, now: datetime
) -> int:
    return actions.save_pool(
        pool_id=None,
        name=name,
        kind=kind,
        discount_percent=percent,
        discount_cents=cents,
        starts_at=now,
        ends_at=now + MADE_BEFORE + ENDS_AFTER,
        valid_days=None,
        is_single_use=True,
        alert_below=100,
        shared_code=SHARED,
        by=SYSTEM,
        now=now,
    )


def _orders(*, since: datetime) -> list[tuple[int, int]]:
    """Orders of as many customers, each order's id with its customer's."""
    rows = db.session.execute(
        select(func.min(Order.id), Order.customer_id)
        .where(Order.placed_at > since)
        .group_by(Order.customer_id)
        .order_by(func.min(Order.id))
        .limit(ORDER_COUNT)
    )
    return [(order_id, customer_id) for order_id, customer_id in rows]
