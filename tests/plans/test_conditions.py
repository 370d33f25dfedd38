"""Each condition on real rows, as it is now and as it was known before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import Purpose
from hub.customers.models import Customer
from hub.customers.queries import get_customers
from hub.orders.behaviour.baskets import take_basket
from hub.orders.models import Order, OrderLine
from hub.orders.products.actions import put_products
from hub.orders.products.rules import ProductDetails
from hub.orders.queries import get_orders
from hub.orders.words import OrderState
from hub.outbox.words import MessageState
from hub.plans.actions import add_builtin_plans
from hub.plans.definitions import Condition
from hub.plans.looking.asked import Subject, World
from hub.plans.looking.table import LOOK_UPS, look_up
from hub.plans.models import Enrolment, Plan
from hub.plans.walking import Sent
from hub.plans.words import Arm, Ask, EnrolmentState
from hub.segments.conditions.reading import read_tree
from hub.segments.saved.actions import save_segment
from hub.segments.saved.loading import open_catalog
from hub.segments.saved.rows import Draft
from hub.segments.values.models import CustomerScore, ScoreChange
from hub.segments.values.words import Stage
from hub.segments.words import SegmentKind
from hub.stores.actions.properties import set_properties as set_region_properties
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer, say_consent
from tests.makers.orders import make_order
from tests.makers.shelf import fill_shelf
from tests.makers.stores import make_chain, make_region, make_store

NOW = TUESDAY + timedelta(days=10)
BEFORE = TUESDAY - timedelta(days=400)


class House:
    def __init__(self, session: Session) -> None:
        self.session = session
        make_chain(session)
        self.store = make_store(session)
        self.dora = make_customer(session, created_at=BEFORE)
        self.entry = self.order("A1", TUESDAY, 10_000)

    def order(self, number: str, placed_at: datetime, cents: int = 5_000, **fields: Any) -> Order:
        owner = fields.pop("owner", self.dora)
        return make_order(
            self.session, customer_id=owner.id, store_id=self.store.id, external_id=number,
            placed_at=placed_at, total_cents=cents, **fields,
        )  # fmt: skip

    def basket(self, days: int = 0, **changes: Any) -> int:
        """The shop tells of Dora's basket, touched so many days and an hour after Tuesday."""
        moment = TUESDAY + timedelta(days=days, hours=1)
        body = {
            "external_id": "B1",
            "customer": {"email": "dora@client.example"},
            "state": "open",
            "device": "phone",
            "updated_at": moment.isoformat(),
            "lines": [{"sku": "LAMPE-01", "quantity": 1, "unit_price_cents": 21_000}],
            **changes,
        }
        taken = take_basket(body, source="shop", now=moment)
        assert taken.basket, taken.errors
        return taken.basket.id

    def ask(self, ask: Ask, at: datetime = NOW, *, who: Customer | None = None, **fields: Any) -> bool | None:
        params = fields.pop("params", {})
        subject = Subject(
            customer_id=(who or self.dora).id,
            at=at,
            **{
                "arm": Arm.TREATED, "anchor_at": TUESDAY, "values": {"order_id": self.entry.id},
                "time_zone": "Europe/Paris", **fields,
            },
        )  # fmt: skip
        world = World(get_customers([self.dora.id]), get_orders([self.entry.id]))
        condition = Condition(ask, params=params)
        return look_up([(subject, [condition])], world)[0](condition)


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def test_every_question_has_its_look_up() -> None:
    assert set(LOOK_UPS) == set(Ask)


def test_a_purchase_is_one_after_the_entry_and_not_that_of_the_entry(house: House) -> None:
    assert house.ask(Ask.PURCHASED) is False
    house.order("A2", TUESDAY + timedelta(days=5))
    assert house.ask(Ask.PURCHASED) is True
    assert house.ask(Ask.PURCHASED, TUESDAY + timedelta(days=4)) is False, "not known yet"
    assert house.ask(Ask.PURCHASED, params={"days": 4}) is False
    assert house.ask(Ask.PURCHASED, params={"days": 5}) is True


def test_a_cancelled_order_is_no_purchase_and_silence_may_begin_before_the_entry(house: House) -> None:
    house.order("A2", TUESDAY + timedelta(days=5), state=OrderState.CANCELLED)
    house.order("A0", TUESDAY - timedelta(days=3))
    assert house.ask(Ask.PURCHASED) is False
    since = (TUESDAY - timedelta(days=9)).isoformat()
    assert house.ask(Ask.PURCHASED, values={"since": since}) is True, "told late, but it broke the silence"


