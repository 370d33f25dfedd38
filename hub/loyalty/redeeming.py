"""Reads the codes of an order: each is kept once with its verdict; a cancelled order gives its codes back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import facts
from hub.core.db import db
from hub.loyalty import rules
from hub.loyalty.facts import PromoCodeRedeemed
from hub.loyalty.models import PromoCode, PromoGrant, PromoPool, PromoRedemption
from hub.loyalty.rules import CodeHistory, Validity
from hub.loyalty.words import GrantState, PoolKind, RedemptionVerdict
from hub.orders.queries import OrderRow, get_order


def redeem_order(order_id: int, *, now: datetime) -> None:
    """Judge each code of the order that was not judged yet. Idempotent; orders of one code wait for each other."""
    order = get_order(order_id)
    for code in dict.fromkeys(rules.normal_code(text) for text in order.promo_codes):
        if code:
            _redeem(order, code, now=now)


def cancel_order(order_id: int, *, now: datetime) -> None:
    """The order is off: its codes may be used again."""
    statement = update(PromoRedemption).where(
        PromoRedemption.order_id == order_id, PromoRedemption.cancelled_at.is_(None)
    )
    db.session.execute(statement.values(cancelled_at=now).execution_options(synchronize_session=False))


def _redeem(order: OrderRow, code: str, *, now: datetime) -> None:
    found = db.session.execute(
        select(PromoCode, PromoPool)
        .join(PromoPool, PromoPool.id == PromoCode.pool_id)
        .where(PromoCode.code == code)
        .with_for_update(of=PromoCode)
    ).one_or_none()
    history = _history(found[0], found[1], order) if found else None
    verdict = rules.judge(history, customer_id=order.customer_id, ordered_at=order.placed_at)
    new = insert(PromoRedemption).values(
        order_id=order.id,
        customer_id=order.customer_id,
        code=code,
        code_id=found[0].id if found else None,
        verdict=verdict,
        redeemed_at=order.placed_at,
    )
    is_new = db.session.scalar(new.on_conflict_do_nothing().returning(PromoRedemption.id)) is not None
    if is_new and found and verdict is RedemptionVerdict.VALID:
        fact = PromoCodeRedeemed(customer_id=order.customer_id, pool_id=found[1].id, order_id=order.id)
        facts.record(fact, now=now)


def _history(code: PromoCode, pool: PromoPool, order: OrderRow) -> CodeHistory:
    grants = _grants(code.id, order.customer_id if pool.kind is PoolKind.SHARED else None)
    mine = [ends_at for customer_id, ends_at in grants if customer_id == order.customer_id]
    used = select(func.count()).where(
        PromoRedemption.code_id == code.id,
        PromoRedemption.order_id != order.id,
        PromoRedemption.verdict == RedemptionVerdict.VALID,
        PromoRedemption.cancelled_at.is_(None),
    )
    if pool.kind is PoolKind.SHARED:
        used = used.where(PromoRedemption.customer_id == order.customer_id)
    return CodeHistory(
        kind=pool.kind,
        validity=Validity(pool.starts_at, pool.ends_at, pool.valid_days),
        is_single_use=pool.is_single_use,
        holder_ids=frozenset(customer_id for customer_id, _ in grants if customer_id is not None),
        ends_at=max(mine, default=None),
        used_count=db.session.scalar(used) or 0,
    )


def _grants(code_id: int, customer_id: int | None) -> Sequence[tuple[int | None, datetime]]:
    """Who holds the code and until when; of a shared one only this customer's."""
    statement = select(PromoGrant.customer_id, PromoGrant.ends_at).where(
        PromoGrant.code_id == code_id, PromoGrant.state != GrantState.RELEASED
    )
    if customer_id is not None:
        statement = statement.where(PromoGrant.customer_id == customer_id)
    return [(row.customer_id, row.ends_at) for row in db.session.execute(statement)]
