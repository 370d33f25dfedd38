"""Contacts noted at the counter: who signs, once each, when, and what was promised."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.db import db, transaction
from hub.core.errors import Invalid, NotFound
from hub.core.words import Channel
from hub.customers.models import Customer, ExternalId
from hub.inbox import actions
from hub.inbox.actions import Contact, CounterEntry, note_at_counter
from hub.inbox.models import CallTask, ReplyWait, Ticket, TicketMessage
from hub.inbox.words import AnswerBy, TicketState
from hub.orders.queries import get_order
from hub.staff.actions import switch_person
from hub.staff.models import Agent, SignInAttempt
from hub.staff.queries import get_viewer, list_signers
from hub.staff.rules import ATTEMPTS
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.counter import PIN, PIN_HASH
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house, make_reason
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_region, make_store
from tests.makers.sweeping import sweep

MACHINE_NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


class Counter:
    """Lyon: Max's session is on the tablet, Ada signs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon: Store = make_house(session)
        self.ada = make_agent(session, store_ids=(self.lyon.id,), pin_hash=PIN_HASH)
        self.max = make_agent(session, "Max Roy", role=Role.STORE_MANAGER, store_ids=(self.lyon.id,))
        self.entry = CounterEntry(
            contact=Contact(
                store_id=self.lyon.id,
                channel=Channel.COUNTER,
                text="Cherche un abat-jour de rechange.",
                email="dora@client.example",
                first_name="Dora",
            ),
            key="k1",
            signer_id=self.ada.id,
            pin=PIN,
            answer_by=AnswerBy.MAIL,
        )

    def note(self, *, by: Agent | None = None, **changes: Any) -> actions.CounterNoted:
        contact = replace(self.entry.contact, **changes.pop("contact", {}))
        entry = replace(self.entry, contact=contact, **changes)
        viewer = get_viewer((by or self.max).id)
        return note_at_counter(entry, viewer=viewer, now=TUESDAY, machine_now=MACHINE_NOW)

    def tickets(self) -> list[Ticket]:
        return list(self.session.scalars(select(Ticket).order_by(Ticket.id)))

    def line(self) -> TicketMessage:
        return self.session.scalars(select(TicketMessage)).one()


@pytest.fixture
def counter(session: Session) -> Counter:
    return Counter(session)


def test_who_signed_has_the_ticket_and_no_wait_runs(counter: Counter) -> None:
    number = counter.note(age_seconds=3 * 3600, noted_words="2026-07-01T09:00:00Z").number
    ticket = counter.tickets()[0]
    assert (ticket.number, ticket.channel, ticket.state, ticket.assignee_id) == (
        number, Channel.COUNTER, TicketState.OPEN, counter.ada.id,
    )  # fmt: skip
    assert ticket.created_at == TUESDAY
    assert counter.session.scalar(select(func.count(ReplyWait.id))) == 0
    line = counter.line()
    assert (line.agent_id, line.happened_at) == (counter.ada.id, TUESDAY - timedelta(hours=3))
    evidence = line.inserted["counter"]
    assert evidence["session_agent_id"] == counter.max.id
    assert evidence["clock_said"] == "2026-07-01T09:00:00Z"
    assert evidence["received_at"] == TUESDAY.isoformat()


@pytest.mark.parametrize(
    ("age", "noted_at"),
    [(-600.0, TUESDAY), (0.0, TUESDAY), (30 * 86_400.0, TUESDAY - timedelta(days=7))],
)
def test_the_tablets_clock_is_believed_within_bounds(
    counter: Counter, age: float, noted_at: datetime
) -> None:
    counter.note(age_seconds=age)
    assert counter.line().happened_at == noted_at


def test_sent_again_it_is_noted_once_whatever_became_of_the_pin(counter: Counter) -> None:
    first = counter.note()
    assert counter.note() == first
    counter.ada.pin_hash = None
    assert counter.note(pin="0000") == first
    assert counter.note(pin=None) == first
    assert len(counter.tickets()) == 1
    assert counter.session.scalar(select(func.count(SignInAttempt.id))) == 0


