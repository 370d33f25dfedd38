"""Events of a shop: stored as they came, taken once, in any order the same order."""

import copy
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers.queries import get_contactability, get_customer
from hub.identity import erasing
from hub.orders.actions import Taken, take_in
from hub.orders.models import Order, OrderEvent
from hub.orders.queries import get_order, list_refused_events
from hub.orders.words import EventOutcome, OrderState
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent
from tests.makers.orders import an_event, make_order
from tests.makers.stores import make_chain, make_store


@pytest.fixture
def store(session: Session) -> Store:
    make_chain(session)
    make_store(session, "Lille", code="LIL")
    return make_store(session)


def take(source: str = "shop", now: datetime | None = None, **changes: Any) -> Taken:
    """The event arrives when it was written, not before Tuesday."""
    event = an_event(**changes)
    written_at = datetime.fromisoformat(event["updated_at"])
    return take_in(event, source=source, now=now or max(TUESDAY, written_at))


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(FactRow.kind).order_by(FactRow.id)))


def test_a_delivered_order_is_taken_with_its_customer_and_facts(session: Session, store: Store) -> None:
    taken = take(extra={"kept": True})
    assert taken.outcome is EventOutcome.TAKEN
    assert taken.order
    assert (taken.order.store_id, taken.order.state) == (store.id, OrderState.DELIVERED)
    assert [line.sku for line in taken.order.lines] == ["LAMPE-01"]
    customer = get_customer(taken.order.customer_id)
    assert (customer.name, customer.loyalty_card, customer.preferred_store_id) == (
        "Dora Lefèvre",
        "C-77",
        store.id,
    )
    assert kinds(session) == ["OrderPlaced", "CustomerFirstOrdered", "OrderDelivered"]
    delivered = session.scalars(select(FactRow).where(FactRow.kind == "OrderDelivered")).one()
    assert delivered.happened_at == taken.order.delivered_at
    assert delivered.customer_id == customer.id
    assert delivered.data == {"order_id": taken.order_id, "store_id": store.id}
    event = session.scalars(select(OrderEvent)).one()
    assert event.payload["extra"] == {"kept": True}
    assert event.order_id == taken.order_id


def test_a_shop_clock_that_runs_ahead_does_not_make_the_fact_late(session: Session, store: Store) -> None:
    take(delivered_at="2026-03-04T09:00:00+01:00", updated_at="2026-03-04T09:00:00+01:00", now=TUESDAY)
    delivered = session.scalars(select(FactRow).where(FactRow.kind == "OrderDelivered")).one()
    assert delivered.happened_at == TUESDAY


def test_the_same_event_changes_nothing(session: Session, store: Store) -> None:
    first, second = take(), take()
    assert second.outcome is EventOutcome.UNCHANGED
    assert second.order == first.order
    assert session.scalar(select(func.count()).select_from(OrderEvent)) == 1
    assert len(kinds(session)) == 3


def test_an_older_event_is_kept_and_changes_nothing(session: Session, store: Store) -> None:
    first = take()
    late = take(state="shipped", updated_at="2026-03-02T09:00:00+01:00", delivered_at=None, total_cents=1)
    assert late.outcome is EventOutcome.STALE
    assert late.order == first.order
    assert session.scalar(select(func.count()).select_from(OrderEvent)) == 2
    assert len(kinds(session)) == 3


def test_an_update_is_taken_and_each_step_told_once(session: Session, store: Store) -> None:
    steps = [
        ("placed", "01"),
        ("shipped", "02"),
        ("delivered", "03"),
        ("shipped", "04"),
        ("delivered", "05"),
        ("returned", "06"),
    ]
    for state, day in steps:
        take(state=state, updated_at=f"2026-03-{day}T12:00:00+01:00")
    assert kinds(session) == [
        "OrderPlaced",
        "CustomerFirstOrdered",
        "OrderChanged",
        "OrderShipped",
        "OrderDelivered",
        "OrderChanged",
        "OrderChanged",
        "OrderReturned",
    ]
    assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_what_was_told_of_an_order_is_known_after_its_customer_is_erased(
    session: Session, store: Store
) -> None:
    taken = take()
    assert taken.order
    take(state="shipped", updated_at="2026-03-04T09:00:00+01:00")
    erasing.ask_erasure(taken.order.customer_id, by=SYSTEM, now=TUESDAY)
    while erasing.work_erasures(lambda: None):
        pass
    session.expire_all()
    assert not any(session.scalars(select(OrderEvent.payload)))
    for state, day in (("delivered", "05"), ("cancelled", "06")):
        again = take(state=state, updated_at=f"2026-03-{day}T12:00:00+01:00")
        assert again.outcome is EventOutcome.TAKEN
    assert kinds(session).count("OrderDelivered") == 1
    assert kinds(session)[-1] == "OrderCancelled"


