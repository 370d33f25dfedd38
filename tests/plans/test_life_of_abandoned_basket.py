"""Baskets left behind: four profiles, each exit, quiet hours, the cap; in both arms and with what is on by default."""

from typing import Any

import pytest
from sqlalchemy import select

from hub.core.words import Channel
from hub.outbox.models import OutboundMessage
from hub.plans import audiences
from hub.plans.builtin.abandoned_basket import PLAN
from hub.stores.models import Chain
from tests.plans.lives import Deed, Lives, Script, baskets, clicks, enters, opens, orders, says

KEY = PLAN.key
BEFORE = ("D-60 10:00", orders("A0", euros=50))
LEFT = ("D0 10:00", baskets("B1", device="desktop"))
LARGE = ("D0 10:00", baskets("B1", euros=201))
ON_PHONE = ("D0 10:00", baskets("B1", euros=200, device="phone"))

LIVES: list[tuple[str, Script, str, list[str], list[str]]] = [
    # what happens, the script, until, messages of the treated, ghosts of the control arm
    (
        "above 200: 30 minutes, 12 hours; nobody engaged, so no third",
        [LARGE],
        "D+5",
        ["2026-03-03 10:30 basket_adviser", "2026-03-04 07:00 basket_second"],
        ["2026-03-03 10:30 (adviser)", "2026-03-03 13:00 (adviser_audience)", "2026-03-03 22:00 (adviser_second)"],
    ),
    (
        "a large basket on a phone is a large basket",
        [("D+1 08:00", baskets("B1", euros=201, device="phone"))],
        "D+5",
        ["2026-03-04 08:30 basket_adviser", "2026-03-04 20:00 basket_second"],
        ["2026-03-04 08:30 (adviser)", "2026-03-04 11:00 (adviser_audience)", "2026-03-04 20:00 (adviser_second)"],
    ),
    (
        "on a phone: 2 hours, the next day",
        [ON_PHONE],
        "D+5",
        ["2026-03-03 12:00 basket_phone", "2026-03-04 10:00 basket_second"],
        ["2026-03-03 12:00 (phone)", "2026-03-03 18:00 (phone_audience)", "2026-03-04 10:00 (phone_second)"],
    ),
    (
        "who ordered before: 1 hour, the next day",
        [BEFORE, LEFT],
        "D+5",
        ["2026-03-03 11:00 basket_known", "2026-03-04 10:00 basket_second"],
        ["2026-03-03 11:00 (known)", "2026-03-03 16:00 (known_audience)", "2026-03-04 10:00 (known_second)"],
    ),
    (
        "everyone else: 3 hours, two days later",
        [LEFT],
        "D+6",
        ["2026-03-03 13:00 basket_reassure", "2026-03-05 10:00 basket_second"],
        ["2026-03-03 13:00 (reassure)", "2026-03-03 22:00 (reassure_audience)", "2026-03-05 10:00 (reassure_second)"],
    ),
    (
        "left in the evening: the mail waits for the morning",
        [("D0 19:30", baskets("B1"))],
        "D+2 12:00",
        ["2026-03-04 07:00 basket_reassure"],
        ["2026-03-03 22:30 (reassure)", "2026-03-04 07:30 (reassure_audience)"],
    ),
    ("paid within the hour", [LEFT, ("D0 10:20", orders("A1"))], "D+5", [], []),
    (
        "paid after the first message",
        [LEFT, ("D0 15:00", orders("A1"))],
        "D+5",
        ["2026-03-03 13:00 basket_reassure"],
        ["2026-03-03 13:00 (reassure)"],
    ),
    (
        "emptied after the first message",
        [LEFT, ("D+1 09:00", baskets("B1", state="emptied"))],
        "D+5",
        ["2026-03-03 13:00 basket_reassure"],
        ["2026-03-03 13:00 (reassure)", "2026-03-03 22:00 (reassure_audience)"],
    ),
    (
        "changed: what was left is no more; the cool-down lets nobody in again for 24 hours",
        [LEFT, ("D0 15:00", baskets("B1", euros=60)), ("D+1 15:00", baskets("B1", euros=70))],
        "D+2",
        ["2026-03-03 13:00 basket_reassure", "2026-03-04 18:00 basket_reassure"],
        ["2026-03-03 13:00 (reassure)", "2026-03-04 18:00 (reassure)"],
    ),
]  # fmt: skip


@pytest.fixture
def lives(lives: Lives) -> Lives:
    """She has entered by then."""
    lives.looks_until = "D+2"
    return lives


@pytest.mark.parametrize("arm", ["treated", "control"])
@pytest.mark.parametrize(
    ("script", "until", "treated", "control"), [each[1:] for each in LIVES], ids=[each[0] for each in LIVES]
)
def test_a_basket_left(
    lives: Lives, arm: str, script: Script, until: str, treated: list[str], control: list[str]
) -> None:
    lives.of(KEY, control_percent=100 if arm == "control" else 0)
    lived = lives.live(*script, until=until)
    assert lived.messages == (control if arm == "control" else treated)


def with_cap(life: Lives, count: int) -> None:
    chain = life.session.scalars(select(Chain)).one()
    chain.settings = {**chain.settings, "gate": {"caps": {"email:promotion": [count, 7]}}}
    life.session.flush()


