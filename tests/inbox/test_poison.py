"""One row whose work fails stops no other: it is put off with its reason, comes again later, and blocks nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.core import apart, clock, files
from hub.core.actor import Actor
from hub.core.words import Language
from hub.inbox import actions
from hub.inbox.actions import Visitor, chat_leaving, returning, scheduling, suggestions
from hub.inbox.models import ChatSession, ReasonModel, ReasonSuggestion, ScheduledReply, Ticket
from hub.inbox.queries import list_notices
from hub.inbox.routing_words import ModelState, SuggestedBy, SuggestionState
from hub.inbox.snoozes import SnoozeUntil
from hub.inbox.words import ScheduledState, TicketState
from hub.schedule import ring_scheduled
from hub.staff.models import Agent
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received, viewer_of
from tests.makers.staff import make_agent

MOST = 2**63 - 1
"""An event number that cannot grow: every change of such a ticket is refused by the database."""


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def by(ada: Agent) -> Actor:
    return actor_of(ada)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """Machine time in the test's hand: what is put off waits by it."""
    hand = HandClock()
    monkeypatch.setattr(clock, "machine_now", lambda: hand.now)
    return hand


def tickets(session: Session, count: int = 3) -> list[Ticket]:
    """Tickets of as many people."""
    ids = [
        make_received(
            from_address=f"c{number}@client.example", mail_message_id=f"<p{number}@client.example>"
        ).ticket_id
        for number in range(count)
    ]
    return [session.get_one(Ticket, ticket_id) for ticket_id in ids]


def poison(session: Session, ticket: Ticket) -> None:
    ticket.last_event_id = MOST
    session.flush()


def check_put_off(
    session: Session,
    machine: HandClock,
    kind: str,
    row_id: int,
    work: Callable[[], int],
    has_due: Callable[[], bool],
) -> None:
    """Not tried again at once, then after 5 s and 10 s, with its reason for people to see."""
    [row] = apart.list_put_off()
    assert (row.kind, row.row_id, row.attempt_count) == (kind, row_id, 1)
    assert row.error
    assert not has_due()
    assert work() == 0
    machine.move(seconds=5)
    assert has_due()
    assert work() == 1
    [row] = apart.list_put_off()
    assert (row.attempt_count, row.next_attempt_at - machine.now) == (2, timedelta(seconds=10))
    machine.move(seconds=10)


def cure(session: Session, ticket: Ticket) -> None:
    session.refresh(ticket)
    ticket.last_event_id = 100
    session.commit()


def test_closing_goes_on_beside_a_poisoned_ticket(
    session: Session, by: Actor, hand_clock: HandClock, machine: HandClock
) -> None:
    rows = tickets(session)
    reason = make_reason(session)
    for row in rows:
        actions.solve(ticket_id=row.id, reason_id=reason.id, by=by, now=TUESDAY)
    poison(session, rows[0])
    hand_clock.move(days=8)

    def work() -> int:
        return actions.work_tickets(lambda: None)

    assert work() == 3
    session.expire_all()
    assert [row.state for row in rows] == [TicketState.SOLVED, TicketState.CLOSED, TicketState.CLOSED]
    assert actions.next_due_at() is None, "the demo's clock would walk on the spot"
    check_put_off(session, machine, "tickets", rows[0].id, work, actions.has_due)
    cure(session, rows[0])
    assert work() == 1
    session.expire_all()
    assert rows[0].state is TicketState.CLOSED
    assert apart.count_put_off() == 0


def test_deadlines_go_on_beside_a_poisoned_ticket(
    session: Session, by: Actor, hand_clock: HandClock, machine: HandClock
) -> None:
    rows = tickets(session)
    percents = {"assignee": 75, "store_manager": 90, "region_manager": 100}
    actions.change_alert_policy(percents=percents, has_delay_notice=True, by=by, now=TUESDAY)
    poison(session, rows[1])  # the line of its delay notice cannot be written
    hand_clock.move(hours=9)
    assert actions.work_tickets(lambda: None) == 3
    session.expire_all()
    assert [row.missed_at is not None for row in rows] == [True, False, True]
    check_put_off(
        session, machine, "tickets", rows[1].id, lambda: actions.work_tickets(lambda: None), actions.has_due
    )


