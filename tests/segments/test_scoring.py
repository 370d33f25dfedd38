"""One definition, three times: by night, at an order, and written out in Python from the page of the specification."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.segments.values import night, scoring
from hub.segments.values.defining import get_definitions
from hub.segments.values.models import CustomerScore
from hub.segments.values.rules import Definitions, Tier, Yardsticks, choose_cycles, moments_of
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.stores import make_store

TRIES = 60 if os.environ.get("LARGE") else 8
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bought:
    days_ago: int
    cents: int
    returned: int = 0
    state: OrderState = OrderState.DELIVERED


def buy(
    session: Session, customer_id: int, orders: Sequence[Bought], *, store_id: int, now: datetime
) -> None:
    for number, each in enumerate(orders):
        session.add(
            Order(
                external_id=f"V-{customer_id}-{number}-{len(orders)}-{now:%d%H%M}",
                store_id=store_id,
                customer_id=customer_id,
                state=each.state,
                placed_at=now - each.days_ago * DAY,
                state_at=now,
                total_cents=each.cents,
                returned_cents=each.returned,
                currency="EUR",
                created_at=now,
            )
        )
    session.flush()


def run_night(session: Session, now: datetime, *, is_silent: bool = False) -> Yardsticks:
    night.begin_run(is_silent=is_silent, as_of=now, machine_now=now)
    while night.take_step(machine_now=now):
        pass
    session.expire_all()
    return night.find_yardsticks()


def scores(session: Session) -> dict[int, dict[str, Any]]:
    rows = session.execute(select(CustomerScore.__table__)).mappings()  # type: ignore[arg-type]
    return {row["customer_id"]: {k: v for k, v in row.items() if k != "computed_at"} for row in rows}


def expected(orders: Sequence[Bought], by: Definitions, with_: Yardsticks, now: datetime) -> dict[str, Any]:
    """The page, word for word, for one customer."""
    at = moments_of(by, now)
    good = [(now - each.days_ago * DAY, each) for each in orders if each.state is not OrderState.CANCELLED]
    if not good:
        return {"stage": "prospect", "r": None, "churn_points": 0, "tier": None, "order_count": 0}
    moments = sorted(moment for moment, _ in good)
    year = [each for moment, each in good if moment > at.year_after]
    window = [(moment, each) for moment, each in good if moment > at.window_after]
    year_cents = sum(each.cents - each.returned for each in year)
    gaps = [(b.date() - a.date()).days for a, b in pairwise(moments) if b.date() > a.date()]
    last = moments[-1]
    if last <= at.former_before:
        stage = "former"
    elif last <= at.lapsed_before:
        stage = "lapsed"
    elif (
        len(good) >= 2
        and year_cents > 0
        and with_.ambassador_cents is not None
        and year_cents >= with_.ambassador_cents
    ):
        stage = "ambassador"
    elif len(good) == 1 and moments[0] > at.new_after:
        stage = "new"
    else:
        stage = "regular" if len(year) >= by.regular_orders else "occasional"
    r = f = m = None
    cycles, outside = choose_cycles(by, with_)
    cycle = outside.days
    if window and with_.r:
        r = 1 + sum(last >= datetime.fromisoformat(end) for end in with_.r if end)
        f = 1 + sum(len(window) > end for end in with_.f if end is not None)
        m = 1 + sum(
            sum(each.cents - each.returned for _, each in window) > end for end in with_.m if end is not None
        )
        cycle = cycles[(5 - r) * 5 + (f + m + 1) // 2 - 1].days
    if len(gaps) >= 2:
        cycle = median(gaps)
    weeks = max(0, int(((now - last).total_seconds() / 86400 - cycle) // 7))
    tier = None
    for each in by.tiers:
        if year_cents >= each.min_cents and len(year) >= each.min_orders:
            tier = each.key
    return {"stage": stage, "r": r, "f": f, "m": m, "churn_points": -weeks, "tier": tier, "order_count": len(good),
            "historic_cents": sum(each.cents - each.returned for _, each in good)}  # fmt: skip


ORDERS = st.lists(
    st.builds(
        Bought,
        days_ago=st.integers(0, 900),
        cents=st.integers(0, 30_000),
        returned=st.sampled_from([0, 0, 500]),
        state=st.sampled_from(
            [OrderState.DELIVERED, OrderState.PLACED, OrderState.RETURNED, OrderState.CANCELLED]
        ),
    ),
    max_size=6,
)
TIERS = (Tier("silver", "Silver", 10_000, 1), Tier("gold", "Gold", 30_000, 2))


@given(histories=st.lists(ORDERS, min_size=1, max_size=14))
@settings(max_examples=TRIES)
def test_night_order_and_page_agree(app: Any, histories: list[list[Bought]]) -> None:
    from tests.segments.bases import a_base

    with a_base(app) as session:
        store = make_store(session)
        by = replace(Definitions(), tiers=TIERS, cycle_customers=2)
        from hub.core.actor import SYSTEM
        from hub.segments.values.defining import change_definitions

        change_definitions(by, by=SYSTEM, now=TUESDAY)
        ids = [make_customer(session, mail=None, phone=None).id for _ in histories]
        for id_, orders in zip(ids, histories, strict=True):
            buy(session, id_, orders, store_id=store.id, now=TUESDAY)
        with_ = run_night(session, TUESDAY)
        by_night = scores(session)
        session.execute(delete(CustomerScore))
        for id_ in ids:
            scoring.score_some([id_], by=get_definitions(), with_=with_, now=TUESDAY)
        assert scores(session) == by_night
        for id_, orders in zip(ids, histories, strict=True):
            wanted = expected(orders, by, with_, TUESDAY)
            assert {name: by_night[id_][name] for name in wanted} == wanted
        ntiles(session, with_)


def ntiles(session: Session, with_: Yardsticks) -> None:
    """The scores are NTILE(5) of the customers with an order in the window; who ties has the lowest of them, of R the
    highest: the newest are counted first."""
    rows = session.execute(text("""
        SELECT s.r, s.f, s.m, max(r5) OVER (PARTITION BY last_order_at) AS r5, min(f5) OVER (PARTITION BY n) AS f5,
            min(m5) OVER (PARTITION BY window_cents) AS m5
        FROM (SELECT *, 6 - ntile(5) OVER (ORDER BY last_order_at DESC) AS r5, ntile(5) OVER (ORDER BY n) AS f5,
                ntile(5) OVER (ORDER BY window_cents) AS m5
            FROM customer_scores JOIN (SELECT customer_id AS id, count(*) AS n FROM orders WHERE state <> 'cancelled'
                AND placed_at > :after GROUP BY 1) AS o ON o.id = customer_id) AS s
    """), {"after": moments_of(Definitions(), TUESDAY).window_after}).all()  # fmt: skip
    assert all((row.r, row.f, row.m) == (row.r5, row.f5, row.m5) for row in rows)
