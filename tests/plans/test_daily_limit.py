"""A plan under its daily limit: whoever comes late walks the whole path so many days later, and nothing on it falls apart."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.outbox.models import OutboundMessage
from hub.plans import actions
from hub.plans.models import Enrolment, PlanDay, StepRun
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent
from tests.makers.loyalty import make_pool
from tests.plans.lives import DAY0, Lives

CROWD = 10
PARIS = ZoneInfo("Europe/Paris")
SMOOTHED: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "by_hand"},
    "exits": [{"is": "life_sign"}],
    "daily_limit": 1,
    "steps": [
        {"key": "code", "kind": "promo", "pool": "spring"},
        {"key": "offer", "template": "reactivation_offer", "purpose": "promotion"},
        {"key": "audience", "kind": "audience", "anchor": "first_message", "name": "Printemps"},
        {
            "key": "notice",
            "anchor": "first_message",
            "delay": {"days": 1},
            "in_both_arms": True,
            "template": "reactivation_notice",
            "purpose": "service",
            "expires_days": 1,
        },
        {
            "key": "again",
            "anchor": "first_message",
            "delay": {"days": 2},
            "template": "anti_churn_2",
            "purpose": "promotion",
        },
        {"key": "erasure", "kind": "erasure_due", "in_both_arms": True, "anchor": "first_message", "delay": {"days": 30}, "days": 0},
    ],
}  # fmt: skip
"""The last offer leaves nine days after it was due, longer than any step waits."""


def let_in(lives: Lives, count: int) -> None:
    """So many who agreed to offers come in at once, and forty days pass."""
    newcomers = []
    for number in range(count):
        mail = f"p{number}@client.example"
        person = make_customer(lives.session, f"p{number}", mail=mail, phone=None, created_at=TUESDAY)
        say_consent(mail, happened_at=TUESDAY - timedelta(days=1))
        newcomers.append(actions.Newcomer(customer_id=person.id, entry_key="hand:1", anchor_at=TUESDAY))
    actions.enter_many("mine", newcomers, now=TUESDAY)
    lives.live(until="D+40")


def days_of(session: Session) -> dict[str, list[int]]:
    """By step on which days it ran, oldest passage of that step first."""
    found = defaultdict(list)
    runs = select(StepRun.step_key, StepRun.ran_at, StepRun.outcome).order_by(StepRun.ran_at, StepRun.id)
    for step_key, ran_at, outcome in session.execute(runs):
        found[f"{step_key} {outcome}"].append((ran_at.astimezone(PARIS).date() - DAY0).days)
    return dict(found)


@pytest.mark.parametrize("control_percent", [0, 100])
def test_who_is_put_off_walks_the_whole_path_so_many_days_later(lives: Lives, control_percent: int) -> None:
    """Code, offer and audience on one day, the notice on the next: only offers compete for the places of a day."""
    lives.of("mine", SMOOTHED, control_percent=control_percent)
    codes = "\n".join(f"CODE{number}" for number in range(CROWD))
    make_pool(codes, name="spring", ends_at=lives.moment("D+90"))
    let_in(lives, CROWD)
    done, posted = ("ghost", "ghost") if control_percent else ("done", "posted")
    first = list(range(CROWD))
    assert days_of(lives.session) == {
        f"code {done}": first,
        f"offer {posted}": first,
        f"audience {done}": first,
        "notice posted": [day + 1 for day in first],
        f"again {posted}": [day + CROWD for day in first],
        "erasure done": [day + 30 for day in first],
    }
    assert set(lives.session.scalars(select(PlanDay.run_count))) == {1}
    arrived = lives.session.scalar(select(func.count()).where(OutboundMessage.accepted_at.is_not(None)))
    assert arrived == (CROWD if control_percent else 3 * CROWD)


def test_a_notice_takes_a_place_only_as_the_first_that_is_heard(lives: Lives) -> None:
    steps = {step["key"]: step for step in SMOOTHED["steps"]}
    recall = {**steps["notice"], "key": "recall"}
    lives.of("mine", {**SMOOTHED, "steps": [steps["notice"], recall]})
    let_in(lives, 3)
    assert days_of(lives.session) == {"notice posted": [1, 2, 3], "recall posted": [2, 3, 4]}


@pytest.mark.parametrize("ahead", [0, 1])
def test_the_last_place_goes_by_moment_and_customer_whoever_comes_to_it_sooner(
    lives: Lives, ahead: int
) -> None:
    """Both are due at once, the one at a fork before the message: where he is the first, the other waits for him."""
    fork = {"key": "fork", "kind": "split", "when": [{"is": "known_customer"}], "otherwise": "offer"}
    offer = {"key": "offer", "template": "anti_churn_2", "purpose": "promotion"}
    lives.of("mine", {"format": 2, "entry": {"on": "by_hand"}, "daily_limit": 1, "steps": [fork, offer]})
    people = [
        make_customer(lives.session, f"p{each}", mail=f"p{each}@client.example", phone=None) for each in "ab"
    ]
    for person in people:
        say_consent(f"{person.first_name}@client.example", happened_at=TUESDAY - timedelta(days=1))
        newcomer = actions.Newcomer(customer_id=person.id, entry_key="hand:1", anchor_at=TUESDAY)
        actions.enter_many("mine", [newcomer], now=TUESDAY)
    at_offer = Enrolment.customer_id == people[ahead].id
    lives.session.execute(update(Enrolment).where(at_offer).values(step_key="offer"))
    lives.live(until="D+2")
    order = select(OutboundMessage.customer_id).order_by(OutboundMessage.accepted_at)
    assert lives.session.scalars(order).all() == [person.id for person in people]