def test_cancelled_after_delivered_is_told(session: Session, store: Store) -> None:
    take()
    take(state="cancelled", updated_at="2026-03-04T09:00:00+01:00")
    assert kinds(session)[-1] == "OrderCancelled"


@pytest.mark.parametrize("state", ["cancelled", "returned"])
def test_a_shop_that_tells_no_time_of_writing_is_heard(session: Session, store: Store, state: str) -> None:
    told = an_event(updated_at=None)
    take_in(told, source="shop", now=TUESDAY)
    later = TUESDAY + timedelta(days=2)
    taken = take_in({**told, "state": state}, source="shop", now=later)
    assert taken.outcome is EventOutcome.TAKEN
    ended = session.scalars(select(FactRow).order_by(FactRow.id.desc())).first()
    assert ended
    assert (ended.kind, ended.happened_at) == (f"Order{state.title()}", later)


def test_a_time_of_another_year_does_not_freeze_the_order(session: Session, store: Store) -> None:
    take()
    assert take(updated_at="2199-01-01T00:00:00Z", now=TUESDAY).outcome is EventOutcome.REFUSED
    assert take(state="cancelled", updated_at="2026-03-04T08:00:00Z").outcome is EventOutcome.TAKEN


def test_changed_lines_are_told_and_a_mere_repetition_is_not(session: Session, store: Store) -> None:
    take()
    take(updated_at="2026-03-04T09:00:00+01:00")
    assert kinds(session)[-1] == "OrderDelivered"
    taken = take(updated_at="2026-03-05T09:00:00+01:00", lines=[{"sku": "B", "quantity": 2}])
    assert kinds(session)[-1] == "OrderChanged"
    assert taken.order
    assert [(line.sku, line.quantity) for line in taken.order.lines] == [("B", 2)]


def test_only_the_first_order_of_a_customer_is_the_first(session: Session, store: Store) -> None:
    take(external_id="A1", state="cancelled")
    take(external_id="A2")
    take(external_id="A3")
    assert kinds(session).count("CustomerFirstOrdered") == 1
    first = session.scalars(select(FactRow).where(FactRow.kind == "CustomerFirstOrdered")).one()
    assert get_order(first.data["order_id"]).external_id == "A2"


def test_a_customer_with_history_does_not_order_first(session: Session, store: Store) -> None:
    dora = make_customer(session)
    make_order(session, customer_id=dora.id, store_id=store.id, external_id="OLD")
    take()
    assert "CustomerFirstOrdered" not in kinds(session)


def test_a_corrected_mail_address_stays_with_the_customer(session: Session, store: Store) -> None:
    first = take(customer={"email": "dora@yahho.example", "phone": "", "loyalty_card": ""})
    second = take(
        customer={"email": "dora@yahoo.example", "phone": "", "loyalty_card": ""},
        updated_at="2026-03-04T09:00:00+01:00",
    )
    assert first.order
    assert second.order
    assert second.order.customer_id == first.order.customer_id
    assert get_customer(second.order.customer_id).mail == "dora@yahoo.example"


def test_an_order_moves_to_the_customer_whose_mail_it_now_has(session: Session, store: Store) -> None:
    other = make_customer(session, "Max", "Petit", mail="max@client.example", phone=None)
    take()
    moved = take(customer={"email": "max@client.example"}, updated_at="2026-03-04T09:00:00+01:00")
    assert moved.order
    assert moved.order.customer_id == other.id
    assert moved.elsewhere


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (an_event(store="NOPE"), "store"),
        (an_event(state="lost"), "state"),
        ({}, "external_id"),
        ("not an object", ""),
        ([1, 2], ""),
        (None, ""),
        (an_event(external_id="\x00", store="\ud800"), "store"),
    ],
)
def test_what_is_refused_is_stored_with_its_reason(
    session: Session, store: Store, payload: Any, field: str
) -> None:
    taken = take_in(payload, source="shop", now=TUESDAY)
    assert (taken.outcome, taken.order_id) == (EventOutcome.REFUSED, None)
    assert field in {error.field for error in taken.errors}
    refused = list_refused_events().rows[0]
    assert refused.errors == taken.errors
    assert refused.source == "shop"
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_refused_event_sent_again_is_taken_once_its_store_exists(session: Session, store: Store) -> None:
    assert take(store="NEW").outcome is EventOutcome.REFUSED
    assert take(store="NEW").outcome is EventOutcome.REFUSED
    assert len(list_refused_events().rows) == 1
    make_store(session, "Nantes", code="NEW")
    assert take(store="NEW").outcome is EventOutcome.TAKEN
    assert list_refused_events().rows == []


