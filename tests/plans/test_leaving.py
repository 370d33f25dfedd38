"""What a plan that is switched off, or a person, stops."""

import pytest
from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict
from hub.outbox.models import OutboundMessage
from hub.plans import actions, engine
from hub.plans.by_hand import exit_by_hand
from hub.plans.models import Enrolment
from hub.plans.moving import emptying, working
from hub.plans.words import EnrolmentState, ExitReason
from tests.makers.customers import make_customer
from tests.plans.lives import Lives, enters

HELLO = {"key": "hello", "template": "welcome_prospect", "purpose": "promotion", "expires_days": 3}
AT_NIGHT = {"kind": "send", "delay": {"at": "23:00"}, **HELLO}
LATER = {"kind": "send", "delay": {"days": 9}, **HELLO, "key": "later"}


def ask(lives: Lives, *steps: object) -> None:
    """Let her in at ten; what is posted at 23:00 waits for the morning."""
    lives.of("mine", {"format": 2, "entry": {"on": "by_hand"}, "steps": list(steps)})
    lives.live(("D0 10:00", enters("mine")), until="D0 23:30")


def passage(lives: Lives) -> Enrolment:
    lives.session.expire_all()
    return lives.session.scalars(select(Enrolment)).one()


def switch_off(lives: Lives) -> None:
    actions.switch_plan(key="mine", is_on=False, by=SYSTEM, now=lives.clock.now)


def take_out(lives: Lives) -> None:
    exit_by_hand(plan_key="mine", customer_id=lives.customer.id, by=SYSTEM, now=lives.clock.now)


@pytest.mark.parametrize("steps", [(AT_NIGHT,), (AT_NIGHT, LATER)], ids=["at its end", "inside"])
@pytest.mark.parametrize("stop", [switch_off, take_out])
def test_what_waits_in_the_gate_does_not_leave(lives: Lives, stop: object, steps: tuple[object, ...]) -> None:
    """Also the last message of a passage that has come to its end."""
    ask(lives, *steps)
    assert (passage(lives).state is EnrolmentState.ENDED) is (len(steps) == 1)
    assert callable(stop)
    stop(lives)
    lived = lives.live(until="D+12")
    assert (lived.messages, lived.unsent) == ([], ["welcome_prospect: stopped"])
    note = passage(lives).exit_note or {}
    assert (note["left"], note["stopped"]) == ([], ["hello"])


def test_what_had_left_is_written_down(lives: Lives) -> None:
    ask(lives, {"kind": "send", **HELLO}, LATER)
    switch_off(lives)
    note = passage(lives).exit_note or {}
    assert (note["left"], note["stopped"]) == (["hello"], [])


def test_taking_out_of_one_passage_stops_no_other(lives: Lives) -> None:
    ask(lives, AT_NIGHT)
    exit_by_hand(plan_key="mine", customer_id=lives.customer.id, key="other", by=SYSTEM, now=lives.clock.now)
    assert lives.live(until="D+2").messages == ["2026-03-04 07:00 welcome_prospect"]


def test_a_full_plan_is_off_at_once_and_its_people_leave_in_batches(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing leaves from the switch on, also while people are still inside; who is killed between batches loses nobody."""
    monkeypatch.setattr(emptying, "BATCH", 2)
    lives.of("mine", {"format": 2, "entry": {"on": "by_hand"}, "steps": [AT_NIGHT, LATER]})
    for number in range(6):
        person = make_customer(lives.session, mail=f"c{number}@client.example", phone=None)
        actions.enrol(
            plan_key="mine", customer_id=person.id, entry_key="hand:1", anchor_at=lives.clock.now, values={},
            now=lives.clock.now,
        )  # fmt: skip
    lives.clock.now = lives.moment("D0 23:30")
    assert engine.work_plans(lambda: None) == 6
    switch_off(lives)
    lives.session.commit()
    rows = lives.session.scalars(select(Enrolment)).all()
    unsent = select(OutboundMessage.reason)
    assert [row.state for row in rows].count(EnrolmentState.WAITING) == 4
    assert lives.session.scalars(unsent).all() == ["stopped"] * 6
    with pytest.raises(Conflict):
        actions.switch_plan(key="mine", is_on=True, by=SYSTEM, now=lives.clock.now)

    lives.clock.move(days=20)
    assert (engine.work_plans(lambda: None), engine.next_due_at()) == (0, None), "nobody goes on"
    assert [working.work_moves(lambda: None) for _ in range(3)] == [2, 2, 0]
    assert not working.has_due()
    lives.session.expire_all()
    assert {row.exit_reason for row in rows} == {ExitReason.PLAN_OFF}
    assert {tuple((row.exit_note or {})["stopped"]) for row in rows} == {("hello",)}
    actions.switch_plan(key="mine", is_on=True, by=SYSTEM, now=lives.clock.now)
    assert engine.work_plans(lambda: None) == 0
