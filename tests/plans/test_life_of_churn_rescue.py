"""Churn rescue through lives: a question, then the news; who is of the highest value is called by a person instead."""

from datetime import datetime

import pytest
from sqlalchemy import select, update

from hub.core.facts import record
from hub.core.words import Channel, Purpose
from hub.inbox.models import CallTask
from hub.plans.models import Plan
from hub.segments.values.facts import ChurnThresholdCrossed
from hub.segments.values.models import CustomerScore
from hub.segments.values.words import Stage
from tests.makers.customers import make_customer
from tests.plans.lives import Deed, Lives, orders, says
from tests.plans.tables import Row, check, fills_the_cap


def falls(points: int, *, cents: int = 5_000) -> Deed:
    """Her score falls; nine others have brought 200 euros each, so that `cents` says whether she is of the first tenth."""

    def happen(life: Lives, at: datetime) -> None:
        ids = [life.customer.id]
        ids += [
            make_customer(life.session, mail=f"n{number}@client.example", phone=None).id
            for number in range(9)
        ]
        for customer_id in ids:
            is_hers = customer_id == life.customer.id
            row = CustomerScore(
                customer_id=customer_id, stage=Stage.REGULAR, churn_points=points if is_hers else 0, churn_why=[],
                historic_cents=cents if is_hers else 20_000, order_count=3, orders_12_months=1, value_12_months_cents=1,
                window_cents=1, computed_at=at,
            )  # fmt: skip
            life.session.add(row)
        fact = ChurnThresholdCrossed(
            customer_id=ids[0], level="rescue", points=points, last_order_on="2025-07-01"
        )
        record(fact, now=at)

    return happen


def sinks(points: int, level: str = "call") -> Deed:
    """It falls further, as the night tells it."""

    def happen(life: Lives, at: datetime) -> None:
        mine = CustomerScore.customer_id == life.customer.id
        life.session.execute(update(CustomerScore).where(mine).values(churn_points=points))
        fact = ChurnThresholdCrossed(
            customer_id=life.customer.id, level=level, points=points, last_order_on="2025-07-01"
        )
        record(fact, now=at)

    return happen