def test_snoozes_wake_beside_a_poisoned_ticket(
    session: Session, by: Actor, hand_clock: HandClock, machine: HandClock
) -> None:
    rows = tickets(session)
    for row in rows:
        actions.snooze(ticket_id=row.id, choice=SnoozeUntil.TOMORROW, by=by, now=TUESDAY)
    poison(session, rows[0])
    hand_clock.move(days=2)

    def work() -> int:
        return returning.work_later(lambda: None)

    assert work() == 3
    session.expire_all()
    assert [row.snoozed_until is None for row in rows] == [False, True, True]
    check_put_off(session, machine, "snoozes", rows[0].id, work, returning.has_due)


def test_replies_leave_beside_a_poisoned_ticket(
    session: Session, by: Actor, hand_clock: HandClock, machine: HandClock
) -> None:
    rows = tickets(session)
    ids = [
        actions.schedule_reply(
            ticket_id=row.id,
            text="À demain.",
            leave_at=TUESDAY + timedelta(hours=1),
            last_event_id=row.last_event_id,
            by=by,
            now=TUESDAY,
        )
        for row in rows
    ]
    poison(session, rows[0])
    session.get_one(ScheduledReply, ids[0]).last_event_id = MOST
    hand_clock.move(hours=2)

    def work() -> int:
        return returning.work_later(lambda: None)

    assert work() == 3
    session.expire_all()
    states = [session.get_one(ScheduledReply, each).state for each in ids]
    assert states == [ScheduledState.WAITING, ScheduledState.SENT, ScheduledState.SENT]
    check_put_off(session, machine, "scheduled_replies", ids[0], work, returning.has_due)
    cure(session, rows[0])
    session.get_one(ScheduledReply, ids[0]).last_event_id = 100
    session.commit()
    assert work() == 1
    session.expire_all()
    assert session.get_one(ScheduledReply, ids[0]).state is ScheduledState.SENT
    assert apart.count_put_off() == 0


def begin_poisoned_reply(session: Session, by: Actor) -> tuple[Ticket, int]:
    """A reply to leave in an hour, on a ticket that refuses every change."""
    [ticket] = tickets(session, 1)
    scheduled_id = actions.schedule_reply(
        ticket_id=ticket.id,
        text="À demain.",
        leave_at=TUESDAY + timedelta(hours=1),
        last_event_id=None,
        by=by,
        now=TUESDAY,
    )
    poison(session, ticket)
    session.get_one(ScheduledReply, scheduled_id).last_event_id = MOST
    session.commit()
    return ticket, scheduled_id


def test_work_that_is_due_no_more_is_forgotten_after_a_day(
    session: Session, by: Actor, hand_clock: HandClock, machine: HandClock
) -> None:
    ticket, scheduled_id = begin_poisoned_reply(session, by)
    hand_clock.move(hours=2)
    returning.work_later(lambda: None)
    cure(session, ticket)
    actions.cancel_scheduled(scheduled_id=scheduled_id, by=by, now=hand_clock.now)
    session.commit()
    machine.move(hours=23)
    ring_scheduled(hand_clock.now)
    assert apart.count_put_off() == 1, "it might be tried again"
    machine.move(hours=2)
    ring_scheduled(hand_clock.now)
    assert apart.count_put_off() == 0


def test_a_reply_that_fails_for_ten_minutes_is_held_and_its_author_told(
    session: Session, by: Actor, ada: Agent, lyon: Store, hand_clock: HandClock, machine: HandClock
) -> None:
    ticket, scheduled_id = begin_poisoned_reply(session, by)
    hand_clock.move(hours=2)
    began_at = machine.now
    for _ in range(20):
        if not returning.work_later(lambda: None):
            break
        machine.now = max([machine.now, *(row.next_attempt_at for row in apart.list_put_off())])
    assert machine.now - began_at == timedelta(seconds=635)
    session.expire_all()
    row = session.get_one(ScheduledReply, scheduled_id)
    assert (row.state, row.held_reason) == (ScheduledState.HELD, scheduling.TRIED_OFTEN)
    assert [each.data for each in list_notices(viewer_of(ada, lyon.id)).rows] == [{"what": "held"}]
    assert apart.count_put_off() == 0
    cure(session, ticket)
    actions.change_scheduled(
        scheduled_id=scheduled_id,
        text="À jeudi.",
        leave_at=hand_clock.now + timedelta(hours=1),
        by=by,
        now=hand_clock.now,
    )
    session.commit()
    hand_clock.move(hours=2)
    returning.work_later(lambda: None)
    session.expire_all()
    assert session.get_one(ScheduledReply, scheduled_id).state is ScheduledState.SENT


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "INSERT INTO put_off_rows (kind, row_id, error) VALUES ('x', 1, :words)",
            "NotNullViolation: null value",
        ),
        (
            "SELECT CAST(:words AS integer)",
            "InvalidTextRepresentation: invalid input syntax for type integer",
        ),
    ],
)
def test_the_reason_holds_no_words_of_a_customer(session: Session, statement: str, reason: str) -> None:
    words = 'Jean "Dupont", 12 rue des Lilas'
    with pytest.raises(DBAPIError) as refused, session.begin_nested():
        session.execute(text(statement), {"words": words})
    found = apart.reason_of(refused.value)
    assert found.startswith(reason)
    assert not any(word in found for word in ("Jean", "Dupont", "Lilas"))


