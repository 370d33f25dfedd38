"""How many customers got how many offers and newsletters: those of some stores, or all that the night counted."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.customers.listed import is_listed
from hub.customers.models import Customer
from hub.staff.rules import Viewer
from hub.statistics.base.models import BaseNight
from hub.statistics.base.rules import EVERYBODY
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.refusing import AGENT, REASON, check_by, check_filters
from hub.statistics.narrowing import narrowed
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension

MOST = 5


def count_pressure(filters: Filters, viewer: Viewer) -> tuple[int | None, ...]:
    """Customers with 0, 1, … MOST or more. Of stores: what the customers who prefer them got from anywhere.

    Who got none is told from the night's count, None before the first one.
    """
    from hub.statistics.measuring.messages import distribute_pressure

    homes = narrowed(filters, viewer, Customer.preferred_store_id)
    ids = list(db.session.scalars(select(Customer.id).where(is_listed(), *homes))) if homes else None
    bars = distribute_pressure(filters, ids, MOST)
    if ids is not None:
        return bars
    known = _count_everybody()
    return (None if known is None else max(0, known - sum(bars)), *bars[1:])


def _count_everybody() -> int | None:
    last = select(BaseNight.taken_on).order_by(BaseNight.taken_on.desc()).limit(1).scalar_subquery()
    nights = list(db.session.scalars(select(BaseNight.counts).where(BaseNight.taken_on == last)))
    return sum(counts.get(EVERYBODY, 0) for counts in nights) if nights else None


def list_pressure(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """By how many messages; the last group is open."""
    del now
    check_by(by, {Dimension.PART})
    check_filters(filters, REASON, AGENT)
    bars = enumerate(count_pressure(filters, viewer))
    return [
        Figure(f"{at}+" if at == MOST else str(at), count, count) for at, count in bars if count is not None
    ]


RECIPES: Mapping[str, Callable[..., list[Figure]]] = {"messages_pressure": list_pressure}
