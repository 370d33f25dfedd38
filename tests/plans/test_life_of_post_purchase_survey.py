"""The survey through lives: asked a week after the handing over, reminded once, thanked for any answer; orders that end ask nobody."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from hub.surveys.actions import Confirmation, confirm_answer
from hub.surveys.links import token_of
from hub.surveys.models import Invitation
from hub.surveys.words import Choice
from tests.conftest import TUESDAY
from tests.plans.lives import Deed, Lives, orders
from tests.plans.tables import Row, check

PLACED = TUESDAY - timedelta(days=2)


def order(state: str, number: str = "A1") -> Deed:
    return orders(number, state=state, placed_at=PLACED.isoformat())


def answers(choice: Choice) -> Deed:
    def happen(life: Lives, at: datetime) -> None:
        if invitation_id := life.session.scalars(select(Invitation.id)).first():
            said = Confirmation(choice, "p1", at - timedelta(seconds=5), at, "")
            confirm_answer(token=token_of(invitation_id), confirmation=said, now=at, least_seconds=1)

    return happen


DELIVERED = ("D0 10:00", order("delivered"))
LIVES = {
    "no answer": Row(
        script=[DELIVERED],
        treated=["2026-03-10 10:00 survey", "2026-03-17 10:00 survey_reminder"],
        control=["2026-03-10 10:00 (ask)", "2026-03-17 10:00 (remind)"],
        exits=["completed"],
    ),
    "an answer, and thanks the day after": Row(
        script=[DELIVERED, ("D+9 15:00", answers(Choice.VERY_SATISFIED))],
        treated=["2026-03-10 10:00 survey", "2026-03-13 15:00 thanks"],
        control=["2026-03-10 10:00 (ask)", "2026-03-17 10:00 (remind)"],
        exits=["completed"],
    ),
    "ordered, never handed over": Row(script=[("D0 10:00", order("placed"))], treated=[], control=[], exits=[]),
    "cancelled": Row(script=[DELIVERED, ("D+3 10:00", order("cancelled"))], treated=[], control=[], exits=["cancelled"]),
    "came back": Row(script=[DELIVERED, ("D+3 10:00", order("returned"))], treated=[], control=[], exits=["returned"]),
    "two orders in a month: asked once": Row(
        script=[DELIVERED, ("D+10 10:00", order("delivered", "A2"))],
        treated=["2026-03-10 10:00 survey", "2026-03-17 10:00 survey_reminder"],
        control=["2026-03-10 10:00 (ask)", "2026-03-17 10:00 (remind)", "2026-03-20 10:00 (ask)", "2026-03-27 10:00 (remind)"],
        exits=["completed", "asked_recently"],
    ),
    "handed over at night": Row(
        script=[("D0 22:15", order("delivered"))],
        treated=["2026-03-11 07:00 survey", "2026-03-18 07:00 survey_reminder"],
        control=["2026-03-10 22:15 (ask)", "2026-03-17 22:15 (remind)"],
        exits=["completed"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_the_life_after_a_delivery(lives: Lives, name: str, control_percent: int) -> None:
    check(lives, "post_purchase_survey", LIVES[name], control_percent)
