"""Two years without a sign of life: offer, question, notice with the day, erasure; any sign of life at any stage ends it."""

from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from hub.customers.actions import suppress
from hub.customers.models import Customer
from hub.customers.words import SuppressionReason
from hub.identity import erasing, retention
from hub.orders.behaviour.visits import take_visits
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.plans import audiences
from hub.plans.builtin.reactivation import PLAN
from hub.plans.models import Enrolment, ErasureDate
from hub.plans.queries import get_plan
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Asked
from hub.plans.words import Arm, StepOutcome
from tests.conftest import TUESDAY
from tests.makers.loyalty import make_pool
from tests.plans.lives import Deed, Lives, baskets, clicks, opens, orders, says

KEY = PLAN.key
LAST_SIGN = "2024-03-04T11:00:00+01:00"
"""Two years later is D+1, Wednesday 4 March 2026."""
OFFER = "2026-03-04 10:00 reactivation_offer"
WHY = "2026-03-19 10:00 reactivation_why"
NOTICE = "2026-04-03 10:00 reactivation_notice"
DAY = date(2026, 5, 3)
GHOSTS = [
    "2026-03-04 10:00 (code)", "2026-03-04 10:00 (offer)", "2026-03-04 10:00 (audience)", "2026-03-19 10:00 (why)",
    NOTICE,
]  # fmt: skip
"""The control arm is left alone but for what the law asks."""


def visits(life: Lives, at: datetime) -> None:
    page = {"customer": {"email": "dora@client.example"}, "kind": "product", "sku": "L", "at": at.isoformat()}
    assert not take_visits([page], source="shop", now=at).refused


@pytest.fixture
def silent(lives: Lives) -> Lives:
    """She was made, and gave her last sign of life, two years before D+1."""
    row = lives.session.get_one(Customer, lives.customer.id)
    row.created_at = row.last_active_at = datetime.fromisoformat(LAST_SIGN)
    lives.session.flush()
    lives.looks_until = "D+2"
    make_pool("AAAA1", name="Reactivation", ends_at=lives.moment("D+90"))
    return lives


def day(lives: Lives) -> list[date]:
    return list(lives.session.scalars(select(ErasureDate.erasure_due_on)))


def night(lives: Lives, when: str) -> None:
    lives.clock.now = lives.moment(when)
    while retention.work_retention(lambda: None) + erasing.work_erasures(lambda: None):
        pass
    lives.session.expire_all()


def test_up_to_the_erased_customer(silent: Lives) -> None:
    silent.of(KEY)
    lived = silent.live(until="D+61 12:00")
    assert lived.messages == [OFFER, WHY, NOTICE]
    assert (lived.exits, day(silent)) == (["completed"], [DAY])
    night(silent, "D+61 23:00")
    assert silent.customer.erased_at is None, "the whole day is hers"
    night(silent, "D+62 03:00")
    assert silent.customer.erased_at is not None
    assert day(silent) == []
    assert audiences.list_members(KEY, "Réactivation", now=silent.clock.now) == []


def test_the_control_arm_is_told_and_erased_too(silent: Lives) -> None:
    silent.of(KEY, control_percent=100)
    lived = silent.live(until="D+61 12:00")
    assert (lived.messages, lived.exits, day(silent)) == (GHOSTS, ["completed"], [DAY])
    assert silent.session.scalars(select(Enrolment.arm)).all() == [Arm.CONTROL]
    assert silent.message("notice").values["erasure_on"] == "3 mai 2026"
    assert audiences.list_members(KEY, "Réactivation", now=silent.clock.now) == []
    figures = get_results(KEY, Asked(since=TUESDAY, until=silent.clock.now, now=silent.clock.now))
    notice = next(step for step in figures.steps if step.step_key == "notice")
    assert (figures.funnel.sent, figures.funnel.control, notice.sent) == (0, 1, 0)
    assert notice.outcomes == {StepOutcome.GHOST: 1}
    shown = {row.step.key: row.results for row in get_plan(KEY).steps}
    assert shown["notice"] == shown["erasure"] == {StepOutcome.GHOST: 1}, (
        "handed over, but to the control arm"
    )
    night(silent, "D+62 03:00")
    assert silent.customer.erased_at is not None


def test_in_the_control_arm_too_a_sign_of_life_ends_it(silent: Lives) -> None:
    silent.of(KEY, control_percent=100)
    lived = silent.live(("D+44 12:00", clicks("notice")), until="D+64")
    assert (lived.messages, lived.exits, day(silent)) == (GHOSTS, ["life_sign"], [])


def test_the_notice_tells_the_day_that_is_written_down(silent: Lives) -> None:
    silent.of(KEY)
    silent.live(until="D+62")
    rows = silent.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()
    assert [row.purpose for row in rows] == ["promotion", "service", "service"]
    assert (rows[0].values["promo_code"], rows[2].values["erasure_on"]) == ("AAAA1", "3 mai 2026")
    assert "/why/" in rows[1].values["why_url"]
    assert day(silent) == [DAY]


