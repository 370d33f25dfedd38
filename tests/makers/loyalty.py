"""Known pools of promo codes."""

from datetime import timedelta

from hub.core.actor import Actor
from hub.core.words import ActorKind
from hub.loyalty import actions
from hub.loyalty.words import PoolKind
from tests.conftest import TUESDAY

BY = Actor(ActorKind.SYSTEM, name="test")


def make_pool(codes: str = "", **fields: object) -> int:
    """A pool of unique codes worth 10 %, good for 30 days from Tuesday; `codes` are added to it."""
    values: dict[str, object] = {
        "pool_id": None,
        "name": "Bienvenue",
        "kind": PoolKind.UNIQUE,
        "discount_percent": 10,
        "discount_cents": None,
        "starts_at": TUESDAY - timedelta(days=10),
        "ends_at": TUESDAY + timedelta(days=30),
        "valid_days": None,
        "is_single_use": True,
        "alert_below": 0,
        "by": BY,
        "now": TUESDAY,
        **fields,
    }
    pool_id = actions.save_pool(**values)  # type: ignore[arg-type]  # fields by name, as the caller gave them
    if codes:
        actions.add_codes(pool_id=pool_id, text=codes, by=BY, now=TUESDAY)
    return pool_id
