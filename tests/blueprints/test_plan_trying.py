"""Trying a plan with a customer: a few statements for every plan of the product, whatever is known of the customer."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.customers.models import ContactChoice, Customer
from hub.customers.words import AddressKind
from hub.orders.behaviour.baskets import take_basket
from hub.orders.models import OrderLine
from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.reading import parse_definition
from hub.segments.values.models import CustomerScore
from hub.segments.values.words import Stage
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer, make_emil, say_consent
from tests.makers.loyalty import make_pool
from tests.makers.orders import make_order
from tests.makers.shelf import fill_shelf
from tests.makers.staff import log_in, make_agent
from tests.plans.lives import deliver

MOST_STATEMENTS = 12


def make_known(session: Session) -> Customer:
    """Orders, a basket, scores, a preferred store, a frequency of her own: no look-up is spared."""
    store_id = session.scalars(select(Store.id)).one()
    dora = make_customer(session, preferred_store_id=store_id)
    say_consent()
    fill_shelf()
    for number in range(2):
        order = make_order(session, customer_id=dora.id, store_id=store_id, external_id=f"A{number}")
        bags = {"sku": "SACS-M", "name": "Sacs", "quantity": 1, "unit_price_cents": 900}
        session.add(OrderLine(order_id=order.id, position=2, **bags))
    line = {"sku": "LAMPE-01", "quantity": 1, "unit_price_cents": 5_000}
    body = {
        "external_id": "B1",
        "customer": {"email": "dora@client.example"},
        "state": "open",
        "lines": [line],
    }
    assert not take_basket(body | {"updated_at": TUESDAY.isoformat()}, source="shop", now=TUESDAY).errors
    session.add(
        CustomerScore(
            customer_id=dora.id, stage=Stage.REGULAR, churn_points=-12, churn_why=[], historic_cents=90_000,
            order_count=3, orders_12_months=3, value_12_months_cents=1, window_cents=1, tier="gold",
            computed_at=TUESDAY,
        )
    )  # fmt: skip
    session.add(
        ContactChoice(
            address_kind=AddressKind.MAIL, address="dora@client.example", cap_count=2, cap_days=30,
            updated_at=TUESDAY - timedelta(days=1),
        )
    )  # fmt: skip
    return dora


def test_every_plan_is_tried_in_few_statements(
    session: Session, client: FlaskClient, hand_clock: HandClock
) -> None:
    """By every way in, with a customer of whom everything is known and with one of whom nothing is."""
    deliver(session)
    people = (make_known(session).id, make_emil(session).id)
    pools = {step.pool for plan in BUILTIN_PLANS for step in parse_definition(plan.definition).steps} - {""}
    for number, pool in enumerate(pools):
        make_pool(f"CODE-{number}", name=pool, ends_at=TUESDAY + timedelta(days=300))
    session.commit()
    marketer = log_in(client, make_agent(session, role=Role.MARKETER))
    for plan in BUILTIN_PLANS:
        for trigger in parse_definition(plan.definition).entry.on:
            paths = [f"/plans/{plan.key}/try?customer={person}&by={trigger}&lang=en" for person in people]
            for path in paths:
                marketer.get(path)  # definitions and letters that a process keeps are read once
                with counted_statements() as statements:
                    page = marketer.get(path)
                assert page.status_code == 200, path
                told = "\n".join(" ".join(each.split())[:300] for each in statements)
                assert len(statements) <= MOST_STATEMENTS, (path, len(statements), told)
