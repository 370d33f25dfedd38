"""Gives codes to messages: reserved when the message is written, then sent or released. One statement a step."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, case, select, text, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import facts
from hub.core.db import db
from hub.loyalty import rules
from hub.loyalty.actions import count_free
from hub.loyalty.facts import PromoPoolLow
from hub.loyalty.models import PromoCode, PromoGrant, PromoPool
from hub.loyalty.rows import GivenCode
from hub.loyalty.rules import Validity
from hub.loyalty.words import GrantState, PoolKind

log = structlog.get_logger(__name__)


def reserve(*, pool_key: str, wanted: Mapping[str, int | None], now: datetime) -> dict[str, GivenCode]:
    """A code for each reference (the key of its message) and its customer; the same reference keeps its code.

    References that get none are left out: there is no such pool, it is off, has ended or is empty. Two workers never
    give one unique code twice (locked rows are skipped).
    """
    pool = db.session.scalar(select(PromoPool).where(PromoPool.key == pool_key))
    if pool is None:
        log.warning("loyalty.no_such_pool", key=pool_key)
        return {}
    found = {
        reference: GivenCode(code, ends_at, pool.discount_percent, pool.discount_cents)
        for reference, code, ends_at in _held(wanted)
    }
    missing = [reference for reference in wanted if reference not in found]
    validity = Validity(pool.starts_at, pool.ends_at, pool.valid_days)
    if not missing or not rules.is_giving(validity, is_active=pool.is_active, now=now):
        return found
    ends_at = rules.end_of_grant(validity, now)
    given = _give(pool, [(each, wanted[each]) for each in missing], ends_at=ends_at, now=now)
    _alert(pool, now=now)
    return found | {
        reference: GivenCode(code, ends_at, pool.discount_percent, pool.discount_cents)
        for reference, code in given.items()
    }


def _held(references: Collection[str]) -> Sequence[tuple[str, str, datetime]]:
    rows = db.session.execute(
        select(PromoGrant.reference, PromoCode.code, PromoGrant.ends_at)
        .join(PromoCode, PromoCode.id == PromoGrant.code_id)
        .where(PromoGrant.reference.in_(references), PromoGrant.state != GrantState.RELEASED)
    )
    return [(row.reference, row.code, row.ends_at) for row in rows]


def _give(
    pool: PromoPool, asked: Sequence[tuple[str, int | None]], *, ends_at: datetime, now: datetime
) -> dict[str, str]:
    codes = _codes_for(pool, len(asked))
    rows = [
        {
            "pool_id": pool.id,
            "code_id": code_id,
            "customer_id": customer_id,
            "reference": reference,
            "state": GrantState.RESERVED,
            "granted_at": now,
            "ends_at": ends_at,
        }
        for (reference, customer_id), (code_id, _) in zip(asked, codes, strict=False)
    ]
    if not rows:
        return {}
    new = insert(PromoGrant).values(rows)
    made = db.session.execute(
        new.on_conflict_do_update(
            index_elements=["reference"],
            set_={name: new.excluded[name] for name in rows[0] if name != "reference"} | {"settled_at": None},
            where=PromoGrant.state == GrantState.RELEASED,
        ).returning(PromoGrant.id, PromoGrant.code_id, PromoGrant.reference)
    ).all()
    if pool.kind is PoolKind.UNIQUE:
        _hold({code_id: grant_id for grant_id, code_id, _ in made})
    words = dict(codes)
    return {reference: words[code_id] for _, code_id, reference in made}


def _codes_for(pool: PromoPool, count: int) -> Sequence[tuple[int, str]]:
    """As many free codes, locked, as there are and are asked for; a shared one as often as it is asked for."""
    statement = select(PromoCode.id, PromoCode.code).where(PromoCode.pool_id == pool.id)
    if pool.kind is PoolKind.SHARED:
        row = db.session.execute(statement.limit(1)).one()
        return [(row.id, row.code)] * count
    free = statement.where(PromoCode.grant_id.is_(None)).order_by(PromoCode.id).limit(count)
    return [(row.id, row.code) for row in db.session.execute(free.with_for_update(skip_locked=True))]


def _hold(grant_of: Mapping[int, int]) -> None:
    if grant_of:
        chosen = case(grant_of, value=PromoCode.id)
        statement = update(PromoCode).where(PromoCode.id.in_(grant_of)).values(grant_id=chosen)
        db.session.execute(statement.execution_options(synchronize_session=False))


def _alert(pool: PromoPool, *, now: datetime) -> None:
    """Once, until the pool has enough again: two workers that empty it together tell it once."""
    left = count_free(pool.id, max(1, pool.alert_below)) if pool.kind is PoolKind.UNIQUE else 0
    if pool.alerted_at is not None or not rules.needs_alert(pool.kind, left, pool.alert_below):
        return
    first = db.session.scalar(
        update(PromoPool)
        .where(PromoPool.id == pool.id, PromoPool.alerted_at.is_(None))
        .values(alerted_at=now)
        .returning(PromoPool.id)
    )
    if first is not None:
        facts.record(PromoPoolLow(pool_id=pool.id, left_count=left), now=now)


SETTLE = text(
    """
    WITH settled AS (
        UPDATE promo_grants SET state = :state, settled_at = :now
        WHERE reference = ANY(:references) AND state = 'reserved'
        RETURNING id
    )
    UPDATE promo_codes SET grant_id = NULL
    WHERE :state = 'released' AND grant_id IN (SELECT id FROM settled)
    """
).bindparams(bindparam("state"))


def mark_sent(references: Collection[str], *, now: datetime) -> None:
    """The provider took these messages: their codes have been seen."""
    _settle(references, GrantState.SENT, now=now)


def release(references: Collection[str], *, now: datetime) -> None:
    """These messages never left: nobody saw their codes, which are free again."""
    _settle(references, GrantState.RELEASED, now=now)


def _settle(references: Collection[str], state: GrantState, *, now: datetime) -> None:
    if references:
        values: dict[str, Any] = {"references": list(references), "state": state.value, "now": now}
        db.session.execute(SETTLE, values)