def test_who_had_ordered_before(house: House) -> None:
    assert house.ask(Ask.KNOWN_CUSTOMER) is False
    house.order("A0", BEFORE)
    assert house.ask(Ask.KNOWN_CUSTOMER) is True


def test_an_amount_against_the_chain_and_against_ones_own(house: House) -> None:
    chain_above, chain_below = {"against": "chain", "side": "above"}, {"against": "chain", "side": "below"}
    own = {"against": "own", "side": "above"}
    assert house.ask(Ask.AMOUNT, params=chain_above) is False, "the only order is the average"
    assert house.ask(Ask.AMOUNT, params=own) is None, "nothing to compare with"
    house.order("A0", BEFORE, 9_000)
    other = make_customer(house.session, "Emil", "Roux", mail="emil@client.example", phone=None)
    house.order("E1", BEFORE, 90_000, owner=other)
    assert house.ask(Ask.AMOUNT, params=chain_above) is False
    assert house.ask(Ask.AMOUNT, params=chain_below) is True
    assert house.ask(Ask.AMOUNT, params=own) is True


def test_a_basket_by_value_device_and_what_became_of_it(house: House) -> None:
    values = {"basket_id": house.basket(), "since": (TUESDAY + timedelta(hours=1)).isoformat()}

    def ask(ask: Ask, day: float = 10, **params: Any) -> bool | None:
        return house.ask(ask, TUESDAY + timedelta(days=day), values=values, params=params)

    assert ask(Ask.BASKET_VALUE, at_least=20_000) is True
    assert ask(Ask.BASKET_VALUE, at_most=20_999) is False
    assert ask(Ask.DEVICE, **{"in": ["phone"]}) is True
    assert ask(Ask.BASKET, state="changed") is False
    house.basket(1)
    assert (ask(Ask.BASKET, state="changed"), ask(Ask.BASKET, 0.5, state="changed")) == (True, False)
    house.basket(2, state="emptied")
    assert (ask(Ask.BASKET, state="emptied"), ask(Ask.BASKET, 1, state="emptied")) == (True, False)
    house.order("A2", TUESDAY + timedelta(days=3))
    assert (ask(Ask.BASKET, state="paid"), ask(Ask.BASKET, 2, state="paid")) == (True, False)


def test_without_a_basket_nobody_knows_its_value_and_the_device_is_the_last_one(house: House) -> None:
    assert house.ask(Ask.BASKET_VALUE, params={"at_least": 1}) is None
    assert house.ask(Ask.DEVICE, params={"in": ["phone"]}) is None
    house.basket(device="tablet")
    assert house.ask(Ask.DEVICE, params={"in": ["tablet", "phone"]}) is True


def test_an_article_or_a_family_that_is_owned(house: House) -> None:
    put_products([ProductDetails(sku="LAMPE-01", name="Lampe", family="lamps", price_cents=100)], now=TUESDAY)
    assert house.ask(Ask.HAS_PRODUCT, params={"sku": "LAMPE-01"}) is True
    assert house.ask(Ask.HAS_PRODUCT, params={"family": "lamps"}) is True
    assert house.ask(Ask.HAS_PRODUCT, params={"family": "chairs"}) is False
    assert house.ask(Ask.HAS_PRODUCT, TUESDAY - timedelta(days=1), params={"sku": "LAMPE-01"}) is False
    house.entry.state = OrderState.RETURNED
    house.session.flush()
    assert house.ask(Ask.HAS_PRODUCT, params={"sku": "LAMPE-01"}) is False


@pytest.mark.parametrize(
    ("ask", "state"), [(Ask.ORDER_CANCELLED, OrderState.CANCELLED), (Ask.ORDER_RETURNED, OrderState.RETURNED)]
)
def test_the_order_of_the_entry_is_gone(house: House, ask: Ask, state: OrderState) -> None:
    assert house.ask(ask) is False
    house.entry.state = state
    house.session.flush()
    assert house.ask(ask) is True


