"""The messages of an order through lives: at their time, beyond any cap, for everybody, and none once it is cancelled."""

import pytest
from sqlalchemy import select

from hub.plans.models import Enrolment
from tests.conftest import TUESDAY
from tests.plans.lives import Deed, Lives, orders
from tests.plans.tables import Row, check, fills_the_cap

PLACED = TUESDAY.isoformat()


def order(state: str) -> Deed:
    return orders("A1", state=state, placed_at=PLACED)


LIVES = {
    "all that an order goes through": Row(
        script=[
            ("D0 10:00", order("placed")),
            ("D0 10:05", order("paid")),
            ("D+1 16:00", order("shipped")),
            ("D+3 23:40", order("delivered")),
        ],
        treated=[
            "2026-03-03 10:00 order_placed", "2026-03-03 10:05 order_paid", "2026-03-04 16:00 order_shipped",
            "2026-03-07 07:00 order_delivered",
        ],
        control=[
            "2026-03-03 10:00 (placed)", "2026-03-03 10:05 (paid)", "2026-03-04 16:00 (shipped)", "2026-03-06 23:40 (delivered)",
        ],
        exits=["completed"] * 4,
    ),
    "ready in the store": Row(
        script=[("D0 10:00", order("placed")), ("D+2 11:00", order("ready"))],
        treated=["2026-03-03 10:00 order_placed", "2026-03-05 11:00 order_ready"],
        control=["2026-03-03 10:00 (placed)", "2026-03-05 11:00 (ready)"],
        exits=["completed", "completed"],
    ),
    "bought at the till and taken home": Row(
        script=[("D0 10:00", order("delivered"))],
        treated=["2026-03-03 10:00 order_delivered"],
        control=["2026-03-03 10:00 (delivered)"],
        exits=["completed", "completed"],
    ),
    "the cap of promotions is full": Row(
        script=[*fills_the_cap("D0 10:00"), ("D0 11:00", order("placed"))],
        treated=["2026-03-03 10:00 anti_churn_2", "2026-03-03 10:30 anti_churn_2", "2026-03-03 11:00 order_placed"],
        control=["2026-03-03 10:00 anti_churn_2", "2026-03-03 10:30 anti_churn_2", "2026-03-03 11:00 (placed)"],
        exits=["completed", "completed"],
    ),
    "cancelled: nothing more is said": Row(
        script=[("D0 10:00", order("placed")), ("D0 12:00", order("cancelled"))],
        treated=["2026-03-03 10:00 order_placed"],
        control=["2026-03-03 10:00 (placed)"],
        exits=["completed"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_the_life_of_an_order(lives: Lives, name: str, control_percent: int) -> None:
    check(lives, "order_messages", LIVES[name], control_percent)


def test_an_order_has_a_passage_for_each_of_its_states(lives: Lives) -> None:
    lives.of("order_messages")
    lives.live(("D0 10:00", order("placed")), ("D0 12:00", order("paid")), until="D+1")
    order_id = lives.session.scalars(select(Enrolment.values["order_id"].as_integer())).first()
    keys = lives.session.scalars(select(Enrolment.entry_key).order_by(Enrolment.id)).all()
    assert keys == [f"order:{order_id}:order_placed", f"order:{order_id}:order_paid"]
