"""Which event of a basket wins, when an order closes it, and the keys that make a visit told twice one: pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.orders.behaviour.words import BasketProfile, BasketState, Device, PageKind

RANKS = {state: rank for rank, state in enumerate(BasketState)}
VISITOR_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
"""Long enough that nobody guesses another's."""
SETTING = "behaviour"
MOST_SITES = 20
KEEP_DAYS = 395
"""Thirteen months: the life the CNIL recommends for trackers (guidelines of 17 September 2020)."""
LEAST_KEEP_DAYS = 30
MOST_KEEP_DAYS = 760
LATE_DAYS = 14
MOST_LATE_DAYS = 365
BASKET_DAYS = 30
MOST_BASKET_DAYS = 365

Rank = tuple[datetime, str]


@dataclass(frozen=True)
class BehaviourSetup:
    """What the chain chose: whether the script notes visits, on which sites, how long they are kept, how old an order may
    be that still starts a plan, and after how many days the shop clears a basket of which it does not say so.
    """

    is_on: bool = False
    sites: tuple[str, ...] = ()
    keep_days: int = KEEP_DAYS
    late_days: int = LATE_DAYS
    basket_days: int = BASKET_DAYS
    till_columns: Mapping[str, Any] = field(default_factory=dict)


def read_setup(settings: Mapping[str, Any]) -> BehaviourSetup:
    """The chain's choices as they are kept under `behaviour`; what is missing is as delivered."""
    kept = settings.get(SETTING, {})
    return BehaviourSetup(
        is_on=bool(kept.get("is_on", False)),
        sites=tuple(str(each) for each in kept.get("sites", ())),
        keep_days=int(kept.get("keep_days", KEEP_DAYS)),
        late_days=int(kept.get("late_days", LATE_DAYS)),
        basket_days=int(kept.get("basket_days", BASKET_DAYS)),
        till_columns=dict(kept.get("till_columns", {})),
    )


def write_setup(setup: BehaviourSetup) -> dict[str, Any]:
    """The same as it is kept."""
    return {
        "is_on": setup.is_on,
        "sites": list(setup.sites),
        "keep_days": setup.keep_days,
        "late_days": setup.late_days,
        "basket_days": setup.basket_days,
        "till_columns": dict(setup.till_columns),
    }


def event_key_of(state: BasketState, digest: str) -> str:
    """What decides between two events of one moment: further on its way, then an arbitrary but fixed order."""
    return f"{RANKS[state]}{digest}"


def rank_of(touched_at: datetime, event_key: str) -> Rank:
    """The higher rank wins, however events arrive."""
    return (touched_at, event_key)


def is_closed_by(placed_at: datetime, *, touched_at: datetime) -> bool:
    """Whether an order of this moment is what became of a basket last touched then."""
    return placed_at >= touched_at


def total_of(lines: Iterable[tuple[int, int]]) -> int:
    """Cents of (quantity, unit price)."""
    return sum(quantity * price for quantity, price in lines)


def profile_of(
    total_cents: int, device: Device | None, *, has_ordered: bool, above_cents: int
) -> BasketProfile:
    """Above the amount, on a phone, of somebody who has ordered before, or of anybody: the first that fits."""
    if total_cents > above_cents:
        return BasketProfile.VALUABLE
    if device is Device.PHONE:
        return BasketProfile.ON_PHONE
    return BasketProfile.KNOWN if has_ordered else BasketProfile.ANYBODY


def visit_key_of(
    source: str,
    *,
    external_id: str,
    who: str,
    kind: PageKind,
    about: str,
    visited_at: datetime,
) -> str:
    """The visit's own id within its source; without one, who saw what when: the same told again is the same visit."""
    if external_id:
        text = f"id\x1f{source}\x1f{external_id}"
    else:
        text = f"visit\x1f{source}\x1f{who}\x1f{kind}\x1f{about}\x1f{visited_at.isoformat()}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def is_visitor_id(text: str) -> bool:
    return VISITOR_ID.fullmatch(text) is not None
