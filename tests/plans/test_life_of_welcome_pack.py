"""The welcome pack through lives: who signs up, who orders first, who orders again, in both arms."""

from datetime import datetime

import pytest
from sqlalchemy import select

from hub.core.facts import record
from hub.core.words import Purpose
from hub.customers.facts import CustomerAdded
from hub.inbox.models import CallTask
from hub.plans.builtin import welcome_pack
from hub.plans.models import Enrolment
from tests.plans.lives import Deed, Lives, Script, orders, says
from tests.plans.tables import Row, check, fills_the_cap, someone_orders

JOINS = says(purpose=Purpose.NEWSLETTER, is_given=True)
LIVES = {
    "signs up and never orders": Row(
        script=[("D0 10:00", JOINS)],
        treated=["2026-03-03 10:00 welcome_prospect"],
        control=["2026-03-03 10:00 (greet)"],
        exits=["completed"],
    ),
    "signs up twice": Row(
        script=[("D0 10:00", JOINS), ("D+2 10:00", says(purpose=Purpose.NEWSLETTER, is_given=False)), ("D+3 10:00", JOINS)],
        treated=["2026-03-03 10:00 welcome_prospect"],
        control=["2026-03-03 10:00 (greet)"],
        exits=["completed"],
    ),
    "signs up at night and orders before the morning": Row(
        script=[("D0 23:00", JOINS), ("D+1 05:00", orders("A1"))],
        treated=["2026-03-05 07:00 welcome_first_order", "2026-03-08 07:00 second_purchase_standard"],
        control=["2026-03-03 23:00 (greet)", "2026-03-05 05:00 (welcome)", "2026-03-08 05:00 (second_purchase)"],
        exits=["completed", "completed"],
        unsent=["welcome_prospect: stopped"],
    ),
    "a first order, then nothing": Row(
        script=[("D0 10:00", orders("A1"))],
        treated=["2026-03-04 10:00 welcome_first_order", "2026-03-07 10:00 second_purchase_standard"],
        control=["2026-03-04 10:00 (welcome)", "2026-03-07 10:00 (second_purchase)"],
        exits=["completed"],
    ),
    "signs up after the first order: no prospect any more": Row(
        script=[("D0 10:00", orders("A1")), ("D0 12:00", JOINS)],
        treated=["2026-03-04 10:00 welcome_first_order", "2026-03-07 10:00 second_purchase_standard"],
        control=["2026-03-04 10:00 (welcome)", "2026-03-07 10:00 (second_purchase)"],
        exits=["completed"],
    ),
    "another order on the third day": Row(
        script=[("D0 10:00", orders("A1")), ("D+3 09:00", orders("A2"))],
        treated=["2026-03-04 10:00 welcome_first_order"],
        control=["2026-03-04 10:00 (welcome)"],
        exits=["purchased"],
    ),
    "the order is cancelled, then comes back in the next life": Row(
        script=[("D0 10:00", orders("A1")), ("D+1 09:00", orders("A1", state="cancelled"))],
        treated=[],
        control=[],
        exits=["cancelled"],
    ),
    "the cap is full for a week: the thanks are dropped, and nothing follows what never left": Row(
        script=[("D0 10:00", orders("A1")), *fills_the_cap("D+1 09:00")],
        treated=["2026-03-04 09:00 anti_churn_2", "2026-03-04 09:30 anti_churn_2"],
        control=[
            "2026-03-04 09:00 anti_churn_2", "2026-03-04 09:30 anti_churn_2", "2026-03-04 10:00 (welcome)",
            "2026-03-07 10:00 (second_purchase)",
        ],
        exits=["completed", "completed"],
        unsent=["welcome_first_order: expired"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_the_life_of_a_new_customer(lives: Lives, name: str, control_percent: int) -> None:
    check(lives, "welcome_pack", LIVES[name], control_percent)


def test_above_the_average_the_vip_status_and_the_premium_range(lives: Lives) -> None:
    someone_orders(lives, euros=50)
    lives.of("welcome_pack")
    lived = lives.live(("D0 10:00", orders("A1", euros=90)), until="D+20")
    assert lived.messages == ["2026-03-04 10:00 vip_status", "2026-03-07 10:00 second_purchase_premium"]


def test_a_prospect_has_one_passage_by_the_key_that_results_count_on(lives: Lives) -> None:
    lives.of("welcome_pack")
    lives.live(("D0 10:00", JOINS), ("D+1 10:00", orders("A1")), until="D+20")
    keys = lives.session.scalars(select(Enrolment.entry_key).order_by(Enrolment.id)).all()
    assert keys == ["welcome:prospect", "welcome:first-order"]


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize(("step", "is_called"), [("satisfaction_call", True), ("satisfaction_sms", False)])
def test_ten_days_later_a_call_or_an_sms_when_switched_on(
    lives: Lives, step: str, *, is_called: bool, control_percent: int
) -> None:
    steps = [
        {**each, "is_on": each.get("is_on", True) or each["key"] == step}
        for each in welcome_pack.DEFINITION["steps"]
    ]
    lives.of("welcome_pack", {**welcome_pack.DEFINITION, "steps": steps}, control_percent=control_percent)
    lived = lives.live(("D0 09:00", orders("A1")), until="D+20")
    if control_percent:
        assert lived.messages[2:] == [f"2026-03-13 10:00 ({step})"]
    else:
        assert lived.messages[2:] == ([] if is_called else ["2026-03-13 10:00 welcome_sms"])
    asked = lives.session.scalars(select(CallTask.customer_id)).all()
    assert asked == ([lives.customer.id] if is_called and not control_percent else [])


def opens_an_account() -> Deed:
    """The shop tells of her account."""

    def happen(life: Lives, at: datetime) -> None:
        record(CustomerAdded(customer_id=life.customer.id), now=at)

    return happen


REFUSES, AGREES = (says(is_given=is_given) for is_given in (False, True))


@pytest.mark.parametrize(
    ("script", "messages"),
    [
        ([("D0 10:00", opens_an_account()), ("D+2 11:00", JOINS)], ["2026-03-03 10:00 welcome_prospect"]),
        ([("D0 09:00", REFUSES), ("D0 10:00", opens_an_account())], []),
        (
            [("D0 09:00", REFUSES), ("D0 10:00", opens_an_account()), ("D+2 11:00", AGREES), ("D+3 11:00", JOINS)],
            ["2026-03-05 11:00 welcome_prospect"],
        ),
        ([("D0 09:00", REFUSES), ("D0 10:00", JOINS), ("D0 10:01", AGREES)], ["2026-03-03 10:01 welcome_prospect"]),
    ],
    ids=["has agreed", "never agrees", "agrees two days later", "joins the newsletter, then wants offers"],
)  # fmt: skip
@pytest.mark.parametrize("control_percent", [0, 100])
def test_a_prospect_is_greeted_once_and_no_sooner_than_he_agrees(
    lives: Lives, script: Script, messages: list[str], control_percent: int
) -> None:
    lives.of("welcome_pack", control_percent=control_percent)
    lived = lives.live(*script, until="D+20")
    assert lived.messages == [
        each.replace("welcome_prospect", "(greet)") if control_percent else each for each in messages
    ]
    assert lived.unsent == []


def test_the_plan_of_the_prospects_before_is_still_the_products_own() -> None:
    """So that a chain that has not written its own gets the yes as a new version."""
    before = {**welcome_pack.DEFINITION, "entry": welcome_pack.ENTRY}
    assert welcome_pack.PLAN.is_own(before)
    assert not welcome_pack.PLAN.is_own(welcome_pack.DEFINITION)
