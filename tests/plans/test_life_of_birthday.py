"""A wish on the first of the month or the day itself, a reminder and a last call while the code is unused; both arms."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hub.customers.models import Customer
from hub.outbox.models import OutboundMessage
from hub.plans.builtin.birthday import PLAN
from hub.plans.models import Enrolment
from tests.makers.loyalty import make_pool
from tests.plans.lives import Deed, Lives, Script, clicks, opens, orders

KEY = PLAN.key
BORN = date(1980, 4, 17)
ON_THE_DAY = {**PLAN.definition, "entry": {**PLAN.definition["entry"], "at": "day"}}
WISH, REMINDER, CALL = (
    "2026-04-01 10:00 birthday",
    "2026-04-16 10:00 birthday_reminder",
    "2026-04-21 10:00 birthday_last_call",
)
GHOSTS = ["2026-04-01 10:00 (code)", "2026-04-01 10:00 (wish)", "2026-04-16 10:00 (code_reminder)"]


LIVES: list[tuple[str, Script, list[str], list[str], str]] = [
    ("nobody engages", [], [WISH, REMINDER], GHOSTS, "completed"),
    ("a click in the wish", [("D+30 18:00", clicks("wish"))], [WISH, REMINDER, CALL], GHOSTS, "completed"),
    ("the reminder is opened", [("D+45 18:00", opens("code_reminder"))], [WISH, REMINDER, CALL], GHOSTS, "completed"),
    ("an order on D+5", [("D+34 12:00", orders("A1"))], [WISH], GHOSTS[:2], "purchased"),
    (
        "an order on D+17",
        [("D+30 18:00", clicks("wish")), ("D+46 12:00", orders("A1"))],
        [WISH, REMINDER], GHOSTS, "purchased",
    ),
]  # fmt: skip


def born(lives: Lives, on: date | None) -> Lives:
    row = lives.session.get_one(Customer, lives.customer.id)
    row.birth_on = on
    make_pool("AAAA1\nBBBB1", name="Birthday", ends_at=lives.moment("D+80"), valid_days=30)
    return lives


@pytest.fixture
def lives(lives: Lives) -> Lives:
    """It begins at the end of March; on 1 April, D+29, she has entered."""
    lives.looks_until = "D+30"
    lives.clock.now = lives.moment("D+26 12:00")
    return lives


@pytest.mark.parametrize("arm", ["treated", "control"])
@pytest.mark.parametrize(
    ("script", "treated", "control", "end"), [each[1:] for each in LIVES], ids=[each[0] for each in LIVES]
)
def test_the_first_of_the_month(
    lives: Lives, arm: str, script: Script, treated: list[str], control: list[str], end: str
) -> None:
    is_control = arm == "control"
    born(lives, BORN).of(KEY, control_percent=100 if is_control else 0)
    deeds = [each for each in script if not (is_control and is_of_a_message(each[1]))]
    lived = lives.live(*deeds, until="D+60")
    assert lived.messages == (control if is_control else treated)
    assert lived.exits == [end]


def is_of_a_message(deed: Deed) -> bool:
    return deed.__qualname__.split(".")[0] in {"clicks", "opens"}


@pytest.mark.parametrize("arm", ["treated", "control"])
def test_the_day_itself(lives: Lives, arm: str) -> None:
    born(lives, date(1980, 3, 30)).of(KEY, ON_THE_DAY, control_percent=100 if arm == "control" else 0)
    script: Script = [] if arm == "control" else [("D+29 18:00", clicks("wish"))]
    lived = lives.live(*script, until="D+60")
    assert lived.messages == {
        "treated": [
            "2026-03-30 10:00 birthday", "2026-04-14 10:00 birthday_reminder", "2026-04-19 10:00 birthday_last_call",
        ],
        "control": ["2026-03-30 10:00 (code)", "2026-03-30 10:00 (wish)", "2026-04-14 10:00 (code_reminder)"],
    }[arm]  # fmt: skip


def test_every_letter_shows_the_code_and_its_end(lives: Lives) -> None:
    born(lives, BORN).of(KEY)
    lives.live(("D+30 18:00", clicks("wish")), until="D+60")
    values = lives.session.scalars(select(OutboundMessage.values).order_by(OutboundMessage.id)).all()
    assert [(each["promo_code"], each["promo_ends_on"]) for each in values] == [("AAAA1", "1er mai 2026")] * 3
    assert [each.get("anniversary_of", "") for each in values] == ["", "", ""]


@pytest.mark.parametrize(
    ("script", "born_on", "expected", "words"),
    [
        ([("D-330 12:00", orders("A0"))], None, "2026-04-01 10:00 birthday", "votre première commande"),
        ([], None, "2026-04-01 10:00 birthday", "votre inscription"),
        ([("D-330 12:00", orders("A0"))], date(1980, 4, 9), "2026-04-01 10:00 birthday", ""),
    ],
    ids=["the first order", "the registration", "a birth date goes first"],
)
def test_without_a_birth_date_an_anniversary_is_wished(
    lives: Lives, script: Script, born_on: date | None, expected: str, words: str
) -> None:
    def forget_birth(life: Lives, _at: datetime) -> None:
        row = life.session.get_one(Customer, life.customer.id)
        row.birth_on, row.created_at = born_on, life.moment("D-325 12:00")
        life.session.flush()

    lives.of(KEY)
    lived = lives.live(*script, ("D+26 12:00", forget_birth), until="D+60")
    assert lived.messages[0] == expected
    wish = lives.session.scalars(select(OutboundMessage.values).order_by(OutboundMessage.id)).first()
    assert (wish or {}).get("anniversary_of", "") == words


def test_without_a_code_there_is_a_wish_and_nothing_to_recall(lives: Lives) -> None:
    lives.session.get_one(Customer, lives.customer.id).birth_on = BORN
    lives.of(KEY)
    lived = lives.live(("D+30 18:00", clicks("wish")), until="D+60")
    assert lived.messages == [WISH]
    assert lived.steps[2:] == [
        "code_reminder skipped no_code",
        "by_sms skipped off",
        "last_call skipped no_code",
    ]


def test_by_sms_where_that_is_on(lives: Lives) -> None:
    steps: list[dict[str, Any]] = [{**step, "is_on": True} for step in PLAN.definition["steps"]]
    born(lives, BORN).of(KEY, {**PLAN.definition, "steps": steps})
    lived = lives.live(until="D+60")
    assert lived.messages == [WISH, REMINDER, "2026-04-20 08:00 birthday_sms"], "D+18 is a Sunday"


def test_once_a_year(lives: Lives) -> None:
    born(lives, BORN).of(KEY)
    lives.live(until="D+31")
    assert lives.session.scalars(select(Enrolment.entry_key)).all() == ["birthday:2026"]
    assert lives.enter(KEY, "birthday:2026") is None
    assert lives.enter(KEY, "birthday:2027") is not None