def test_a_consent_from_the_ledger(house: House) -> None:
    promotion = {"channel": "email", "purpose": "promotion"}
    assert house.ask(Ask.CONSENT, params=promotion) is False
    assert house.ask(Ask.CONSENT, params={"channel": "email", "purpose": "survey"}) is True, "until objection"
    say_consent(happened_at=TUESDAY)
    assert house.ask(Ask.CONSENT, params=promotion) is True
    assert house.ask(Ask.CONSENT, params={"channel": "sms", "purpose": "promotion"}) is False
    purposes = frozenset({Purpose.PROMOTION})
    assert house.ask(Ask.REFUSED, purposes=purposes) is False
    say_consent(happened_at=TUESDAY + timedelta(days=2), is_given=False)
    assert house.ask(Ask.CONSENT, params=promotion) is False
    assert house.ask(Ask.CONSENT, TUESDAY + timedelta(days=1), params=promotion) is True
    assert house.ask(Ask.REFUSED, purposes=purposes) is True
    assert house.ask(Ask.REFUSED, purposes=frozenset({Purpose.TRANSACTIONAL})) is False


def test_stage_tier_churn_and_value_as_they_stood(house: House) -> None:
    session, moved_at = house.session, TUESDAY + timedelta(days=4)
    assert house.ask(Ask.STAGE, params={"in": ["prospect"]}) is None, "never scored"
    session.add(
        CustomerScore(
            customer_id=house.dora.id, stage=Stage.REGULAR, churn_points=-7, churn_why=[], historic_cents=90_000,
            order_count=3, orders_12_months=3, value_12_months_cents=1, window_cents=1, tier="gold", computed_at=moved_at,
        )
    )  # fmt: skip
    session.add(
        ScoreChange(
            customer_id=house.dora.id, changed_at=moved_at, from_stage="new", to_stage="regular",
            from_segment=None, to_segment=None, from_tier=None, to_tier="gold",
        )
    )  # fmt: skip
    session.flush()
    then = TUESDAY + timedelta(days=1)
    assert house.ask(Ask.STAGE, params={"in": ["regular"]}) is True
    assert house.ask(Ask.STAGE, then, params={"in": ["new"]}) is True
    assert house.ask(Ask.TIER, params={"in": ["gold"]}) is True
    assert house.ask(Ask.TIER, then, params={"in": ["gold"]}) is False
    assert house.ask(Ask.CHURN_BELOW, params={"points": -5}) is True
    assert house.ask(Ask.CHURN_BELOW, params={"points": -7}) is False
    assert house.ask(Ask.CHURN_BELOW, then, params={"points": -5}) is None, "its past is not kept"
    assert house.ask(Ask.VALUE_TOP, params={"percent": 10}) is True


def test_a_segment_and_one_that_is_gone(house: House) -> None:
    lyon = {"field": "customer.postcode", "test": "begins_with", "value": ["69"]}
    root = read_tree({"version": 1, "root": {"match": "all", "parts": [lyon]}}, open_catalog())
    segment = save_segment(Draft("Lyon", "", SegmentKind.LIVE, root), by=SYSTEM, now=TUESDAY)
    assert house.ask(Ask.SEGMENT, params={"id": segment}) is True
    assert house.ask(Ask.SEGMENT, params={"id": segment + 99}) is None


def test_a_word_of_the_region_and_one_that_nobody_said(house: House) -> None:
    region = make_region(house.session)
    house.store.region_id = region.id
    house.session.flush()
    rain = {"property": "weather", "value": "rain"}
    assert house.ask(Ask.REGION, params=rain) is None
    set_region_properties(
        region_id=region.id, values={"weather": "rain"}, expires_hours=24, by=SYSTEM, now=TUESDAY
    )
    assert house.ask(Ask.REGION, TUESDAY + timedelta(hours=1), params=rain) is True
    assert house.ask(Ask.REGION, TUESDAY + timedelta(hours=1), params={**rain, "value": "sun"}) is False
    assert house.ask(Ask.REGION, TUESDAY + timedelta(hours=25), params=rain) is None, "rain of yesterday"


def test_signs_of_life(house: House) -> None:
    assert house.ask(Ask.LIFE_SIGN) is False
    house.dora.last_active_at = TUESDAY + timedelta(days=3)
    house.session.flush()
    assert house.ask(Ask.LIFE_SIGN) is True
    assert house.ask(Ask.LIFE_SIGN, TUESDAY + timedelta(days=2)) is False