def test_visitors_are_seen_off_beside_a_poisoned_chat(
    session: Session, by: Actor, machine: HandClock
) -> None:
    said = [
        actions.open_chat(
            text="Bonjour ?",
            visitor=Visitor(language=Language.FRENCH, name="Anne"),
            key=str(number),
            now=TUESDAY,
            machine_now=TUESDAY,
        )
        for number in range(3)
    ]
    rows = [session.get_one(ChatSession, each.chat_id) for each in said]
    poison(session, session.get_one(Ticket, rows[0].ticket_id))
    machine.move(days=1)

    def work() -> int:
        return chat_leaving.work_chats(lambda: None)

    assert work() == 3
    session.expire_all()
    assert [row.left_at is not None for row in rows] == [False, True, True]
    check_put_off(session, machine, "chats", rows[0].id, work, chat_leaving.has_due)


def make_model(session: Session, **fields: object) -> ReasonModel:
    row = ReasonModel(
        **{"state": ModelState.READY, "asked_at": TUESDAY, "trained_at": TUESDAY, "figures": {}, **fields}
    )
    session.add(row)
    session.flush()
    return row


def suggested(session: Session, rows: list[Ticket]) -> list[ReasonSuggestion]:
    session.expire_all()
    return [session.get_one(ReasonSuggestion, row.id) for row in rows]


@pytest.mark.parametrize("sha256", ["", "0" * 64])
def test_a_model_that_cannot_be_read_says_nothing_and_words_go_on(
    session: Session, by: Actor, machine: HandClock, sha256: str
) -> None:
    """Once a file that is not ours, once a file that is gone."""
    reason = make_reason(session)
    suggestions.change_words(reason_id=reason.id, words=["lampe"], by=by, now=TUESDAY)
    make_model(session, sha256=sha256 or files.keep(b"not a model"))
    session.commit()
    rows = tickets(session, 2)
    assert suggestions.work_suggestions(lambda: None) == 2
    found = suggested(session, rows)
    assert [row.state for row in found] == [SuggestionState.OFFERED] * 2
    assert {row.suggested_by for row in found} == {SuggestedBy.WORDS}
    assert not suggestions.has_due()


def test_suggestions_go_on_beside_a_poisoned_one(session: Session, by: Actor, machine: HandClock) -> None:
    bad, good = make_reason(session, "bad"), make_reason(session, "good")
    suggestions.change_words(reason_id=bad.id, words=["facture"], by=by, now=TUESDAY - timedelta(days=1))
    suggestions.change_words(reason_id=good.id, words=["lampe"], by=by, now=TUESDAY - timedelta(days=1))
    make_model(session, figures={"words": {str(bad.id): [1, 2, 3]}})  # a figure of three numbers is none
    odd = make_received(
        from_address="x@client.example", mail_message_id="<x@client.example>", subject="Facture", text="Merci"
    )
    rows = tickets(session, 2)

    def work() -> int:
        return suggestions.work_suggestions(lambda: None)

    assert work() == 3
    assert [row.state for row in suggested(session, rows)] == [SuggestionState.OFFERED] * 2
    check_put_off(session, machine, "suggestions", odd.ticket_id or 0, work, suggestions.has_due)
    waiting = select(ReasonSuggestion.state).where(ReasonSuggestion.ticket_id == odd.ticket_id)
    assert session.scalar(waiting) is SuggestionState.WAITING