def test_a_wrong_pin_opens_nothing_and_is_counted_with_changes_of_person(counter: Counter) -> None:
    for _ in range(ATTEMPTS - 1):
        assert counter.note(pin="1357") == actions.CounterNoted(None, 0)
    closed = switch_person(agent_id=counter.ada.id, pin="1357", from_agent_id=counter.max.id, now=MACHINE_NOW)
    assert closed.wait_seconds
    assert counter.note().wait_seconds
    assert counter.tickets() == []


def test_a_refused_entry_is_taken_once_corrected_under_its_key(counter: Counter) -> None:
    with pytest.raises(Invalid):
        counter.note(contact={"text": " "})
    assert counter.note().number


def test_a_signature_that_cannot_be_read_is_asked_again_and_not_counted(counter: Counter) -> None:
    with pytest.raises(Invalid) as refused:
        counter.note(pin=None)
    assert refused.value.field == "pin"
    assert counter.session.scalar(select(func.count(SignInAttempt.id))) == 0


def test_only_people_of_the_store_sign(counter: Counter) -> None:
    session = counter.session
    region = make_region(session)
    counter.lyon.region_id = region.id
    lille = make_store(session, "Lille", code="LIL")
    others = {
        "stranger": make_agent(session, "Bo", store_ids=(lille.id,), pin_hash=PIN_HASH),
        "administrator": make_agent(
            session, "Cleo", role=Role.ADMINISTRATOR, store_ids=(counter.lyon.id,), pin_hash=PIN_HASH
        ),
        "courier": make_agent(
            session, "Leo", role=Role.DELIVERY, store_ids=(counter.lyon.id,), pin_hash=PIN_HASH
        ),
        "left": make_agent(
            session, "Nina", store_ids=(counter.lyon.id,), pin_hash=PIN_HASH, deactivated_at=TUESDAY
        ),
    }
    ines = make_agent(session, "Ines", role=Role.REGION_MANAGER, region_ids=(region.id,), pin_hash=PIN_HASH)
    assert [row.id for row in list_signers(counter.lyon.id)] == [counter.ada.id, ines.id]
    for person in others.values():
        with pytest.raises(Invalid) as refused:
            counter.note(signer_id=person.id)
        assert refused.value.field == "signer"


def test_a_session_of_another_store_sends_nothing(counter: Counter) -> None:
    lille = make_store(counter.session, "Lille", code="LIL")
    bo = make_agent(counter.session, "Bo", store_ids=(lille.id,))
    with pytest.raises(NotFound):
        counter.note(by=bo)
    counter.note()
    with pytest.raises(NotFound):  # nor does it learn the number
        counter.note(by=bo)


