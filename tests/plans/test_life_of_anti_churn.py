"""Six months without an order: three mails, the last for who engaged; dearer ways where they are on; both arms, caps on."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.content.catalog import find_about
from hub.core.words import Channel
from hub.customers.models import Customer
from hub.inbox.models import CallTask
from hub.loyalty.models import PromoGrant
from hub.outbox.models import OutboundMessage
from hub.plans import post
from hub.plans.builtin.anti_churn import PLAN
from hub.plans.models import Enrolment
from hub.plans.rules import spread
from tests.conftest import HandClock
from tests.makers.loyalty import make_pool
from tests.makers.shelf import fill_shelf
from tests.plans.lives import Deed, Lives, Script, clicks, enters, opens, orders, says

KEY = PLAN.key
SILENT = ("D-180 18:30", orders("A0"))
"""The last order is of 4 September: six months later is D+1, Wednesday 4 March."""
AT_ONCE = {**PLAN.definition, "spread_days": 0}
DEARER = ("by_sms", "by_call", "by_post")
FIRST, AGAIN, LAST = (
    "2026-03-04 10:00 anti_churn_1",
    "2026-03-12 10:00 anti_churn_2",
    "2026-03-16 10:00 anti_churn_3",
)
HELLOS = ["2026-03-03 10:00 welcome_prospect", "2026-03-03 11:00 welcome_prospect"]
GHOSTS = ["2026-03-04 10:00 (code)", "2026-03-04 10:00 (how_are_you)", "2026-03-12 10:00 (offer_again)"]

LIVES: list[tuple[str, Script, list[str], list[str], str]] = [
    # what happens, the script, messages of the treated, ghosts of the control arm, how the treated passage ends
    ("nobody engages", [], [FIRST, AGAIN], GHOSTS, "completed"),
    ("a click in the first", [("D+2 18:00", clicks("how_are_you"))], [FIRST, AGAIN, LAST], GHOSTS, "completed"),
    ("the second is opened", [("D+10 09:00", opens("offer_again"))], [FIRST, AGAIN, LAST], GHOSTS, "completed"),
    ("an order before D0: silent no more", [("D0 12:00", orders("A1"))], [], [], ""),
    ("an order on D+3 of the plan", [("D+4 12:00", orders("A1"))], [FIRST], GHOSTS[:2], "purchased"),
    (
        "an order on D+10 of the plan, though she engaged",
        [("D+2 18:00", clicks("how_are_you")), ("D+11 12:00", orders("A1"))],
        [FIRST, AGAIN], GHOSTS, "purchased",
    ),
    (
        "a till file of D+9 that comes on D+12 does not bring the third",
        [("D+2 18:00", clicks("how_are_you")), ("D+13 06:00", orders("T1", placed_at="2026-03-13T18:00:00+01:00"))],
        [FIRST, AGAIN], GHOSTS, "purchased",
    ),
    (
        "a till file of D0 that comes after the silence was declared",
        [("D+1 06:00", orders("T1", placed_at="2026-03-03T18:00:00+01:00"))],
        [], [], "purchased",
    ),
]  # fmt: skip


@pytest.fixture
def lives(lives: Lives) -> Lives:
    """She has entered by then."""
    lives.looks_until = "D+2"
    return lives


@pytest.mark.parametrize("arm", ["treated", "control"])
@pytest.mark.parametrize(
    ("script", "treated", "control", "end"), [each[1:] for each in LIVES], ids=[each[0] for each in LIVES]
)
def test_six_months_of_silence(
    lives: Lives, arm: str, script: Script, treated: list[str], control: list[str], end: str
) -> None:
    is_control = arm == "control"
    make_pool("AAAA1", name="Anti-churn", ends_at=lives.moment("D+60"))
    lives.of(KEY, AT_ONCE, control_percent=100 if is_control else 0)
    deeds = [each for each in script if not (is_control and is_of_a_message(each[1]))]
    lived = lives.live(SILENT, *deeds, until="D+30")
    assert lived.messages == (control if is_control else treated)
    assert lived.exits == ([end] if end else [])


def is_of_a_message(deed: Deed) -> bool:
    return deed.__qualname__.split(".")[0] in {"clicks", "opens"}


def test_each_recalls_the_code_and_asks_why(lives: Lives) -> None:
    make_pool("AAAA1", name="Anti-churn", ends_at=lives.moment("D+60"))
    lives.of(KEY, AT_ONCE)
    lives.live(SILENT, ("D+2 18:00", clicks("how_are_you")), until="D+21")
    values = [
        row.values for row in lives.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
    ]
    assert [each["promo_code"] for each in values] == ["AAAA1"] * 3
    assert all("/why/" in each["why_url"] for each in values)
    assert values[0]["order_number"] == "A0", "the last order is recalled"
    assert len(lives.session.scalars(select(PromoGrant)).all()) == 1


def test_the_last_word_offers_what_the_letters_before_did_not(lives: Lives) -> None:
    """Products that none of them showed; what the page of the message promises is so."""
    fill_shelf()
    lives.of(KEY, AT_ONCE)
    lives.live(SILENT, ("D+10 09:00", opens("offer_again")), until="D+21")
    letters = lives.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()
    shown = [each.values.get("product_1_name") for each in letters]
    assert shown == [None, None, "Abat-jour en lin"]
    for language, words in (("fr", ("ouvert", "autres produits", "même code")), ("en", ("opened", "other products", "same code"))):  # fmt: skip
        about = find_about("anti_churn_3", language)
        assert all(each in about for each in words), about


def test_without_a_pool_the_letters_leave_without_a_code(lives: Lives) -> None:
    lives.of(KEY, AT_ONCE)
    lived = lives.live(SILENT, until="D+21")
    assert (lived.steps[0], lived.messages) == ("code skipped no_code", [FIRST, AGAIN])


def with_steps(*keys: str) -> dict[str, Any]:
    steps = [{**step, "is_on": step.get("is_on", True) or step["key"] in keys} for step in AT_ONCE["steps"]]
    return {**AT_ONCE, "exits": [*AT_ONCE["exits"], "refused"], "steps": steps}


@pytest.mark.parametrize("arm", ["treated", "control"])
def test_who_does_not_engage_is_reached_by_sms_then_telephone_then_post(lives: Lives, arm: str) -> None:
    person = lives.session.get_one(Customer, lives.customer.id)
    person.street, person.town = "3 rue Mercière", "Lyon"
    lives.of(KEY, with_steps(*DEARER), control_percent=100 if arm == "control" else 0)
    lived = lives.live(SILENT, until="D+31")
    calls = lives.session.scalars(select(CallTask)).all()
    letters = [row.count for row in post.list_waiting(KEY, now=lives.clock.now)]
    if arm == "control":
        assert lived.messages[2:] == [
            "2026-03-12 10:00 (offer_again)", "2026-03-19 10:00 (by_sms)", "2026-03-24 10:00 (by_call)",
            "2026-03-29 10:00 (by_post)",
        ]  # fmt: skip
        assert (calls, letters) == ([], [])
    else:
        assert lived.messages[2:] == ["2026-03-19 10:00 anti_churn_sms"]
        assert (len(calls), letters) == (1, [1])


@pytest.mark.parametrize(
    ("script", "sms", "call"),
    [
        ([("D+2 18:00", clicks("how_are_you"))], "condition", "condition"),
        ([("D+2 18:00", says(is_given=False, channel=Channel.SMS))], "condition", ""),
        ([("D0 18:00", says(is_given=False))], "", ""),
    ],
    ids=["engaged: no dearer way", "no SMS allowed: a call", "no mail allowed: an SMS"],
)
def test_the_cheapest_way_first(lives: Lives, script: Script, sms: str, call: str) -> None:
    """A refusal from before the silence was declared is no exit: only an order or a sign of life counts from there."""
    lives.of(KEY, with_steps("by_sms", "by_call"))
    lived = lives.live(SILENT, *script, until="D+40")
    steps = dict(step.split(" ", 1) for step in lived.steps)
    assert steps["by_sms"] == (f"skipped {sms}" if sms else "posted")
    assert steps["by_call"] == (f"skipped {call}" if call else "done")


def test_by_default_the_dearer_ways_are_off(lives: Lives) -> None:
    lives.of(KEY, AT_ONCE)
    steps = lives.live(SILENT, until="D+30").steps
    assert [step for step in steps if step.endswith(" off")] == [f"{key} skipped off" for key in DEARER]


def test_under_the_cap_the_basket_of_the_week_comes_first(lives: Lives) -> None:
    """Two promotions within the week before: the first mail waits its days and is dropped, with its reason."""
    hello = {"key": "hello", "template": "welcome_prospect", "purpose": "promotion"}
    again = {**hello, "key": "again", "delay": {"minutes": 60}}
    lives.of("other", {"format": 2, "entry": {"on": "by_hand"}, "steps": [hello, again]}, priority=30)
    lives.of(KEY, {**AT_ONCE, "steps": [{**step, "expires_days": 2} for step in AT_ONCE["steps"]]})
    lived = lives.live(SILENT, ("D0 10:00", enters("other")), until="D+5")
    assert lived.unsent == ["anti_churn_1: expired"]
    assert lives.message("how_are_you").reason_detail == "cap"
    lived = lives.live(until="D+30")
    assert (lived.messages, "offer_again skipped never_sent" in lived.steps) == (HELLOS, True), (
        "nothing to recall"
    )


def test_a_crowd_is_spread_over_five_days(
    session: Session, hand_clock: HandClock, both_wires: ChannelSettings
) -> None:
    """By a number of each customer's own: this one comes three days later, everything with it."""
    from hub.outbox import wires

    wires.use_transports(both_wires)
    chosen = next(each for each in range(424_242, 424_300) if spread(KEY, each, 5) == 3)
    lives = Lives.begin(session, hand_clock, id=chosen)
    lives.looks_until = "D+2"
    assert lives.of(KEY).daily_limit == 1000
    lived = lives.live(SILENT, until="D+30")
    assert lived.messages == ["2026-03-07 10:00 anti_churn_1", "2026-03-15 10:00 anti_churn_2"]
    wires.use_transports(ChannelSettings())


def test_silence_of_before_the_plan_is_caught_up_with_once(lives: Lives) -> None:
    """Eight months silent as the plan is switched on: that day; two years silent: another plan's."""
    orders("A0")(lives, lives.moment("D-240 12:00"))
    lives.of(KEY, AT_ONCE)
    lived = lives.live(until="D+11")
    assert lived.messages == ["2026-03-03 10:00 anti_churn_1", "2026-03-11 10:00 anti_churn_2"]
    assert lives.session.scalars(select(Enrolment.entry_key)).all() == ["churn:2025-07-06"]
