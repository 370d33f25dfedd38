"""What a batch asks of the database does not grow with it: entering, and running due steps."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.plans import actions, engine
from hub.plans.models import Enrolment
from hub.plans.words import EnrolmentState
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.plans.lives import Lives

PLAN = {
    "format": 2,
    "entry": {"on": "by_hand", "when": [{"is": "known_customer", "not": True}], "cooldown_hours": 24},
    "exits": ["purchased", "life_sign"],
    "spread_days": 1,
    "steps": [
        {"key": "fork", "kind": "split", "when": [{"is": "phone_known"}], "otherwise": "hello"},
        {"key": "hello", "template": "welcome_prospect", "purpose": "promotion"},
    ],
}
MOST_ENTERING, MOST_RUNNING = 12, 32


def _crowd(session: Session, count: int, letter: str) -> list[actions.Newcomer]:
    people = [
        make_customer(session, mail=f"{letter}{each}@client.example", phone=None) for each in range(count)
    ]
    return [actions.Newcomer(customer_id=each.id, entry_key="hand:1", anchor_at=TUESDAY) for each in people]


def test_a_crowd_enters_and_walks_in_a_handful_of_statements(session: Session, hand_clock: HandClock) -> None:
    lives = Lives.begin(session, hand_clock)
    lives.of("mine", PLAN)
    counts = []
    for count, letter in ((4, "a"), (60, "b")):
        newcomers = _crowd(session, count, letter)
        session.flush()
        with counted_statements() as entering:
            made = actions.enter_many("mine", newcomers, now=TUESDAY)
        assert len(made) == count
        with counted_statements() as forking:
            assert engine.work_plans(lambda: None) == count
        with counted_statements() as sending:
            assert engine.work_plans(lambda: None) == count
        counts.append((len(entering), len(forking), len(sending)))
        assert engine.work_plans(lambda: None) == 0
    few, crowd = counts
    assert all(more <= less + 1 for less, more in zip(few, crowd, strict=True)), (
        "a crowd costs no more statements"
    )
    assert counts[1][0] <= MOST_ENTERING
    assert max(counts[1][1:]) <= MOST_RUNNING
    assert session.scalars(select(Enrolment.state).distinct()).all() == [EnrolmentState.ENDED]


@pytest.mark.parametrize("days", [0, 3])
def test_entering_twice_at_once_is_once(session: Session, hand_clock: HandClock, days: int) -> None:
    lives = Lives.begin(session, hand_clock)
    lives.of("mine", {**PLAN, "entry": {"on": "by_hand"}})
    newcomers = _crowd(session, 3, "a")
    assert len(actions.enter_many("mine", [*newcomers, *newcomers], now=TUESDAY)) == 3
    assert actions.enter_many("mine", newcomers, now=TUESDAY + timedelta(days=days)) == []
