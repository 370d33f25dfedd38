"""Each kind of step in a life: its effect for the treated, a ghost for the control arm, nothing twice."""

from typing import Any

import pytest
from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.customers.models import Customer
from hub.customers.properties import save_property
from hub.customers.property_words import PropertyKind
from hub.inbox.models import CallTask, Notice
from hub.loyalty.models import PromoCode, PromoGrant
from hub.loyalty.words import GrantState
from hub.outbox.models import OutboundMessage
from tests.conftest import TUESDAY
from tests.makers.loyalty import make_pool
from tests.makers.staff import make_agent
from tests.plans.lives import Lives, baskets, clicks, enters, opens, orders, says

HELLO = {"kind": "send", "template": "welcome_prospect", "purpose": "promotion"}
FIRST = ("D0 10:00", enters("mine"))


def plan(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"format": 2, "entry": {"on": "by_hand"}, "steps": list(steps), **fields}


def test_mail_then_sms_to_who_did_not_engage(lives: Lives) -> None:
    text = {"key": "text", "anchor": "first_message", "delay": {"days": 3, "at": "11:00"}, **HELLO, "channel": "sms",
            "when": [{"is": "engaged", "not": True}, {"is": "phone_known"}]}  # fmt: skip
    lives.of("mine", plan({"key": "hello", "delay": {"days": 1}, **HELLO}, text))
    lived = lives.live(FIRST, until="D+10")
    assert lived.messages == ["2026-03-04 10:00 welcome_prospect", "2026-03-07 11:00 welcome_prospect"]
    rows = lives.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
    assert [row.channel for row in rows] == ["email", "sms"]


@pytest.mark.parametrize("deed", [clicks("hello"), opens("hello")])
def test_who_engaged_gets_no_sms(lives: Lives, deed: Any) -> None:
    text = {"key": "text", "anchor": "first_message", "delay": {"days": 3}, **HELLO, "channel": "sms",
            "when": [{"is": "engaged", "step": "hello", "not": True}]}  # fmt: skip
    lives.of("mine", plan({"key": "hello", **HELLO}, text))
    lived = lives.live(FIRST, ("D+1 18:00", deed), until="D+10")
    assert lived.messages == ["2026-03-03 10:00 welcome_prospect"]
    assert lived.steps == ["hello posted", "text skipped condition"]


@pytest.mark.parametrize(
    ("euros", "template"), [(80, "second_purchase_premium"), (20, "second_purchase_standard")]
)
def test_a_fork_by_amount(lives: Lives, euros: int, template: str) -> None:
    lives.of(
        "mine",
        plan(
            {"key": "fork", "kind": "split", "when": [{"is": "amount", "against": "own", "side": "above"}], "otherwise": "low"},
            {"key": "high", **HELLO, "template": "second_purchase_premium", "next": "bye"},
            {"key": "low", **HELLO, "template": "second_purchase_standard"},
            {"key": "bye", "kind": "end"},
            entry={"on": "order_placed", "when": [{"is": "known_customer"}]},
        ),
    )  # fmt: skip
    lived = lives.live(
        ("D0 08:00", orders("A1", euros=50)), ("D+1 10:00", orders("A2", euros=euros)), until="D+5"
    )
    assert lived.messages == [f"2026-03-04 10:00 {template}"]
    assert lived.exits == ["completed"], "the first order let nobody in"


CODE = {"key": "code", "kind": "promo", "pool": "bienvenue"}


@pytest.mark.parametrize("control_percent", [0, 100])
def test_one_code_for_all_messages_that_follow_and_none_for_the_control_arm(
    lives: Lives, control_percent: int
) -> None:
    make_pool("AAAA1\nBBBB1")
    again = {"key": "again", "anchor": "first_message", "delay": {"days": 2}, **HELLO}
    lives.of("mine", plan(CODE, {"key": "hello", **HELLO}, again), control_percent=control_percent)
    lived = lives.live(FIRST, until="D+10")
    codes = [row.values.get("promo_code") for row in lives.session.scalars(select(OutboundMessage))]
    states = lives.session.scalars(select(PromoGrant.state)).all()
    assert codes == ([] if control_percent else ["AAAA1", "AAAA1"])
    assert states == ([] if control_percent else [GrantState.SENT])
    assert lived.steps[0] == ("code ghost" if control_percent else "code done")


def test_a_code_that_no_message_showed_is_free_again(lives: Lives) -> None:
    make_pool("AAAA1")
    lives.of("mine", plan(CODE, {"key": "hello", "delay": {"days": 2}, **HELLO}, exits=["purchased"]))
    lives.live(FIRST, ("D+1 10:00", orders("A1")), until="D+10")
    assert lives.session.scalars(select(PromoGrant.state)).all() == [GrantState.RELEASED]
    assert lives.session.scalars(select(PromoCode.grant_id)).all() == [None]


def test_a_code_whose_only_message_the_gate_refused_is_free_again(lives: Lives) -> None:
    make_pool("AAAA1")
    lives.of("mine", plan(CODE, {"key": "hello", "delay": {"days": 1}, **HELLO}))
    lived = lives.live(FIRST, ("D0 12:00", says(is_given=False)), until="D+10")
    assert lived.unsent == ["welcome_prospect: no_consent"]
    assert lives.session.scalars(select(PromoGrant.state)).all() == [GrantState.RELEASED]


def test_an_empty_pool_lets_the_path_go_on_without_a_code(lives: Lives) -> None:
    make_pool()
    lives.of("mine", plan(CODE, {"key": "hello", **HELLO}))
    lived = lives.live(FIRST, until="D+3")
    assert lived.steps == ["code skipped no_code", "hello posted"]


