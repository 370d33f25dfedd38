"""What the engine promises beside its steps: grievances, late till files, races, arms, limits, entries by data."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.facts import record
from hub.core.words import Channel, Language, Purpose
from hub.customers.actions import CustomerDetails
from hub.customers.models import Customer
from hub.customers.upserting import upsert_customer
from hub.outbox import actions as outbox
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.plans import actions
from hub.plans.inside import list_inside
from hub.plans.models import Enrolment, Plan, PlanDay
from hub.plans.queries import get_plan_id
from hub.plans.words import Arm, Wait
from hub.segments.values.facts import ChurnThresholdCrossed
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.stores import make_chain
from tests.plans.lives import Deed, Lives, enters, orders, says

HELLO = {"kind": "send", "template": "welcome_prospect", "purpose": "promotion", "expires_days": 3}
FIRST = ("D0 10:00", enters("mine"))


def plan(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "format": 2,
        "entry": {"on": "by_hand"},
        "steps": list(steps or [{"key": "hello", **HELLO}]),
        **fields,
    }


def complains() -> Deed:
    """A grievance is opened, as a ticket does it."""

    def happen(life: Lives, at: datetime) -> None:
        for purpose in (Purpose.PROMOTION, Purpose.SURVEY):
            outbox.put_hold(
                customer_id=life.customer.id,
                purpose=purpose,
                reason="grievance",
                source_kind="ticket",
                source_id=7,
                now=at,
            )

    return happen


def is_settled() -> Deed:
    def happen(life: Lives, at: datetime) -> None:
        outbox.lift_hold(source_kind="ticket", source_id=7, now=at)
        assert actions.resume(customer_id=life.customer.id, now=at) == 1

    return happen


def test_a_grievance_pauses_the_plan_and_staff_see_why(lives: Lives) -> None:
    lives.of("mine", plan({"key": "hello", "delay": {"days": 1}, **HELLO}))
    before = lives.live(FIRST, ("D0 12:00", complains()), until="D+2 12:00")
    waiting = list_inside(get_plan_id("mine")).rows[0]
    row = lives.session.scalars(select(Enrolment)).one()
    assert (before.messages, before.unsent, waiting.wait) == ([], [], Wait.GRIEVANCE)
    assert row.paused_at == lives.moment("D+1 10:00")
    after = lives.live(("D+2 15:20", is_settled()), until="D+9")
    assert after.messages == ["2026-03-05 15:20 welcome_prospect"]
    assert lives.session.scalars(select(Enrolment.paused_at)).one() is None


def test_a_grievance_of_weeks_drops_what_is_stale(lives: Lives) -> None:
    later = {"key": "later", "delay": {"days": 20}, **HELLO}
    lives.of("mine", plan({"key": "hello", "delay": {"days": 1}, **HELLO}, later))
    lived = lives.live(FIRST, ("D0 12:00", complains()), until="D+10")
    assert lived.steps == ["hello expired too_late"]


def test_an_order_plan_goes_on_through_a_grievance(lives: Lives) -> None:
    lives.of("mine", plan({"key": "hello", "delay": {"days": 1}, **HELLO, "purpose": "transactional"}))
    lived = lives.live(FIRST, ("D0 12:00", complains()), until="D+3")
    assert lived.steps == ["hello posted"]


TWO = plan(
    {"key": "hello", "delay": {"days": 1}, **HELLO},
    {"key": "again", "delay": {"days": 4}, **HELLO},
    exits=[{"is": "purchased"}],
)


def test_a_till_file_of_yesterday_ends_the_plan_when_it_happened_and_says_what_had_left(lives: Lives) -> None:
    lives.of("mine", TWO)
    bought_at = lives.moment("D0 18:00")
    late = orders("T1", placed_at=bought_at.isoformat())
    lived = lives.live(FIRST, ("D+2 06:00", late), until="D+9")
    row = lives.session.scalars(select(Enrolment)).one()
    assert lived.messages == ["2026-03-04 10:00 welcome_prospect"]
    assert (row.exit_reason, row.ended_at) == ("purchased", bought_at)
    note = row.exit_note or {}
    assert datetime.fromisoformat(note["known_at"]) == lives.moment("D+2 06:00")
    assert (note["left"], note["stopped"]) == (["hello"], [])


def test_a_cancellation_told_late_ends_the_plan_when_it_happened(lives: Lives) -> None:
    by_order = {**TWO, "entry": {"on": "order_placed"}, "exits": ["cancelled"]}
    lives.of("mine", by_order)
    cancelled_at, placed = lives.moment("D0 18:00"), lives.moment("D0 10:00").isoformat()

    def tell_late(life: Lives, _at: datetime) -> None:
        orders(state="cancelled", placed_at=placed)(life, cancelled_at)

    lived = lives.live(("D0 10:00", orders()), ("D+2 06:00", tell_late), until="D+9")
    row = lives.session.scalars(select(Enrolment)).one()
    assert lived.messages == ["2026-03-04 10:00 welcome_prospect"]
    assert (row.exit_reason, row.ended_at) == ("cancelled", cancelled_at)
    assert datetime.fromisoformat((row.exit_note or {})["known_at"]) == lives.moment("D+2 06:00")


def test_a_purchase_stops_what_waits_in_the_gate(lives: Lives) -> None:
    """Posted at 23:00, it waits for the morning; she buys at night."""
    later = {"key": "later", "delay": {"days": 9}, **HELLO}
    lives.of("mine", plan({"key": "hello", "delay": {"at": "23:00"}, **HELLO}, later, exits=["purchased"]))
    lived = lives.live(FIRST, ("D+1 03:00", orders("A1")), until="D+3")
    note = lives.session.scalars(select(Enrolment)).one().exit_note or {}
    assert (lived.messages, lived.unsent) == ([], ["welcome_prospect: stopped"])
    assert (note["left"], note["stopped"]) == ([], ["hello"])


def test_a_purchase_while_the_provider_is_called_is_written_down(lives: Lives) -> None:
    """It could not be stopped any more: the passage says that it had left."""
    lives.of(
        "mine",
        plan({"key": "hello", **HELLO}, {"key": "again", "delay": {"days": 4}, **HELLO}, exits=["purchased"]),
    )

    def is_called(life: Lives, _at: datetime) -> None:
        row = life.message("hello")
        row.state, row.accepted_at = MessageState.CALLING, None
        life.session.flush()

    lives.live(FIRST, until="D0 10:01")
    is_called(lives, lives.clock.now)
    actions.end_by_purchase(
        customer_id=lives.customer.id, order_id=9, ordered_at=lives.clock.now, now=lives.clock.now
    )
    lives.session.expire_all()
    assert (lives.session.scalars(select(Enrolment)).one().exit_note or {})["left"] == ["hello"]


def test_a_purchase_within_four_days_ends_and_one_after_them_does_not(lives: Lives) -> None:
    steps = ({"key": "hello", "delay": {"days": 1}, **HELLO}, {"key": "again", "delay": {"days": 8}, **HELLO})
    lives.of("mine", plan(*steps, exits=[{"is": "purchased", "days": 4}]))
    lived = lives.live(FIRST, ("D+5 10:00", orders("A1")), until="D+12")
    assert lived.exits == ["completed"]
    assert len(lived.messages) == 2


def test_a_sign_of_life_a_refusal_and_a_dead_address_end_their_plans(lives: Lives) -> None:
    lives.of("mine", plan({"key": "hello", "delay": {"days": 3}, **HELLO}, exits=["life_sign", "refused"]))
    lives.of("alive", plan({"key": "hello", "delay": {"days": 3}, **HELLO}, exits=["life_sign"]))
    refused = lives.live(("D0 10:00", enters("mine")), ("D+1 09:00", says(is_given=False)), until="D+5")
    assert refused.exits == ["refused"]
    alive = lives.live(("D+6 10:00", enters("alive")), ("D+7 09:00", orders("A1")), until="D+12")
    assert alive.exits == ["refused", "life_sign"]


def test_a_cool_down_keeps_out_whatever_the_key(lives: Lives) -> None:
    lives.of("mine", plan(entry={"on": "by_hand", "cooldown_hours": 24}))
    lived = lives.live(
        ("D0 10:00", enters("mine", "basket:1")), ("D+1 09:59", enters("mine", "basket:2")),
        ("D+1 10:01", enters("mine", "basket:3")), until="D+2",
    )  # fmt: skip
    assert len(lived.exits) == 2


def test_a_plan_for_several_triggers_takes_each_once(lives: Lives) -> None:
    paid = {
        "key": "paid",
        **HELLO,
        "purpose": "transactional",
        "when": [{"is": "entered_by", "trigger": "order_paid"}],
    }
    shipped = {**paid, "key": "shipped", "when": [{"is": "entered_by", "trigger": "order_shipped"}]}
    lives.of("mine", plan(paid, shipped, entry={"on": ["order_paid", "order_shipped"]}))
    lived = lives.live(
        ("D0 10:00", orders("A1", state="paid")), ("D+1 10:00", orders("A1", state="shipped")),
        ("D+1 11:00", orders("A1", state="shipped", euros=51)), until="D+3",
    )  # fmt: skip
    assert [step for step in lived.steps if "posted" in step] == ["paid posted", "shipped posted"]
    assert len(lived.exits) == 2


@pytest.mark.parametrize("trigger", ["account_created", "newsletter_joined", "churn_below"])
def test_other_ways_in(lives: Lives, trigger: str) -> None:
    entry = {"on": trigger} | ({"points": -6} if trigger == "churn_below" else {})
    lives.of("mine", plan(entry=entry))

    def happen(life: Lives, at: datetime) -> None:
        if trigger == "account_created":
            upsert_customer(
                CustomerDetails(
                    email="zoe@client.example", external_ids={"shop": "77"}, language=Language.FRENCH
                ),
                now=at,
            )
        elif trigger == "newsletter_joined":
            say = says(purpose=Purpose.NEWSLETTER, is_given=True, channel=Channel.EMAIL)
            say(life, at)
        else:
            for points in (-6, -7):
                fact = ChurnThresholdCrossed(
                    customer_id=life.customer.id,
                    level="rescue",
                    points=points,
                    last_order_on=f"2025-0{-points}-01",
                )
                record(fact, now=at)

    lives.live(("D0 12:00", happen), until="D+1")
    keys = lives.session.scalars(select(Enrolment.entry_key)).all()
    assert keys == (["churn:2025-07-01"] if trigger == "churn_below" else ["welcome:prospect"])


def test_one_household_has_one_arm_and_nobody_is_drawn_again(session: Session, hand_clock: HandClock) -> None:
    lives = Lives.begin(session, hand_clock)
    lives.of("mine", plan(), control_percent=50)
    crowd = [
        make_customer(
            session,
            f"{person}{number}",
            mail=f"{person}{number}@client.example",
            phone=None,
            street=f"{number} rue Basse" if person == "a" else f"{number}, RUE BASSE",
        )
        for number in range(40)
        for person in ("a", "b")
    ]
    newcomers = [
        actions.Newcomer(customer_id=each.id, entry_key="hand:1", anchor_at=TUESDAY + timedelta(days=1))
        for each in crowd
    ]
    made = actions.enter_many("mine", newcomers, now=TUESDAY)
    arms = dict(session.execute(select(Enrolment.customer_id, Enrolment.arm)).all())
    pairs = [(arms[one.id], arms[other.id]) for one, other in zip(crowd[::2], crowd[1::2], strict=True)]
    assert len(made) == 80
    assert all(one is other for one, other in pairs)
    assert {Arm.TREATED, Arm.CONTROL} == set(arms.values())
    for each in crowd:
        each.street = "1 quai Neuf"
    session.flush()
    again = [actions.Newcomer(customer_id=each.id, entry_key="hand:2", anchor_at=TUESDAY) for each in crowd]
    actions.enter_many("mine", again, now=TUESDAY)
    later = dict(
        session.execute(
            select(Enrolment.customer_id, Enrolment.arm).where(Enrolment.entry_key == "hand:2")
        ).all()
    )
    assert later == arms


def test_a_daily_limit_puts_off_to_days_with_room_and_says_so(
    session: Session, hand_clock: HandClock
) -> None:
    lives = Lives.begin(session, hand_clock)
    lives.of("mine", plan(daily_limit=2))
    crowd = [
        make_customer(session, f"p{number}", mail=f"p{number}@client.example", phone=None)
        for number in range(5)
    ]
    newcomers = [
        actions.Newcomer(customer_id=each.id, entry_key="hand:1", anchor_at=TUESDAY) for each in crowd
    ]
    actions.enter_many("mine", newcomers, now=TUESDAY)
    lives.work()
    waiting = session.execute(
        select(Enrolment.due_at, Enrolment.wait_reason).where(Enrolment.state == "waiting")
    ).all()
    days = sorted((row.due_at - TUESDAY).days for row in waiting)
    assert (days, {row.wait_reason for row in waiting}) == ([1, 1, 2], {Wait.DAILY_LIMIT})
    lives.live(until="D+5")
    posted = session.scalars(select(OutboundMessage.created_at).order_by(OutboundMessage.id)).all()
    assert [(at - TUESDAY).days for at in posted] == [0, 0, 1, 1, 2]
    assert session.scalars(select(PlanDay.run_count).order_by(PlanDay.day)).all()[:3] == [2, 2, 1]


def test_a_crowd_is_spread_over_the_days(session: Session, hand_clock: HandClock) -> None:
    lives = Lives.begin(session, hand_clock)
    lives.of("mine", plan(spread_days=4))
    crowd = [
        make_customer(session, f"p{number}", mail=f"p{number}@client.example", phone=None)
        for number in range(40)
    ]
    newcomers = [
        actions.Newcomer(customer_id=each.id, entry_key="hand:1", anchor_at=TUESDAY) for each in crowd
    ]
    actions.enter_many("mine", newcomers, now=TUESDAY)
    days = {(at - TUESDAY).days for at in session.scalars(select(Enrolment.due_at)) if at}
    assert days == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [("97400", "2026-03-04 09:00 welcome_prospect"), ("97110", "2026-03-04 09:00 welcome_prospect"), ("69003", "2026-03-04 09:00 welcome_prospect")],
)  # fmt: skip
def test_nine_in_the_morning_is_where_the_customer_lives(lives: Lives, postcode: str, expected: str) -> None:
    lives.session.get_one(Customer, lives.customer.id).postcode = postcode
    lives.session.flush()
    lives.zone = {"974": "Indian/Reunion", "971": "America/Guadeloupe"}.get(postcode[:3], "Europe/Paris")
    lives.of("mine", plan({"key": "hello", "delay": {"days": 1, "at": "09:00"}, **HELLO}))
    assert lives.live(FIRST, until="D+3").messages == [expected]


def test_the_plan_that_comes_first_wins_the_last_place_under_the_cap(lives: Lives) -> None:
    """Two promotions a week: the third waits, and it is that of the plan with the highest number."""
    for key, priority in (("low", 90), ("mine", 40), ("middle", 60)):
        lives.of(key, plan(), priority=priority)

    def happen(life: Lives, at: datetime) -> None:
        for key in ("low", "mine", "middle"):
            life.enter(key, at=at)

    lived = lives.live(("D0 10:00", happen), until="D+1")
    rows = lives.session.execute(
        select(Plan.key, OutboundMessage.reason_detail)
        .join(Enrolment, Enrolment.plan_id == Plan.id)
        .join(OutboundMessage, OutboundMessage.source_id == Enrolment.id)
    )
    assert len(lived.messages) == 2
    assert dict(rows.all()) == {"low": "cap", "mine": None, "middle": None}, (
        "too late by the time there is room"
    )


def test_the_chain_without_customers_lets_nobody_in(session: Session) -> None:
    make_chain(session)
    assert actions.enter_many("no_such_plan", [], now=TUESDAY) == []