STAGES: list[tuple[str, str, Deed, list[str]]] = [
    ("an order after the offer", "D+4 12:00", orders("A1"), [OFFER]),
    ("a click after the question", "D+19 12:00", clicks("offer"), [OFFER, WHY]),
    ("a visit after the notice", "D+44 12:00", visits, [OFFER, WHY, NOTICE]),
    ("a basket on the last day", "D+60 12:00", baskets("B1"), [OFFER, WHY, NOTICE]),
]


@pytest.mark.parametrize(
    ("when", "sign", "left"), [each[1:] for each in STAGES], ids=[each[0] for each in STAGES]
)
def test_a_sign_of_life_ends_it_at_every_stage(silent: Lives, when: str, sign: Deed, left: list[str]) -> None:
    silent.of(KEY)
    lived = silent.live((when, sign), until="D+64")
    assert (lived.messages, lived.exits, day(silent)) == (left, ["life_sign"], [])
    night(silent, "D+69 03:00")
    assert silent.customer.erased_at is None


TOLD_LATE = orders("T1", placed_at="2026-01-02T12:00:00+01:00")
"""A till file with an order of two months before the silence was declared."""


@pytest.mark.parametrize(
    ("when", "left", "end"),
    [("D+20 06:00", [OFFER, WHY], "life_sign"), ("D+61 18:00", [OFFER, WHY, NOTICE], "completed")],
    ids=["on the way", "after the day was written"],
)
def test_an_order_of_before_that_is_told_after_the_silence_was_declared_saves_her(
    silent: Lives, when: str, left: list[str], end: str
) -> None:
    silent.of(KEY)
    lived = silent.live((when, TOLD_LATE), until="D+61 23:00")
    assert (lived.messages, lived.exits, day(silent)) == (left, [end], [])
    night(silent, "D+69 03:00")
    assert silent.customer.erased_at is None


@pytest.mark.parametrize("sign", [orders("A1"), clicks("offer"), visits])
def test_a_sign_of_life_after_the_day_was_written_takes_it_away(silent: Lives, sign: Deed) -> None:
    silent.of(KEY)
    lived = silent.live(("D+61 18:00", sign), until="D+61 23:00")
    assert lived.exits == ["completed"]
    night(silent, "D+69 03:00")
    assert (silent.customer.erased_at, day(silent)) == (None, [])


def test_an_opened_mail_is_no_sign_of_life(silent: Lives) -> None:
    """Programs load pictures by themselves."""
    silent.of(KEY)
    assert silent.live(("D+4 12:00", opens("offer")), until="D+62").messages == [OFFER, WHY, NOTICE]


def test_a_sign_of_life_before_the_two_years_are_over_lets_nobody_in(silent: Lives) -> None:
    silent.of(KEY)
    assert silent.live(("D0 12:00", orders("A1")), until="D+14").steps == []


def test_in_the_audience_until_a_sign_of_life(silent: Lives) -> None:
    silent.of(KEY)
    silent.live(until="D+3")
    assert audiences.list_members(KEY, "Réactivation", now=silent.clock.now) == [silent.customer.id]
    silent.live(("D+4 12:00", clicks("offer")), until="D+34")
    assert audiences.list_members(KEY, "Réactivation", now=silent.clock.now) == []


BAD = {
    "bounced": {"state": MessageState.BOUNCED},
    "blocked": {"state": MessageState.BLOCKED, "accepted_at": None},
    "expired": {"state": MessageState.EXPIRED, "accepted_at": None},
}


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("fate", BAD)
def test_whom_the_notice_did_not_reach_is_not_erased(silent: Lives, fate: str, control_percent: int) -> None:
    def happen(life: Lives, _at: datetime) -> None:
        life.session.execute(
            update(OutboundMessage).where(OutboundMessage.key.endswith(":notice")).values(BAD[fate])
        )

    silent.of(KEY, control_percent=control_percent)
    lived = silent.live(("D+33 12:00", happen), until="D+64")
    assert (lived.steps[-1], lived.exits, day(silent)) == ("erasure skipped not_told", ["completed"], [])
    night(silent, "D+65 03:00")
    assert silent.customer.erased_at is None


def test_whom_nothing_reached_is_not_erased(silent: Lives) -> None:
    """His address takes no mail at all any more."""
    suppress("dora@client.example", reason=SuppressionReason.HARD_BOUNCE, now=silent.clock.now)
    silent.of(KEY)
    lived = silent.live(until="D+64")
    assert (lived.messages, lived.steps[-1], day(silent)) == ([], "erasure skipped not_told", [])


def test_of_three_letters_the_notice_is_the_one_that_counts(silent: Lives) -> None:
    """Who takes no advertising gets no offer; the day is the one that the letter tells, though it was the first to leave."""
    plan = {**PLAN.definition, "steps": [each for each in PLAN.definition["steps"] if each["key"] != "why"]}
    says(is_given=False)(silent, silent.moment("D0"))
    silent.of(KEY, plan)
    lived = silent.live(until="D+64")
    assert lived.messages == [NOTICE]
    assert (silent.message("notice").values["erasure_on"], day(silent)) == ("3 mai 2026", [DAY])
