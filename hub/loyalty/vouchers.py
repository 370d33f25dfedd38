"""Pools whose personal codes a person may give one by one, with what one takes off an order; and giving it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select, update

from hub.core.db import db
from hub.loyalty.models import PromoCode, PromoGrant, PromoPool
from hub.loyalty.rules import Validity, is_giving
from hub.loyalty.words import GrantState, PoolKind


@dataclass(frozen=True)
class Voucher:
    """`is_over`: ended or switched off; `is_empty`: nobody has filled it again yet."""

    pool_id: int
    key: str
    name: str
    amount_cents: int
    is_over: bool
    is_empty: bool

    @property
    def is_giving(self) -> bool:
        return not self.is_over and not self.is_empty


def list_vouchers(*, now: datetime, pool_ids: Collection[int] = ()) -> list[Voucher]:
    """Of personal codes with a fixed amount, those that give one now and those of `pool_ids`; by amount and name."""
    has_code = exists().where(PromoCode.pool_id == PromoPool.id, PromoCode.grant_id.is_(None))
    found = select(PromoPool, has_code).where(
        or_(PromoPool.is_active, PromoPool.id.in_(pool_ids)),
        PromoPool.kind == PoolKind.UNIQUE,
        PromoPool.discount_cents.is_not(None),
    )
    rows = [_voucher(pool, has_code=left, now=now) for pool, left in db.session.execute(found)]
    chosen = [row for row in rows if row.is_giving or row.pool_id in pool_ids]
    return sorted(chosen, key=lambda row: (row.amount_cents, row.name))


def get_vouchers(pool_ids: Collection[int], *, now: datetime) -> dict[int, Voucher]:
    """Those of these pools, whether they give or not."""
    if not pool_ids:
        return {}
    found = list_vouchers(now=now, pool_ids=pool_ids)
    return {row.pool_id: row for row in found if row.pool_id in pool_ids}


def take_back(reference: str, *, now: datetime) -> None:
    """Nobody has seen the code after all: it is free again."""
    grant_id = db.session.scalar(
        update(PromoGrant)
        .where(PromoGrant.reference == reference, PromoGrant.state != GrantState.RELEASED)
        .values(state=GrantState.RELEASED, settled_at=now)
        .returning(PromoGrant.id)
    )
    if grant_id is not None:
        db.session.execute(update(PromoCode).where(PromoCode.grant_id == grant_id).values(grant_id=None))


def _voucher(pool: PromoPool, *, has_code: bool, now: datetime) -> Voucher:
    validity = Validity(pool.starts_at, pool.ends_at, pool.valid_days)
    is_on = is_giving(validity, is_active=pool.is_active, now=now)
    return Voucher(pool.id, pool.key, pool.name, pool.discount_cents or 0, not is_on, not has_code)
