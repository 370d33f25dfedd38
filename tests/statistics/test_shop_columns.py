"""Answers and orders in day columns: what counts now, whoever told it how late; tickets per thousand orders."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.core.errors import Invalid
from hub.core.words import Language
from hub.orders.actions import take_in
from hub.orders.models import Order
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.statistics.measuring.door import measure
from hub.statistics.measuring.figures import Figure
from hub.statistics.queries import read_filters
from hub.statistics.words import Dimension
from hub.stores.models import Store
from hub.surveys.words import AnswerState, Choice
from tests.conftest import TUESDAY
from tests.makers.inbox import make_house, make_received
from tests.makers.orders import an_event
from tests.makers.statistics import find_differing, gather_all, work_off
from tests.makers.stores import make_store
from tests.makers.surveys import make_answer, make_invitation


@pytest.fixture
def lyon(session: Session) -> Store:
    lyon = make_house(session)
    make_store(session, "Lille", code="LIL")
    return lyon


def ask(key: str, by: Dimension | None = None) -> tuple[Figure, ...]:
    viewer = Viewer(1, "Cleo", "c@x.example", Role.HEAD_OFFICE, Language.FRENCH, Scope(is_everything=True), 0)
    filters = read_filters({"since": "2026-01-01", "until": "2026-04-30"}, now=TUESDAY)
    return measure(key, filters, by=by, viewer=viewer, now=TUESDAY)


def sell(number: int, placed_at: datetime, *, told_at: datetime = TUESDAY, **changes: Any) -> None:
    event = an_event(
        external_id=f"A{number}",
        placed_at=placed_at.isoformat(),
        updated_at=told_at.isoformat(),
        **{"state": "placed", "delivered_at": None, **changes},
    )
    assert take_in(event, source="shop", now=max(TUESDAY, told_at)).order_id


def test_a_store_and_a_day_without_a_ticket_have_the_best_rate(session: Session, lyon: Store) -> None:
    """By hand: Lille sold 50 and nobody wrote, 0; Lyon 1 ticket of 20 orders, 50. Orders have no hour to be set against."""
    for number in range(70):
        sell(number, TUESDAY, store=lyon.code if number < 20 else "LIL")
    make_received()
    gather_all()
    rates = {each.group: (each.value, each.count) for each in ask("contact_rate", Dimension.STORE)}
    (lille,) = rates.keys() - {lyon.id}
    assert rates == {lyon.id: (pytest.approx(50), 1), lille: (0, 0)}
    for by in (Dimension.HOUR, Dimension.WEEKDAY, Dimension.SLOT):
        with pytest.raises(Invalid):
            ask("contact_rate", by)


def test_late_orders_are_restated_on_the_day_of_the_order(session: Session, lyon: Store) -> None:
    """Two days told late, one moved to another day, one cancelled, one partly given back."""
    first, second = TUESDAY - timedelta(days=20), TUESDAY - timedelta(days=10)
    for number, at in enumerate((first, first, second), 1):
        sell(number, at, total_cents=10_000)
    work_off()
    days = {each.group: (each.count, each.value) for each in ask("order_revenue", Dimension.DAY)}
    assert days == {first.date(): (2, 20_000), second.date(): (1, 10_000)}
    later = TUESDAY + timedelta(hours=1)
    sell(1, second, told_at=later, total_cents=10_000)
    sell(2, first, told_at=later, total_cents=10_000, state="cancelled")
    sell(3, second, told_at=later, total_cents=10_000, returned_cents=4_000)
    work_off()
    days = {each.group: (each.count, each.value) for each in ask("order_revenue", Dimension.DAY)}
    assert days == {second.date(): (2, 16_000)}
    assert find_differing() == []


def test_tickets_are_set_against_the_orders_of_their_group(session: Session, lyon: Store) -> None:
    for number in range(1, 5):
        sell(number, TUESDAY - timedelta(days=1))
    make_received()
    work_off()
    (whole,) = ask("contact_rate")
    assert (whole.value, whole.count) == (250, 1)
    assert whole.low is not None
    assert whole.low < 250
    assert [(each.group, each.value) for each in ask("contact_rate", Dimension.STORE)] == [(lyon.id, 250)]
    assert [(each.group, each.value) for each in ask("contact_rate", Dimension.REASON)] == [(None, 250)]
    assert [each.value for each in ask("contact_rate", Dimension.DAY)] == [0, None], (
        "no ticket on the day of the orders, no order on the day of the ticket"
    )


def test_only_the_answer_that_counts_is_counted(session: Session) -> None:
    asked = make_invitation(session)
    make_answer(session, asked, Choice.NOT_SATISFIED)
    make_answer(session, asked, Choice.VERY_SATISFIED, AnswerState.SUPERSEDED)
    gather_all()
    (found,) = ask("csat")
    assert (found.value, found.count) == (0, 1)
    assert ask("csat", Dimension.MONTH)[0].group == date(2026, 3, 1)
    session.execute(update(Order).values(total_cents=1))
    assert {subject.value for subject, _ in find_differing()} == {"orders"}