def test_who_used_the_code_is_not_reminded(lives: Lives) -> None:
    make_pool("AAAA1")
    again = {"key": "again", "anchor": "first_message", "delay": {"days": 5}, **HELLO,
             "when": [{"is": "code_used", "not": True}]}  # fmt: skip
    lives.of("mine", plan(CODE, {"key": "hello", **HELLO}, again))
    lived = lives.live(FIRST, ("D+2 12:00", orders("A1", promo_codes=["AAAA1"])), until="D+10")
    assert lived.steps == ["code done", "hello posted", "again skipped condition"]


@pytest.mark.parametrize("control_percent", [0, 100])
def test_a_property_is_written_down(lives: Lives, control_percent: int) -> None:
    save_property(
        key="plan_told", family="plan", kind=PropertyKind.BOOLEAN, label="Told", description="Told by a plan",
        is_new=True, by=SYSTEM, now=TUESDAY,
    )  # fmt: skip
    told = {"key": "told", "kind": "property", "property": "plan_told", "value": True}
    lives.of("mine", plan(told), control_percent=control_percent)
    lived = lives.live(FIRST, until="D+1")
    properties = lives.session.scalars(select(Customer.properties)).one()
    assert properties == ({} if control_percent else {"plan_told": True})
    assert lived.steps == ["told ghost" if control_percent else "told done"]


def test_a_property_that_is_gone_is_passed_by(lives: Lives) -> None:
    told = {"key": "told", "kind": "property", "property": "plan_gone", "value": "x"}
    lives.of("mine", plan(told, {"key": "hello", **HELLO}))
    assert lives.live(FIRST, until="D+1").steps == ["told skipped unknown_property", "hello posted"]


@pytest.mark.parametrize("control_percent", [0, 100])
def test_the_people_of_the_store_are_told(lives: Lives, control_percent: int) -> None:
    lives.of(
        "mine",
        plan(
            {"key": "tell", "kind": "notify", "words": "A gold customer orders."},
            entry={"on": "order_placed"},
        ),
        control_percent=control_percent,
    )
    ordered = orders("A1")
    lives.live(("D0 10:00", ordered), until="D+1")
    assert lives.session.scalars(select(Notice)).all() == [], "nobody works there"
    store_id = lives.customer.preferred_store_id
    assert store_id
    make_agent(lives.session, store_ids=(store_id,))
    lived = lives.live(("D+2 10:00", orders("A2")), until="D+3")
    told = [(row.kind, row.data) for row in lives.session.scalars(select(Notice))]
    words = {"words": "A gold customer orders.", "customer_id": lives.customer.id}
    assert told == ([] if control_percent else [("plan_says", words)])
    assert lived.steps == (["tell ghost"] * 2 if control_percent else ["tell skipped nobody", "tell done"])


@pytest.mark.parametrize("control_percent", [0, 100])
def test_a_call_for_the_store_once(lives: Lives, control_percent: int) -> None:
    call = {"kind": "task", "subject": "Ask how it went", "reason": "First order"}
    lives.of("mine", plan({"key": "call", **call}, {"key": "again", **call}), control_percent=control_percent)
    lived = lives.live(FIRST, until="D+1")
    scripts = lives.session.scalars(select(CallTask.script)).all()
    assert scripts == ([] if control_percent else ["Ask how it went\n\nFirst order"])
    assert lived.steps == (
        ["call ghost", "again ghost"] if control_percent else ["call done", "again skipped no_call"]
    )


def test_a_template_that_is_not_published_costs_its_own_step_only(lives: Lives) -> None:
    lives.of("mine", plan({"key": "gone", **HELLO, "template": "no_such_mail"}, {"key": "hello", **HELLO}))
    assert lives.live(FIRST, until="D+1").steps == ["gone skipped no_template", "hello posted"]


def test_a_date_of_the_customer_is_an_anchor(lives: Lives) -> None:
    before = {"key": "before", "anchor": "date", "delay": {"days": -3}, **HELLO}
    on_day = {"key": "on_day", "anchor": "date", "delay": {"at": "18:30"}, **HELLO}
    lives.of("mine", plan(before, on_day))
    lived = lives.live(("D0 10:00", enters("mine", date_on="2026-03-20")), until="D+30")
    assert lived.messages == ["2026-03-17 10:00 welcome_prospect", "2026-03-20 18:30 welcome_prospect"]


def test_a_basket_that_is_touched_emptied_or_ordered_ends_its_plan(lives: Lives) -> None:
    exits = ["basket_paid", "basket_emptied", "basket_changed"]
    lives.of("mine", plan({"key": "hello", "delay": {"minutes": 180}, **HELLO}, exits=exits))

    def left(life: Lives, at: Any) -> None:
        basket_id = life.session.scalar(select(_basket_id()))
        life.enter("mine", f"basket:{basket_id}:{at}", at, basket_id=basket_id, since=at.isoformat())

    lived = lives.live(
        ("D0 10:00", baskets("B1")), ("D0 10:00", left), ("D0 11:00", baskets("B1", euros=60)),
        ("D+1 11:00", left), ("D+1 12:00", baskets("B1", state="emptied")),
        ("D+2 11:00", baskets("B1")), ("D+2 11:00", left), ("D+2 12:00", orders("A1")),
        ("D+3 11:00", baskets("B1")), ("D+3 11:00", left),
        until="D+4",
    )  # fmt: skip
    assert lived.exits == ["basket_changed", "basket_emptied", "basket_paid", "completed"]
    assert lived.messages == ["2026-03-06 14:00 welcome_prospect"]


def _basket_id() -> Any:
    from hub.orders.behaviour.models import Basket

    return Basket.id