LIVES = {
    "sinks further, of the highest value: a call instead of the news": Row(
        script=[("D0 10:00", falls(-6, cents=90_000)), ("D+3 10:00", sinks(-11))],
        treated=["2026-03-03 10:00 churn_rescue"],
        control=["2026-03-03 10:00 (question)", "2026-03-06 10:00 (call)"],
        exits=["completed"],
    ),
    "sinks further after the news, of the highest value: a call": Row(
        script=[("D0 10:00", falls(-6, cents=90_000)), ("D+30 10:00", sinks(-11))],
        treated=["2026-03-03 10:00 churn_rescue", "2026-03-10 10:00 churn_news"],
        control=["2026-03-03 10:00 (question)", "2026-03-10 10:00 (news)", "2026-04-02 10:00 (call)"],
        exits=["completed"],
    ),
    "falls below both in one night, of the highest value: one call": Row(
        script=[("D0 10:00", falls(-11, cents=90_000)), ("D0 10:00", sinks(-11)), ("D0 11:00", sinks(-12))],
        treated=[],
        control=["2026-03-03 10:00 (call)"],
        exits=["completed"],
    ),
    "sinks further, of no high value: what was sent is not sent again": Row(
        script=[("D0 10:00", falls(-6)), ("D+3 10:00", sinks(-11))],
        treated=["2026-03-03 10:00 churn_rescue", "2026-03-10 10:00 churn_news"],
        control=["2026-03-03 10:00 (question)", "2026-03-10 10:00 (news)"],
        exits=["completed"],
    ),
    "sinks further after she bought": Row(
        script=[
            ("D0 10:00", falls(-6, cents=90_000)), ("D+2 10:00", orders("A2")), ("D+3 10:00", sinks(-11)),
        ],
        treated=["2026-03-03 10:00 churn_rescue"],
        control=["2026-03-03 10:00 (question)"],
        exits=["purchased"],
    ),
    "asked, then told the news": Row(
        script=[("D0 10:00", falls(-6))],
        treated=["2026-03-03 10:00 churn_rescue", "2026-03-10 10:00 churn_news"],
        control=["2026-03-03 10:00 (question)", "2026-03-10 10:00 (news)"],
        exits=["completed"],
    ),
    "exactly five is not below": Row(script=[("D0 10:00", falls(-5))], treated=[], control=[], exits=[]),
    "below ten, of no high value": Row(
        script=[("D0 10:00", falls(-11))],
        treated=["2026-03-03 10:00 churn_rescue", "2026-03-10 10:00 churn_news"],
        control=["2026-03-03 10:00 (question)", "2026-03-10 10:00 (news)"],
        exits=["completed"],
    ),
    "below ten, of the highest value: a call": Row(
        script=[("D0 10:00", falls(-11, cents=90_000))],
        treated=[],
        control=["2026-03-03 10:00 (call)"],
        exits=["completed"],
    ),
    "comes back": Row(
        script=[("D0 10:00", falls(-6)), ("D+4 10:00", orders("A2"))],
        treated=["2026-03-03 10:00 churn_rescue"],
        control=["2026-03-03 10:00 (question)"],
        exits=["purchased"],
    ),
    "wants no offers any more": Row(
        script=[("D0 10:00", falls(-6)), ("D+4 10:00", says(purpose=Purpose.PROMOTION, is_given=False))],
        treated=["2026-03-03 10:00 churn_rescue"],
        control=["2026-03-03 10:00 (question)"],
        exits=["refused"],
    ),
    "bought before the score fell, which a till file tells before she is let in": Row(
        script=[("D0 09:00", orders("A2", placed_at="2026-03-01T10:00:00+01:00")), ("D0 10:00", sinks(-6, "rescue"))],
        treated=[],
        control=[],
        exits=[],
    ),
    "bought before the score fell, which a till file tells once she is inside": Row(
        script=[("D0 10:00", falls(-6)), ("D0 12:00", orders("A2", placed_at="2026-03-01T10:00:00+01:00"))],
        treated=["2026-03-03 10:00 churn_rescue"],
        control=["2026-03-03 10:00 (question)"],
        exits=["purchased"],
    ),
    "bought on the day of the last order, which a till file tells late": Row(
        script=[("D0 10:00", falls(-6)), ("D0 12:00", orders("A2", placed_at="2025-07-01T23:00:00+02:00"))],
        treated=["2026-03-03 10:00 churn_rescue", "2026-03-10 10:00 churn_news"],
        control=["2026-03-03 10:00 (question)", "2026-03-10 10:00 (news)"],
        exits=["completed"],
    ),
    "at night": Row(
        script=[("D0 23:10", falls(-6))],
        treated=["2026-03-04 07:00 churn_rescue", "2026-03-11 07:00 churn_news"],
        control=["2026-03-03 23:10 (question)", "2026-03-10 23:10 (news)"],
        exits=["completed"],
    ),
    "the cap is full for a week: the question is dropped, and no news follow": Row(
        script=[*fills_the_cap("D0 10:00"), ("D+1 10:00", falls(-6))],
        treated=["2026-03-03 10:00 anti_churn_2", "2026-03-03 10:30 anti_churn_2"],
        control=[
            "2026-03-03 10:00 anti_churn_2", "2026-03-03 10:30 anti_churn_2", "2026-03-04 10:00 (question)",
            "2026-03-11 10:00 (news)",
        ],
        exits=["completed", "completed"],
        unsent=["churn_rescue: expired"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_the_life_of_who_is_leaving(lives: Lives, name: str, control_percent: int) -> None:
    check(lives, "churn_rescue", LIVES[name], control_percent)
    is_called = name.endswith(("call", "call instead of the news")) and not control_percent
    assert lives.session.scalars(select(CallTask.customer_id)).all() == (
        [lives.customer.id] if is_called else []
    )


@pytest.mark.parametrize("control_percent", [0, 100])
def test_without_the_plan_the_score_asks_for_the_call_itself(lives: Lives, control_percent: int) -> None:
    """As issue 5 has it; nobody is in an arm then."""
    lives.of("churn_rescue", control_percent=control_percent)
    lives.session.execute(update(Plan).values(is_on=False))
    lived = lives.live(("D0 10:00", falls(-6, cents=90_000)), ("D+3 10:00", sinks(-11)), until="D+10")
    assert lived.steps == []
    assert lives.session.scalars(select(CallTask.customer_id)).all() == [lives.customer.id]


@pytest.mark.parametrize("is_on", [True, False])
def test_who_objects_to_advertising_is_not_called(lives: Lives, *, is_on: bool) -> None:
    """Neither by the plan, nor without it."""
    lives.of("churn_rescue")
    lives.session.execute(update(Plan).values(is_on=is_on))
    refusals = [
        ("D0 09:00", says(is_given=False, channel=channel)) for channel in (Channel.EMAIL, Channel.SMS)
    ]
    lived = lives.live(
        *refusals, ("D0 10:00", falls(-6, cents=90_000)), ("D+3 10:00", sinks(-11)), until="D+10"
    )
    assert ("call skipped objects" in lived.steps) is is_on
    assert lives.session.scalars(select(CallTask.customer_id)).all() == []
