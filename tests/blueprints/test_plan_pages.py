"""The page of each plan of the product: a few statements, and nobody of another plan is counted for it."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.plans.builtin import BUILTIN_PLANS
from hub.staff.words import Role
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.staff import log_in, make_agent
from tests.plans.lives import deliver


def test_the_page_of_a_plan_counts_that_plan_alone(
    session: Session, client: FlaskClient, hand_clock: HandClock
) -> None:
    deliver(session)
    session.commit()
    marketer = log_in(client, make_agent(session, role=Role.MARKETER))
    for key in (plan.key for plan in BUILTIN_PLANS):
        marketer.get(f"/plans/{key}")  # definitions and letters that a process keeps are read once
        with counted_statements() as statements:
            answer = marketer.get(f"/plans/{key}")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert len(statements) <= 12, (key, len(statements), statements)
        assert ("check-warning" in page) == (key == "abandoned_basket"), "no other plan fills the usual cap"
        [counting] = [each for each in statements if "min(enrolments.due_at)" in each]
        assert "enrolments.plan_id = " in counting, key
    basket = marketer.get("/plans/abandoned_basket").get_data(as_text=True)
    assert 'href="/templates/basket_adviser"' in basket, "each letter can be looked at"
    assert basket.count("plan-way-no") == 7, "each fork is drawn with its two ways"
    assert "0 personne attend" not in basket
    assert "Qui a reçu les 2 messages précédents" in marketer.get("/plans/abandoned_basket").get_data(
        as_text=True
    )
    english = log_in(
        client, make_agent(session, role=Role.MARKETER, email="en@x.example", language=Language.ENGLISH)
    )
    assert "Whoever got the 2 messages" in english.get("/plans/abandoned_basket").get_data(as_text=True)