def test_the_phone_the_weekday_where_she_lives_and_the_way_in(house: House) -> None:
    assert house.ask(Ask.PHONE_KNOWN) is True
    night = datetime.fromisoformat("2026-03-03T23:30:00+00:00")
    assert house.ask(Ask.WEEKDAY, night, params={"in": [2]}) is True, "Wednesday in Paris"
    assert house.ask(Ask.WEEKDAY, night, time_zone="America/Guadeloupe", params={"in": [1]}) is True
    assert (
        house.ask(Ask.ENTERED_BY, values={"trigger": "order_paid"}, params={"trigger": "order_paid"}) is True
    )
    assert house.ask(Ask.ENTERED_BY, params={"trigger": "order_paid"}) is False


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (MessageState.ACCEPTED, False),
        (MessageState.BLOCKED, None),
        (MessageState.WAITING, None),
        (MessageState.UNKNOWN, None),
    ],
)
def test_a_message_nobody_got_is_neither_opened_nor_unopened(
    house: House, state: MessageState, expected: bool | None
) -> None:
    seen = {"values": {"messages": {"hello": 1}}, "messages": {"hello": Sent(state, None)}}
    for ask in (Ask.OPENED, Ask.CLICKED, Ask.ENGAGED):
        assert house.ask(ask, **seen) is expected
    assert house.ask(Ask.FIRST_MESSAGE_SENT, **seen) is (state is MessageState.ACCEPTED)
    assert house.ask(Ask.OPENED, arm=Arm.CONTROL) is False
    assert house.ask(Ask.FIRST_MESSAGE_SENT, arm=Arm.CONTROL) is False, "no ghost of one yet"
    ghost = {"first_message_at": TUESDAY.isoformat()}
    assert house.ask(Ask.FIRST_MESSAGE_SENT, arm=Arm.CONTROL, values=ghost) is True


def test_a_question_is_asked_once_for_all_who_ask_it(house: House) -> None:
    subject = Subject(
        customer_id=house.dora.id,
        at=NOW,
        arm=Arm.TREATED,
        anchor_at=TUESDAY,
        values={},
        time_zone="Europe/Paris",
    )
    conditions = [
        Condition(Ask.PURCHASED),
        Condition(Ask.PURCHASED, is_not=True),
        Condition(Ask.KNOWN_CUSTOMER),
    ]
    with counted_statements() as statements:
        look_up([(subject, conditions)] * 50, World({}, {}))
    [statement] = statements
    assert statement.count("ORDER BY placed_at LIMIT 1") == 2


def test_something_to_recommend_is_not_owned_and_follows_from_the_order(house: House) -> None:
    assert house.ask(Ask.SUGGESTED, params={"why": "complement"}) is False, "nothing is known of products"
    fill_shelf()
    assert house.ask(Ask.SUGGESTED, params={"why": "complement"}) is True
    assert house.ask(Ask.SUGGESTED, params={"why": "better_range"}) is True
    assert house.ask(Ask.SUGGESTED, params={"why": "next_of_cycle"}) is False
    for day, sku in ((1, "AMPOULE"), (2, "VERRE")):
        order = house.order(f"A{day}0", TUESDAY + timedelta(days=day))
        house.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one().sku = sku
    house.session.flush()
    assert house.ask(Ask.SUGGESTED, params={"why": "complement"}) is False, "both are owned by now"
    assert house.ask(Ask.SUGGESTED, TUESDAY + timedelta(hours=1), params={"why": "complement"}) is True, (
        "not yet"
    )


def test_who_is_in_another_plan_is_known_until_some_days_after(house: House) -> None:
    add_builtin_plans(now=TUESDAY)
    plan = house.session.scalars(select(Plan).where(Plan.key == "replenishment")).one()
    asked = {"plan": "replenishment", "days": 30}
    assert house.ask(Ask.IN_PLAN, params=asked) is False
    row = Enrolment(
        plan_id=plan.id, version_id=plan.published_version_id, customer_id=house.dora.id, entry_key="order:1",
        arm=Arm.CONTROL, state=EnrolmentState.ENDED, anchor_at=TUESDAY, entered_at=TUESDAY,
        ended_at=TUESDAY + timedelta(days=10), values={},
    )  # fmt: skip
    house.session.add(row)
    house.session.flush()
    found = [house.ask(Ask.IN_PLAN, TUESDAY + timedelta(days=day), params=asked) for day in (-1, 5, 39, 41)]
    assert found == [False, True, True, False]