def test_refused_events_are_paged(session: Session, store: Store) -> None:
    for number in range(3):
        take_in({"n": number}, source="shop", now=TUESDAY + timedelta(minutes=number))
    page = list_refused_events(size=2)
    rest = list_refused_events(page.next_key, size=2)
    assert [row.payload["n"] for row in (*page.rows, *rest.rows)] == [2, 1, 0]


def test_consents_of_an_event_reach_the_ledger_even_from_a_late_one(session: Session, store: Store) -> None:
    consent = {
        "channel": "email",
        "purpose": "promotion",
        "given": True,
        "wording": "I would like to receive offers.",
        "at": "2026-03-01T10:00:00+01:00",
        "collection_point": "checkout",
    }
    taken = take(customer={"consents": [{**consent, "at": "2026-03-03T10:00:00+01:00"}]})
    late = {**consent, "purpose": "newsletter"}
    older = {**consent, "given": False, "at": "2026-03-02T10:00:00+01:00"}
    take(updated_at="2026-03-02T09:00:00+01:00", customer={"consents": [late, older]})
    assert taken.order
    found = get_contactability([taken.order.customer_id])[taken.order.customer_id]
    assert found.consents == {(Channel.EMAIL, Purpose.PROMOTION), (Channel.EMAIL, Purpose.NEWSLETTER)}


@pytest.mark.parametrize("at", ["2026-03-03T12:00:00Z", "2199-01-01T00:00:00Z"])
def test_a_consent_of_tomorrow_does_not_undo_what_the_customer_says_next(
    session: Session, store: Store, at: str
) -> None:
    consent = {"channel": "email", "purpose": "promotion", "given": True, "wording": "Offers", "at": at}
    told = {"consents": [{**consent, "collection_point": "checkout"}]}
    taken = take(customer=told)
    say_consent(is_given=False, happened_at=TUESDAY + timedelta(hours=1))
    for day in (1, 400):
        again = an_event(customer=told, total_cents=day)
        take_in(again, source="shop", now=TUESDAY + timedelta(days=day))
    assert taken.order
    found = get_contactability([taken.order.customer_id])[taken.order.customer_id]
    assert (Channel.EMAIL, Purpose.PROMOTION) in found.refusals


EVENTS = st.lists(
    st.builds(
        lambda state, minute, total, mail, store, lines: an_event(
            state=state,
            updated_at=f"2026-03-03T09:{minute:02}:00+01:00" if total else None,
            delivered_at="2026-03-03T09:00:00+01:00" if minute % 2 else None,
            total_cents=total,
            store=store,
            customer={"email": mail, "phone": "", "loyalty_card": ""},
            lines=[{"sku": sku} for sku in lines],
        ),
        st.sampled_from([state.value for state in OrderState]),
        st.integers(0, 3),
        st.integers(0, 2),
        st.sampled_from(["dora@client.example", "emil@client.example"]),
        st.sampled_from(["LYO", "LIL", "NOPE"]),
        st.lists(st.sampled_from(["A", "B"]), max_size=2),
    ),
    min_size=2,
    max_size=5,
)


def final_order(session: Session, earlier: list[str], events: list[dict[str, Any]]) -> Any:
    """The order after these events, its customer named by mail; everything is undone afterwards.

    `earlier` are mail addresses that ordered before.
    """
    savepoint = session.begin_nested()
    for mail in earlier:
        told = {"email": mail, "phone": "", "loyalty_card": ""}
        take_in(an_event(external_id=mail, state="placed", customer=told), source="shop", now=TUESDAY)
    for event in events:
        take_in(copy.deepcopy(event), source="shop", now=TUESDAY)
    row = session.scalar(select(Order).where(Order.external_id == "A1001"))
    order = None
    if row is not None:
        seen = get_order(row.id)
        order = (row.state_at, row.event_key, seen.store_id, seen.state, seen.delivered_at, seen.total_cents)
        order += (get_customer(seen.customer_id).mail, [line.sku for line in seen.lines])
    delivered = kinds(session).count("OrderDelivered")
    savepoint.rollback()
    session.expire_all()
    assert delivered <= 1
    return order


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data(), events=EVENTS)
def test_the_order_is_the_same_in_whatever_order_events_arrive(
    session: Session, store: Store, data: st.DataObject, events: list[dict[str, Any]]
) -> None:
    earlier = data.draw(
        st.lists(st.sampled_from(["dora@client.example", "emil@client.example"]), unique=True)
    )
    shuffled = data.draw(st.permutations(events))
    assert final_order(session, earlier, events) == final_order(session, earlier, shuffled)