@pytest.mark.parametrize(
    ("deed", "step"), [(clicks, "reassure"), (opens, "reassure"), (clicks, "reassure_second")]
)
def test_the_third_is_for_who_engaged_with_one_of_the_first_two(lives: Lives, deed: Any, step: str) -> None:
    with_cap(lives, 3)
    lives.of(KEY)
    lived = lives.live(LEFT, ("D+2 18:00", deed(step)), until="D+6")
    assert lived.messages == [
        "2026-03-03 13:00 basket_reassure", "2026-03-05 10:00 basket_second", "2026-03-06 10:00 basket_third",
    ]  # fmt: skip
    assert lived.exits == ["completed"]


def test_under_the_usual_cap_the_third_is_dropped_rather_than_stale(lives: Lives) -> None:
    """Two promotions in seven days: there would be room again on D+7, four days late."""
    lives.of(KEY)
    lived = lives.live(LEFT, ("D+2 18:00", clicks("reassure")), until="D+10")
    assert (len(lived.messages), lived.unsent) == (2, ["basket_third: expired"])
    assert lives.message("third").reason_detail == "cap"


def test_who_did_not_engage_gets_no_third(lives: Lives) -> None:
    lives.of(KEY)
    lived = lives.live(LEFT, until="D+6")
    assert lived.steps[-1] == "third skipped condition"


def test_under_a_full_cap_the_basket_is_dropped_with_its_reason(lives: Lives) -> None:
    """Two promotions of the day before: nothing of a basket is sent days later."""
    hello = {"key": "hello", "template": "welcome_prospect", "purpose": "promotion"}
    other = {"format": 2, "entry": {"on": "by_hand"}, "steps": [hello, {**hello, "key": "again"}]}
    lives.of("other", other, priority=110)
    lives.of(KEY)
    lived = lives.live(("D0 10:00", enters("other")), ("D+1 10:00", baskets("B1")), until="D+7")
    assert lived.messages == ["2026-03-03 10:00 welcome_prospect", "2026-03-03 10:00 welcome_prospect"]
    assert lived.unsent == ["basket_reassure: expired", "basket_second: expired"]
    details = select(OutboundMessage.reason_detail).where(OutboundMessage.accepted_at.is_(None))
    assert set(lives.session.scalars(details)) == {"cap"}


def test_of_two_messages_due_now_the_basket_wins_the_last_place(lives: Lives) -> None:
    """A promotion yesterday, and one place left: the welcome of the same minute is the loser, with its reason."""
    hello = {"key": "hello", "template": "welcome_prospect", "purpose": "promotion", "expires_days": 3}
    other = {"format": 2, "entry": {"on": "by_hand"}, "steps": [hello]}
    lives.of("first", other, priority=110)
    lives.of("loser", {**other, "steps": [{**hello, "delay": {"minutes": 180}}]}, priority=50)
    lives.of(KEY)
    lived = lives.live(
        ("D0 10:00", enters("first")),
        ("D+1 10:00", baskets("B1")),
        ("D+1 10:00", enters("loser")),
        until="D+2 12:00",
    )
    assert lived.messages == ["2026-03-03 10:00 welcome_prospect", "2026-03-04 13:00 basket_reassure"]
    lives.live(until="D+6")
    loser = select(OutboundMessage.reason_detail).where(OutboundMessage.priority == 50)
    assert lives.session.scalars(loser).all() == ["cap"]


def test_the_second_says_when_the_basket_is_cleared(lives: Lives) -> None:
    lives.of(KEY)
    lives.live(("D0 10:00", baskets("B1", clears_at="2026-03-20T08:00:00+01:00")), until="D+3")
    values = lives.message("reassure_second").values
    assert values["basket_cleared_on"] == "20 mars 2026"
    assert not [name for name in values if name.startswith("promo")]


def by_sms(**fields: Any) -> dict[str, Any]:
    """The fork of the second message is on."""
    ways = {f"{each}_way" for each in ("adviser", "phone", "known", "reassure")}
    steps = [{**step, "is_on": True} if step["key"] in ways else step for step in PLAN.definition["steps"]]
    return {**PLAN.definition, "steps": steps, **fields}


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        (None, "2026-03-05 10:00 basket_second_sms"),
        (clicks("reassure"), "2026-03-05 10:00 basket_second"),
        (says(is_given=False, channel=Channel.SMS), "2026-03-05 10:00 basket_second"),
    ],
    ids=["did not engage", "engaged", "no SMS allowed"],
)
def test_the_second_by_sms_where_that_is_on(lives: Lives, deed: Deed | None, expected: str) -> None:
    lives.of(KEY, by_sms())
    script: Script = [LEFT, *([("D+1 10:00", deed)] if deed else [])]
    assert lives.live(*script, until="D+2 12:00").messages[1:] == [expected]


def test_the_audience_holds_who_left_a_basket_until_it_is_paid(lives: Lives) -> None:
    lives.of(KEY)
    lives.live(LEFT, until="D0 23:00")
    assert audiences.list_members(KEY, "Paniers abandonnés", now=lives.clock.now) == [lives.customer.id]
    lives.live(("D+1 12:00", orders("A1")), until="D+1 13:00")
    assert audiences.list_members(KEY, "Paniers abandonnés", now=lives.clock.now) == []


def test_a_basket_nobody_may_be_reminded_of_sends_nothing(lives: Lives) -> None:
    lives.of(KEY)
    lived = lives.live(("D0 10:00", says(is_given=False)), LEFT, until="D+6")
    assert (lived.messages, lived.unsent[0]) == ([], "basket_reassure: no_consent")