def test_an_order_or_a_card_says_who_it_is(counter: Counter) -> None:
    dora = make_customer(counter.session)
    counter.session.add(ExternalId(customer_id=dora.id, source="loyalty_card", value="CARTE-7"))
    order = make_order(counter.session, customer_id=dora.id, store_id=counter.lyon.id, external_id="CMD-77")
    nobody = {"email": None, "first_name": ""}
    counter.note(key="a", contact={**nobody, "order_number": "CMD-77"})
    counter.note(key="b", contact={**nobody, "order_number": "CARTE-7"})
    assert [(row.customer_id, row.order_id) for row in counter.tickets()] == [
        (dora.id, order.id), (dora.id, None),
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        counter.note(key="c", contact={**nobody, "order_number": "CMD-99"})
    assert refused.value.field == "order_number"


@pytest.mark.parametrize(
    ("wish", "contact", "field"),
    [
        (AnswerBy.MAIL, {"email": None, "phone": "06 12 34 56 78"}, "email"),
        (AnswerBy.PHONE, {}, "phone"),
        (AnswerBy.NONE, {}, "reason"),
    ],
)
def test_an_answer_that_cannot_be_given_is_not_promised(
    counter: Counter, wish: AnswerBy, contact: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        counter.note(answer_by=wish, contact=contact)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("until", "due_at"),
    [
        (None, TUESDAY),
        (date(2026, 3, 2), TUESDAY),
        (date(2026, 3, 5), datetime(2026, 3, 5, 9, 0, tzinfo=UTC)),  # 10:00 in Paris
    ],
)
def test_a_call_that_was_promised_is_on_the_list(
    counter: Counter, until: date | None, due_at: datetime
) -> None:
    counter.note(answer_by=AnswerBy.PHONE, answer_until_on=until, contact={"phone": "06 12 34 56 78"})
    task = counter.session.scalars(select(CallTask)).one()
    assert (task.ticket_id, task.store_id, task.due_at) == (
        counter.tickets()[0].id, counter.lyon.id, due_at,
    )  # fmt: skip
    assert task.created_by_id == counter.ada.id


def test_who_comes_back_needs_no_address(counter: Counter) -> None:
    counter.note(answer_by=AnswerBy.STORE, contact={"email": None})
    assert [(row.customer_id, row.requester_name) for row in counter.tickets()] == [(None, "Dora")]


def test_what_was_settled_on_the_spot_is_solved_with_its_reason(counter: Counter) -> None:
    reason = make_reason(counter.session)
    counter.note(answer_by=AnswerBy.NONE, contact={"reason_id": reason.id})
    ticket = counter.tickets()[0]
    assert (ticket.state, ticket.reason_id) == (TicketState.SOLVED, reason.id)


@pytest.fixture
def open_counter(app: Flask) -> Iterator[tuple[Flask, CounterEntry, int]]:
    """Without the savepoint: threads with connections of their own really commit; swept afterwards."""
    with app.app_context(), transaction() as session:
        make_chain(session)
        publish_builtin_templates(now=TUESDAY)
        lyon = make_store(session)
        ada = make_agent(session, store_ids=(lyon.id,), pin_hash=PIN_HASH)
        contact = Contact(store_id=lyon.id, channel=Channel.COUNTER, text="Bonjour", first_name="Dora")
        contact = replace(contact, email="dora@client.example")
        entry = CounterEntry(contact=contact, key="one", signer_id=ada.id, pin=PIN, answer_by=AnswerBy.MAIL)
        given = app, entry, ada.id
    yield given
    with app.app_context():
        sweep()


def send_four_times(app: Flask, send: Callable[[], str | None]) -> set[str | None]:
    """At one moment, each in a transaction of its own; the numbers that were told."""
    start = Barrier(4)

    def one(_page: int) -> str | None:
        with app.app_context(), transaction():
            db.session.execute(text("SELECT 1"))
            start.wait()
            return send()

    with ThreadPoolExecutor(4) as pool:
        return set(pool.map(one, range(4)))


def test_sent_four_times_at_one_moment_it_is_one_ticket(
    open_counter: tuple[Flask, CounterEntry, int],
) -> None:
    """An entry of the tablet, a contact noted at a PC, a remark at the delivery."""
    app, entry, agent_id = open_counter
    with app.app_context():
        viewer = get_viewer(agent_id)
        with transaction() as session:
            dora = make_customer(session, mail="dora@client.example").id
            order_id = make_order(session, customer_id=dora, store_id=entry.contact.store_id).id
        order = get_order(order_id)
    contact = replace(entry.contact, key="contact:1:two")
    ways: tuple[Callable[[], str | None], ...] = (
        lambda: note_at_counter(entry, viewer=viewer, now=TUESDAY, machine_now=MACHINE_NOW).number,
        lambda: actions.open_contact(contact, by=viewer.actor, now=TUESDAY),
        lambda: actions.note_delivery_remark(order, text="Refusé", key="1", by=viewer.actor, now=TUESDAY),
    )
    numbers = [send_four_times(app, send) for send in ways]
    again = send_four_times(
        app, lambda: actions.note_delivery_remark(order, text="Cassé", key="2", by=viewer.actor, now=TUESDAY)
    )
    with app.app_context():
        counts = [db.session.scalar(select(func.count(row.id))) for row in (Ticket, TicketMessage, Customer)]
        db.session.remove()
    assert [len(each) for each in numbers] == [1, 1, 1]
    assert again == numbers[2]
    assert counts == [3, 4, 1]
