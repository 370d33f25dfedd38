"""What a plan that is switched off, or a person, stops."""

import pytest
from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.plans import actions
from hub.plans.by_hand import exit_by_hand
from hub.plans.models import Enrolment
from hub.plans.words import EnrolmentState
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
