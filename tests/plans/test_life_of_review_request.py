"""The review request through lives: asked fifteen days after the handing over, reminded once, until every product is reviewed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from hub.core.words import Purpose
from hub.orders.models import Order
from hub.reviews.links import token_of
from hub.reviews.queries import get_page
from hub.reviews.rules import Written
from hub.reviews.writing import sign_page, write_review
from tests.conftest import TUESDAY
from tests.plans.lives import Deed, Lives, orders, says
from tests.plans.tables import Row, check, fills_the_cap

PLACED = TUESDAY - timedelta(days=2)
TWO = [
    {"sku": "LAMPE-01", "name": "Lampe", "quantity": 1, "unit_price_cents": 2500},
    {"sku": "LED-3", "name": "Ampoules", "quantity": 2, "unit_price_cents": 1250},
]


def order(state: str, number: str = "A1", **fields: object) -> Deed:
    return orders(number, state=state, placed_at=PLACED.isoformat(), **fields)


def reviews(*positions: int, stars: int = 1) -> Deed:
    """She writes through the link of the mail, as often as there are positions."""

    def happen(life: Lives, at: datetime) -> None:
        order_id = life.session.scalars(select(Order.id).order_by(Order.id)).first()
        assert order_id is not None
        token = token_of(order_id, now=at)
        for position in positions:
            page = get_page(token, now=at)
            item = page.items[position]
            said = Written(stars=stars, points={}, words="", description="", public_name="Dora L.")
            nonce = sign_page(page, item, machine_now=at - timedelta(seconds=5))
            write_review(token, item.position, said, nonce=nonce, least_seconds=1, machine_now=at, now=at)

    return happen


DELIVERED = ("D0 10:00", order("delivered", lines=TWO))
LIVES = {
    "no review: asked, reminded once": Row(
        script=[DELIVERED],
        treated=["2026-03-18 10:00 review_request", "2026-03-28 10:00 review_reminder"],
        control=["2026-03-18 10:00 (ask)", "2026-03-28 10:00 (remind)"],
        exits=["completed"],
    ),
    "one of two products reviewed: still reminded": Row(
        script=[DELIVERED, ("D+17 15:00", reviews(0))],
        treated=["2026-03-18 10:00 review_request", "2026-03-28 10:00 review_reminder"],
        control=["2026-03-18 10:00 (ask)", "2026-03-28 10:00 (remind)"],
        exits=["completed"],
    ),
    "both reviewed, badly: it ends": Row(
        script=[DELIVERED, ("D+17 15:00", reviews(0, 1))],
        treated=["2026-03-18 10:00 review_request"],
        control=["2026-03-18 10:00 (ask)"],
        exits=["reviewed"],
    ),
    "reviewed before it was asked": Row(
        script=[DELIVERED, ("D+3 15:00", reviews(0, 1, stars=5))], treated=[], control=[], exits=["reviewed"]
    ),
    "cancelled": Row(script=[DELIVERED, ("D+3 10:00", order("cancelled"))], treated=[], control=[], exits=["cancelled"]),
    "came back": Row(script=[DELIVERED, ("D+3 10:00", order("returned"))], treated=[], control=[], exits=["returned"]),
    "never handed over": Row(script=[("D0 10:00", order("placed"))], treated=[], control=[], exits=[]),
    "questions refused": Row(
        script=[DELIVERED, ("D+3 10:00", says(purpose=Purpose.SURVEY, is_given=False))],
        treated=[],
        control=["2026-03-18 10:00 (ask)", "2026-03-28 10:00 (remind)"],
        unsent=["review_request: no_consent"],
        exits=["completed"],
    ),
    "handed over at night, while promotions have filled their cap": Row(
        script=[("D0 22:15", order("delivered", lines=TWO)), *fills_the_cap("D+14 12:00")],
        treated=["2026-03-17 12:00 anti_churn_2", "2026-03-17 12:30 anti_churn_2", "2026-03-19 07:00 review_request",
                 "2026-03-29 07:00 review_reminder"],
        control=["2026-03-17 12:00 anti_churn_2", "2026-03-17 12:30 anti_churn_2", "2026-03-18 22:15 (ask)",
                 "2026-03-28 22:15 (remind)"],
        exits=["completed", "completed"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_the_life_after_a_delivery(lives: Lives, name: str, control_percent: int) -> None:
    check(lives, "review_request", LIVES[name], control_percent)
