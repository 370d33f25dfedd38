"""What pages and other rooms ask of the promo codes."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Select, exists, func, literal, or_, select, tuple_

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.questions import Question, answered
from hub.core.text import N_
from hub.customers.queries import get_customers
from hub.loyalty.models import PromoCode, PromoGrant, PromoPool, PromoRedemption
from hub.loyalty.rows import PoolRow, RedemptionRow
from hub.loyalty.words import GrantState, PoolKind, RedemptionVerdict
from hub.orders.queries import get_orders

EXPORTED_AT_ONCE = 5_000


def list_pools() -> list[PoolRow]:
    """All pools, those that end last first. A chain has dozens, not thousands."""
    return _rows(select(PromoPool).order_by(PromoPool.ends_at.desc(), PromoPool.id.desc()))


def get_pool(pool_id: int) -> PoolRow:
    """Raises NotFound."""
    rows = _rows(select(PromoPool).where(PromoPool.id == pool_id))
    if not rows:
        raise NotFound(N_("This pool of codes does not exist. Please go back to the list."))
    return rows[0]


def list_pool_keys() -> list[tuple[str, str]]:
    """Keys and names of the pools that give codes, for the steps of plans."""
    rows = db.session.execute(
        select(PromoPool.key, PromoPool.name).where(PromoPool.is_active).order_by(PromoPool.name)
    )
    return [(row.key, row.name) for row in rows]


def ask_giving(keys: Collection[str], *, now: datetime) -> Question[frozenset[str]]:
    """Those of these pools that have a code to give now."""
    if not keys:
        return answered(frozenset())
    is_left = exists().where(PromoCode.pool_id == PromoPool.id, PromoCode.grant_id.is_(None))
    found = select(PromoPool.key).where(
        PromoPool.key.in_(keys),
        PromoPool.is_active,
        PromoPool.ends_at > now,
        or_(PromoPool.kind == PoolKind.SHARED, is_left),
    )
    return Question((found,), lambda rows: frozenset(row.key for row in rows))


def _rows(statement: Select[PromoPool]) -> list[PoolRow]:
    pools = db.session.scalars(statement).all()
    ids = [pool.id for pool in pools]
    codes, grants, used = _count_codes(ids), _count_grants(ids), _count_redeemed(ids)
    return [_row(pool, codes.get(pool.id), grants, used.get(pool.id, 0)) for pool in pools]


def _row(pool: PromoPool, codes: Any, grants: dict[tuple[int, GrantState], int], used: int) -> PoolRow:
    is_shared = pool.kind is PoolKind.SHARED
    names = PoolRow.__dataclass_fields__.keys() & {column.key for column in PromoPool.__table__.columns}
    return PoolRow(
        **{name: getattr(pool, name) for name in names},
        code_count=codes.total if codes else 0,
        left_count=None if is_shared else (codes.free if codes else 0),
        reserved_count=grants.get((pool.id, GrantState.RESERVED), 0),
        sent_count=grants.get((pool.id, GrantState.SENT), 0),
        redeemed_count=used,
        shared_code=codes.some if is_shared and codes else None,
    )


def _count_codes(pool_ids: Sequence[int]) -> dict[int, Any]:
    free = func.count().filter(PromoCode.grant_id.is_(None))
    rows = db.session.execute(
        select(
            PromoCode.pool_id,
            func.count().label("total"),
            free.label("free"),
            func.min(PromoCode.code).label("some"),
        )
        .where(PromoCode.pool_id.in_(pool_ids))
        .group_by(PromoCode.pool_id)
    )
    return {row.pool_id: row for row in rows}


def _count_grants(pool_ids: Sequence[int]) -> dict[tuple[int, GrantState], int]:
    rows = db.session.execute(
        select(PromoGrant.pool_id, PromoGrant.state, func.count().label("total"))
        .where(PromoGrant.pool_id.in_(pool_ids))
        .group_by(PromoGrant.pool_id, PromoGrant.state)
    )
    return {(row.pool_id, row.state): row.total for row in rows}


def _count_redeemed(pool_ids: Sequence[int]) -> dict[int, int]:
    """Good codes on orders that stand."""
    rows = db.session.execute(
        select(PromoCode.pool_id, func.count().label("total"))
        .join(PromoRedemption, PromoRedemption.code_id == PromoCode.id)
        .where(
            PromoCode.pool_id.in_(pool_ids),
            PromoRedemption.verdict == RedemptionVerdict.VALID,
            PromoRedemption.cancelled_at.is_(None),
        )
        .group_by(PromoCode.pool_id)
    )
    return {row.pool_id: row.total for row in rows}


def list_redemptions(*, pool_id: int | None, after: str | None, size: int) -> Page[RedemptionRow]:
    """Codes on orders, newest first; of one pool, or with None those that belong to no pool."""
    statement = (
        select(PromoRedemption, PromoPool.name)
        .outerjoin(PromoCode, PromoCode.id == PromoRedemption.code_id)
        .outerjoin(PromoPool, PromoPool.id == PromoCode.pool_id)
        .order_by(PromoRedemption.redeemed_at.desc(), PromoRedemption.id.desc())
        .limit(size + 1)
    )
    is_there = PromoCode.pool_id == pool_id if pool_id else PromoRedemption.code_id.is_(None)
    statement = statement.where(is_there)
    if after:
        at, row_id = decode_key(after, datetime, int)
        place = tuple_(literal(at, DateTime(timezone=True)), literal(row_id, BigInteger()))
        statement = statement.where(tuple_(PromoRedemption.redeemed_at, PromoRedemption.id) < place)
    found = [(row[0], row[1]) for row in db.session.execute(statement)]
    return make_page(_redemptions(found), size=size, key=lambda row: (row.redeemed_at, row.id))


def _redemptions(found: Sequence[tuple[PromoRedemption, str | None]]) -> list[RedemptionRow]:
    orders = get_orders({row.order_id for row, _ in found})
    people = get_customers({row.customer_id for row, _ in found})
    return [
        RedemptionRow(
            id=row.id,
            code=row.code,
            pool_name=name,
            verdict=row.verdict,
            order_id=row.order_id,
            order_number=orders[row.order_id].external_id,
            total_cents=orders[row.order_id].net_cents,
            currency=orders[row.order_id].currency,
            customer_id=row.customer_id,
            customer_name=people[row.customer_id].name if row.customer_id in people else "",
            redeemed_at=row.redeemed_at,
            is_cancelled=row.cancelled_at is not None,
        )
        for row, name in found
    ]


def read_codes(pool_id: int) -> Iterator[tuple[str, str, datetime | None]]:
    """Every code of a pool for the shop: code, free/reserved/sent, end for its holder. Read in pieces."""
    last_id = 0
    while True:
        rows = db.session.execute(
            select(PromoCode.id, PromoCode.code, PromoGrant.state, PromoGrant.ends_at)
            .outerjoin(PromoGrant, PromoGrant.id == PromoCode.grant_id)
            .where(PromoCode.pool_id == pool_id, PromoCode.id > last_id)
            .order_by(PromoCode.id)
            .limit(EXPORTED_AT_ONCE)
        ).all()
        for row in rows:
            yield row.code, row.state or "free", row.ends_at
        if len(rows) < EXPORTED_AT_ONCE:
            return
        last_id = rows[-1].id
