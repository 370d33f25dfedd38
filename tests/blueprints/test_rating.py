"""The question after a solved ticket: who is asked, what counts as an answer, what an unhappy one does."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.facts import FactRow
from hub.inbox import actions
from hub.inbox.models import Ticket, TicketMessage, TicketRating
from hub.inbox.own_links import rating_token
from hub.inbox.words import MessageKind, TicketState
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.staff.rules import SYSTEM_VIEWER
from hub.statistics import queries as statistics
from hub.statistics.ratings import get_ticket_ratings
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent
from tests.makers.statistics import work_off

LATER = TUESDAY + timedelta(hours=2)


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


def make_solved(session: Session, *, has_reply: bool = True, number: int = 1) -> Ticket:
    """Dora's ticket, answered and solved."""
    found = make_received(mail_message_id=f"<{number}@client.example>", text=f"Question {number}")
    agent = make_agent(session, email=f"karim{number}@verel.example")
    assert found.ticket_id is not None
    if has_reply:
        actions.reply(ticket_id=found.ticket_id, text="Voici.", by=actor_of(agent), now=TUESDAY)
    reason = make_reason(session, key=f"delivery{number}")
    actions.solve(ticket_id=found.ticket_id, reason_id=reason.id, by=actor_of(agent), now=LATER)
    return session.get_one(Ticket, found.ticket_id)


def ask(ticket: Ticket) -> TicketRating | None:
    rating_id = actions.ask_rating(ticket.id, now=LATER)
    from hub.core.db import db

    return db.session.get(TicketRating, rating_id) if rating_id else None


def letter_of(session: Session, row: TicketRating) -> OutboundMessage:
    session.expire_all()
    return session.scalars(select(OutboundMessage).where(OutboundMessage.key == row.message_key)).one()


def send(
    client: FlaskClient, row: TicketRating, score: int, comment: str = "", *, look_seconds: int = 3
) -> int:
    """Open the page, look at it for some seconds, press the button."""
    nonce = actions.sign_page(row.id, machine_now=clock.machine_now() - timedelta(seconds=look_seconds))
    form = {"choice": str(score), "comment": comment, "nonce": nonce}
    return client.post(f"/contact/r/{rating_token(row.id)}/{score}", data=form).status_code


def test_a_day_after_solving_a_mail_asks_with_three_boxes(session: Session, lyon: Store) -> None:
    row = ask(make_solved(session))
    assert row is not None
    letter = letter_of(session, row)
    assert letter.due_at == LATER + timedelta(hours=24)
    assert letter.values["not_satisfied_url"].endswith("/1")
    assert row.store_id == lyon.id


def test_nobody_is_asked_twice_or_without_an_answer_or_when_it_is_off(session: Session, lyon: Store) -> None:
    assert ask(make_solved(session, has_reply=False, number=5)) is None
    assert ask(make_solved(session, number=6)) is not None
    assert ask(make_solved(session, number=7)) is None, "the same customer within 30 days"
    actions.change_rating_setting(is_on=False, delay_hours=24, by=SYSTEM, now=LATER)
    assert ask(make_solved(session, number=8)) is None


def test_a_reopened_ticket_takes_the_question_back(session: Session, lyon: Store) -> None:
    ticket = make_solved(session)
    row = ask(ticket)
    assert row is not None
    key = row.message_key
    assert actions.withdraw_rating(ticket.id, now=LATER)
    state = session.scalar(select(OutboundMessage.state).where(OutboundMessage.key == key))
    assert state is MessageState.CANCELLED
    actions.reopen(ticket_id=ticket.id, by=SYSTEM, now=LATER)
    actions.solve(ticket_id=ticket.id, by=SYSTEM, now=LATER)
    again = ask(ticket)
    assert again is not None, "the next solution asks anew"
    assert again.message_key != key


def test_a_question_that_has_left_is_not_asked_again(session: Session, lyon: Store) -> None:
    ticket = make_solved(session)
    row = ask(ticket)
    assert row is not None
    letter_of(session, row).state = MessageState.ACCEPTED
    assert not actions.withdraw_rating(ticket.id, now=LATER)
    actions.reopen(ticket_id=ticket.id, by=SYSTEM, now=LATER)
    actions.solve(ticket_id=ticket.id, by=SYSTEM, now=LATER)
    assert ask(ticket) is None


def test_looking_at_every_box_answers_nothing(session: Session, client: FlaskClient, lyon: Store) -> None:
    row = ask(make_solved(session))
    assert row is not None
    for choice in ("3", "2", "1", "9"):
        for method in ("GET", "HEAD"):
            answer = client.open(f"/contact/r/{rating_token(row.id)}/{choice}", method=method)
            assert answer.status_code == 200
    session.expire_all()
    assert row.score is None
    assert client.get(f"/contact/r/{row.id}-mangled/3").status_code == 404


def test_a_script_that_submits_at_once_answers_nothing(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    row = ask(make_solved(session))
    assert row is not None
    assert send(client, row, 3, look_seconds=0) == 422
    assert client.post(f"/contact/r/{rating_token(row.id)}/3", data={"choice": "3"}).status_code == 422
    session.expire_all()
    assert row.score is None


def test_the_last_answer_counts_and_is_a_figure_of_the_store(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    row = ask(make_solved(session))
    assert row is not None
    hand_clock.now = LATER
    assert send(client, row, 2) == 303
    assert send(client, row, 3, "Parfait") == 303
    session.expire_all()
    assert (row.score, row.comment) == (3, "Parfait")
    filters = statistics.read_filters({}, now=LATER + timedelta(days=1))
    work_off()
    found = get_ticket_ratings(filters, viewer=SYSTEM_VIEWER)
    assert (found.total.counts, found.asked_count) == ((1, 0, 0), 1)
    assert [(row and row.name, each.total) for row, each in found.by_store] == [(lyon.name, 1)]


def test_an_unhappy_answer_reopens_the_ticket_once(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    ticket = make_solved(session)
    row = ask(ticket)
    assert row is not None
    for _ in range(2):
        assert send(client, row, 1, "La lampe est toujours cassée") == 303
    session.expire_all()
    assert ticket.state is TicketState.OPEN
    assert ticket.waiting_since is not None
    said = session.scalars(
        select(TicketMessage.text).where(
            TicketMessage.ticket_id == ticket.id, TicketMessage.kind == MessageKind.CUSTOMER
        )
    ).all()
    assert said.count("La lampe est toujours cassée") == 1
    assert session.scalar(select(FactRow.kind).where(FactRow.kind == "TicketRated")) == "TicketRated"


def test_after_thirty_days_the_page_says_so(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    row = ask(make_solved(session))
    assert row is not None
    hand_clock.now = LATER + timedelta(days=31)
    assert client.get(f"/contact/r/{rating_token(row.id)}/3").status_code == 410
