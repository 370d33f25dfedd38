"""What the loyalty room does: makes pools, fills them, gives codes to messages, and reads them on orders."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_, slug
from hub.loyalty import rules
from hub.loyalty.models import PromoCode, PromoPool
from hub.loyalty.rows import Added
from hub.loyalty.words import PoolKind

INSERTED_AT_ONCE = 5_000


def save_pool(
    *,
    pool_id: int | None,
    name: str,
    kind: PoolKind,
    discount_percent: int | None,
    discount_cents: int | None,
    starts_at: datetime,
    ends_at: datetime,
    valid_days: int | None,
    is_single_use: bool,
    alert_below: int,
    shared_code: str = "",
    by: Actor,
    now: datetime,
) -> int:
    """Make a pool or change it; its kind and a shared code stay what they were. Returns the id. Raises Invalid."""
    values: dict[str, Any] = {
        "name": name.strip(),
        "discount_percent": discount_percent,
        "discount_cents": discount_cents,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "valid_days": valid_days,
        "alert_below": alert_below,
    }
    rules.check_pool(**values)
    pool = _get(pool_id) if pool_id else _make(name, kind, shared_code, now=now)
    for field, value in values.items():
        setattr(pool, field, value)
    pool.is_single_use = is_single_use
    if pool_id is None:
        db.session.add(pool)
    db.session.flush()
    if pool_id is None and kind is PoolKind.SHARED:
        _add([rules.normal_code(shared_code)], pool, now=now)
    note_change("promo_pool.saved", subject_kind="promo_pool", subject_id=pool.id, by=by, now=now)
    return pool.id


def _make(name: str, kind: PoolKind, shared_code: str, *, now: datetime) -> PromoPool:
    if kind is PoolKind.SHARED:
        code = rules.normal_code(shared_code)
        if not rules.CODE.fullmatch(code):
            raise Invalid(N_("Please give a code of 4 to 40 letters and digits."), field="shared_code")
        if db.session.scalar(select(PromoCode.id).where(PromoCode.code == code)):
            text = N_("This code exists already. Please choose another one.")
            raise Invalid(text, field="shared_code")
    return PromoPool(key=_free_key(name), kind=kind, created_at=now, is_active=True)


def _free_key(name: str) -> str:
    """What plans and templates call the pool: from its name, with a number when it is taken."""
    base = slug(name) or "pool"
    taken = set(
        db.session.scalars(select(PromoPool.key).where(PromoPool.key.startswith(base, autoescape=True)))
    )
    numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (base, *numbers) if key not in taken)


def switch_pool(*, pool_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """A pool that is off gives no more codes; those given stay good."""
    _get(pool_id).is_active = is_active
    note_change(
        "promo_pool.switched",
        subject_kind="promo_pool",
        subject_id=pool_id,
        by=by,
        now=now,
        is_active=is_active,
    )


def generate_codes(*, pool_id: int, count: int, prefix: str, by: Actor, now: datetime) -> Added:
    """Draw codes at random; the shop gets them from the export. Raises Invalid."""
    pool = _get_unique(pool_id)
    begin = rules.check_prefix(prefix)
    if not 1 <= count <= rules.LARGEST_BATCH:
        text = N_("Please give a number from 1 to %(most)s.")
        raise Invalid(text, field="count", most=rules.LARGEST_BATCH)
    wanted, added = count, 0
    while wanted:
        drawn = {rules.draw(begin, _letters()) for _ in range(wanted)}
        new = _add(list(drawn), pool, now=now)
        added, wanted = added + new, wanted - new
    return _noted(pool, Added(added, 0), by=by, now=now)


def _letters() -> str:
    return "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.RANDOM_SIZE))


def add_codes(*, pool_id: int, text: str, by: Actor, now: datetime) -> Added:
    """Add the codes of a list, one a line. Known ones are left where they are; bad lines are handed back."""
    pool = _get_unique(pool_id)
    codes, bad = rules.read_codes(text)
    if not codes and not bad:
        raise Invalid(N_("There is no code in this list. Please give one code a line."), field="codes")
    if len(codes) > rules.LARGEST_BATCH:
        sentence = N_("Please give at most %(most)s codes at once.")
        raise Invalid(sentence, field="codes", most=rules.LARGEST_BATCH)
    new = _add(codes, pool, now=now)
    return _noted(pool, Added(new, len(codes) - new, tuple(bad)), by=by, now=now)


def _noted(pool: PromoPool, added: Added, *, by: Actor, now: datetime) -> Added:
    """A pool that has enough again may raise the alarm again."""
    left = count_free(pool.id, max(1, pool.alert_below))
    if not rules.needs_alert(pool.kind, left, pool.alert_below):
        pool.alerted_at = None
    note_change(
        "promo_pool.filled",
        subject_kind="promo_pool",
        subject_id=pool.id,
        by=by,
        now=now,
        added=added.added_count,
    )
    return added


def _add(codes: Sequence[str], pool: PromoPool, *, now: datetime) -> int:
    """Returns how many were new."""
    new = 0
    for start in range(0, len(codes), INSERTED_AT_ONCE):
        some = codes[start : start + INSERTED_AT_ONCE]
        rows = [{"pool_id": pool.id, "code": code, "created_at": now} for code in some]
        statement = insert(PromoCode).values(rows).on_conflict_do_nothing().returning(PromoCode.id)
        new += len(db.session.scalars(statement).all())
    return new


def count_free(pool_id: int, most: int) -> int:
    """Codes that nobody holds, counted up to `most`: enough to know whether few are left."""
    some = select(PromoCode.id).where(PromoCode.pool_id == pool_id, PromoCode.grant_id.is_(None)).limit(most)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _get(pool_id: int) -> PromoPool:
    pool = db.session.get(PromoPool, pool_id)
    if pool is None:
        raise NotFound(N_("This pool of codes does not exist. Please go back to the list."))
    return pool


def _get_unique(pool_id: int) -> PromoPool:
    pool = _get(pool_id)
    if pool.kind is PoolKind.SHARED:
        raise Conflict(N_("This pool has one shared code. Please make another pool for unique codes."))
    return pool
