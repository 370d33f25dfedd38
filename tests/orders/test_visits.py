"""Visits: each once, whosever browser it was, his once he is known, gone when he withdraws or after a while."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.orders.actions import take_in
from hub.orders.behaviour.baskets import take_basket
from hub.orders.behaviour.linking import forget_visitor, link_visitors
from hub.orders.behaviour.models import Basket, Visit, Visitor
from hub.orders.behaviour.queries import count_visits, list_recent_visits
from hub.orders.behaviour.rows import VisitsTaken
from hub.orders.behaviour.visits import purge_visits, take_visits
from hub.orders.products.actions import put_products
from hub.orders.products.rules import ProductDetails
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer, make_emil
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store

VISITOR, OTHER = "v" * 22, "w" * 22


@pytest.fixture(autouse=True)
def _house(session: Session) -> None:
    make_chain(session)
    make_store(session)


def a_visit(minute: int = 0, **changes: Any) -> dict[str, Any]:
    at = TUESDAY - timedelta(hours=1) + timedelta(minutes=minute)
    return {"kind": "product", "sku": "LAMPE-01", "at": at.isoformat(), "visitor_id": VISITOR, **changes}


def take(*visits: Any) -> VisitsTaken:
    return take_visits(visits, source="shop", now=TUESDAY)


def owners(session: Session) -> list[int | None]:
    return list(session.scalars(select(Visit.customer_id).order_by(Visit.visited_at, Visit.id)))


def test_the_same_batch_twice_is_kept_once_and_each_is_refused_for_itself(session: Session) -> None:
    batch = (a_visit(), a_visit(), a_visit(1, kind="lost"), "nothing", a_visit(2, visitor_id=""))
    first, second = take(*batch), take(*batch)
    assert (first.taken_count, first.unchanged_count) == (1, 1)
    assert (second.taken_count, second.unchanged_count) == (0, 2)
    assert [(each.position, each.errors[0].field) for each in first.refused] == [
        (2, "kind"),
        (3, ""),
        (4, "customer"),
    ]
    assert count_visits() == 1


def test_a_batch_is_a_handful_of_statements(session: Session) -> None:
    make_customer(session)
    batch = [a_visit(minute, customer={"email": "dora@client.example"}) for minute in range(50)]
    with counted_statements() as seen:
        assert take(*batch).taken_count == 50
    assert len(seen) <= 15


def test_a_log_in_gives_the_visits_of_the_browser_to_the_customer(session: Session) -> None:
    dora, emil = make_customer(session), make_emil(session)
    put_products([ProductDetails(sku="LAMPE-01", name="Lampe Aurore", family="Luminaires")], now=TUESDAY)
    take(a_visit(0))
    take_basket(
        {"external_id": "B", "visitor_id": VISITOR, "updated_at": TUESDAY.isoformat(), "lines": []},
        source="shop",
        now=TUESDAY,
    )
    take(a_visit(1, customer={"email": "DORA@client.example"}))
    take(a_visit(2, kind="returns", sku=""))
    assert owners(session) == [dora.id] * 3
    session.expire_all()
    assert session.scalars(select(Basket.customer_id)).one() == dora.id
    newest, *_, oldest = list_recent_visits(dora.id)
    assert (newest.kind, oldest.product_name, oldest.family) == ("returns", "Lampe Aurore", "Luminaires")
    take(a_visit(3, customer={"email": "emil@client.example"}), a_visit(4))
    assert owners(session) == [dora.id] * 3 + [emil.id] * 2  # a shared browser: what was hers stays hers


def test_an_order_and_a_click_link_the_browser_too(session: Session) -> None:
    take(a_visit(0), a_visit(1, visitor_id=OTHER))
    taken = take_in(an_event(visitor_id=VISITOR), source="shop", now=TUESDAY)
    assert taken.order
    link_visitors({OTHER: taken.order.customer_id}, now=TUESDAY)
    assert owners(session) == [taken.order.customer_id] * 2


def test_a_visit_makes_no_customer(session: Session) -> None:
    stranger = {"email": "nobody@client.example"}
    taken = take(a_visit(visitor_id="", customer=stranger), a_visit(1, customer=stranger))
    assert (taken.taken_count, [each.position for each in taken.refused]) == (1, [0])
    assert owners(session) == [None]


def test_withdrawing_forgets_the_browser(session: Session) -> None:
    dora = make_customer(session)
    take(a_visit(0), a_visit(1, customer={"email": "dora@client.example"}), a_visit(2, visitor_id=OTHER))
    forget_visitor(VISITOR)
    assert owners(session) == [dora.id, dora.id, None]
    assert set(session.scalars(select(Visit.visitor_id))) == {None, OTHER}
    forget_visitor(OTHER)
    assert owners(session) == [dora.id, dora.id]
    assert session.scalar(select(func.count()).select_from(Visitor)) == 0


def test_old_visits_go(session: Session) -> None:
    take(a_visit(0), a_visit(10))
    edge = TUESDAY - timedelta(minutes=55)
    assert count_visits(before=edge) == 1
    assert purge_visits(before=edge) == 1
    assert (count_visits(), count_visits(before=edge)) == (1, 0)


@pytest.mark.parametrize("was_earlier", [True, False])
def test_an_old_visit_stays_as_a_sign_of_life(session: Session, was_earlier: bool) -> None:
    known = TUESDAY - timedelta(days=90 if was_earlier else 0)
    dora = make_customer(session, last_active_at=known, archived_at=TUESDAY - timedelta(days=60))
    take(a_visit(0, customer={"email": "dora@client.example"}))
    visited_at = session.scalars(select(Visit.visited_at)).one()
    purge_visits(before=TUESDAY)
    session.refresh(dora)
    assert dora.last_active_at == (visited_at if was_earlier else known)
    assert (dora.archived_at is None) == was_earlier
