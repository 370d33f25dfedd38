"""Chats: a ticket from the first message, answered in the window or by mail, left, merged, closed."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.errors import Invalid, NotFound
from hub.core.words import Channel, Language, Purpose
from hub.inbox import actions, queries
from hub.inbox.actions import Said, Visitor, chat_leaving
from hub.inbox.models import ChatSession, ReplyWait, Ticket, TicketMessage
from hub.inbox.words import DropReason, MessageKind, RouteSource, TicketState, WaitKind
from hub.outbox.models import OutboundMessage
from hub.staff.actions import note_attendance
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_incoming, make_reason
from tests.makers.staff import make_agent
from tests.makers.stores import make_region, make_store

MAIL = "anne@client.example"


@pytest.fixture
def store(session: Session) -> Store:
    return make_house(session)


def open_one(key: str = "1", *, text: str = "Bonjour, avez-vous cette lampe ?", **fields: object) -> Said:
    visitor = Visitor(**{"language": Language.FRENCH, "name": "Anne Morel", **fields})  # type: ignore[arg-type]
    return actions.open_chat(text=text, visitor=visitor, key=key, now=TUESDAY, machine_now=TUESDAY)


def say(said: Said, text: str, key: str = "2") -> Said:
    return actions.say(chat_id=said.chat_id, text=text, key=key, now=TUESDAY, machine_now=TUESDAY)


def ticket_of(session: Session, said: Said) -> Ticket:
    session.expire_all()
    return session.get_one(Ticket, session.get_one(ChatSession, said.chat_id).ticket_id)


def lines(said: Said, after: int = 0) -> list[tuple[bool, str]]:
    page = queries.find_chat_page(said.chat_id, after_id=after, machine_now=TUESDAY)
    assert page is not None
    return [(line.is_mine, line.text) for line in page.lines]


def leave(said: Said, *, is_closed: bool = False) -> None:
    """The visitor goes, and is noticed to be gone."""
    actions.leave_chat(chat_id=said.chat_id, is_closed=is_closed, now=TUESDAY, machine_now=TUESDAY)
    chat_leaving.work_chats(lambda: None)


def answer(session: Session, said: Said, text: str = "Oui, en rayon.", **fields: object) -> TicketMessage:
    ada = session.scalar(select_ada()) or make_agent(session, store_ids=())
    ticket = ticket_of(session, said)
    done = actions.reply(
        ticket_id=ticket.id, text=text, by=actor_of(ada), now=TUESDAY + timedelta(seconds=90), **fields
    )  # type: ignore[arg-type]
    return session.get_one(TicketMessage, done.message_id)


def select_ada() -> object:
    from hub.staff.models import Agent

    return select(Agent).where(Agent.name == "Ada Martin")


def mails(session: Session) -> list[OutboundMessage]:
    return list(session.scalars(select(OutboundMessage).where(OutboundMessage.purpose == Purpose.REPLY)))


def test_the_first_message_opens_a_ticket_with_the_target_of_two_minutes(
    session: Session, store: Store
) -> None:
    said = open_one(store_id=store.id)
    ticket = ticket_of(session, said)
    assert (ticket.channel, ticket.state, ticket.store_id) == (Channel.CHAT, TicketState.NEW, store.id)
    assert (ticket.requester_name, ticket.requester_address) == ("Anne Morel", None)
    assert ticket.route_source is RouteSource.STORE_FORM
    wait = session.scalar(select(ReplyWait).where(ReplyWait.ticket_id == ticket.id))
    assert wait is not None
    assert (wait.target_seconds, wait.due_at) == (120, TUESDAY + timedelta(minutes=2))
    assert mails(session) == []


def test_the_same_line_twice_is_one(session: Session, store: Store) -> None:
    said = open_one()
    assert open_one() == said
    again = say(said, "En bleu")
    assert say(said, "En bleu") == again
    assert lines(said) == [(True, "Bonjour, avez-vous cette lampe ?"), (True, "En bleu")]
    with pytest.raises(Invalid):
        say(said, "   ", key="3")
    with pytest.raises(Invalid):
        say(said, "x" * 2001, key="4")


def test_an_answer_is_shown_in_the_window_at_once_and_ends_the_wait(session: Session, store: Store) -> None:
    said = open_one(store_id=store.id, email=MAIL)
    message = answer(session, said, undo_seconds=10)
    assert (message.channel, message.outbound_id, mails(session)) == (Channel.CHAT, None, [])
    assert lines(said)[-1] == (False, "Oui, en rayon.")
    wait = session.scalar(select(ReplyWait))
    assert wait is not None
    assert (wait.kind, wait.seconds, wait.business_seconds, wait.agent_id) == (
        WaitKind.FIRST, 90, 90, message.agent_id,
    )  # fmt: skip
    page = queries.find_chat_page(said.chat_id, after_id=said.message_id, machine_now=TUESDAY)
    assert page is not None
    assert [line.name for line in page.lines] == ["Ada"]


def test_the_same_answer_twice_is_shown_once(session: Session, store: Store) -> None:
    said = open_one()
    first = answer(session, said, key="k")
    assert answer(session, said, key="k").id == first.id
    assert len(lines(said)) == 2


def test_who_left_with_an_address_is_answered_by_mail(
    session: Session, store: Store, hand_clock: HandClock
) -> None:
    said = open_one(email=MAIL)
    leave(said)
    message = answer(session, said)
    assert message.channel is Channel.EMAIL
    assert [(mail.recipient, mail.id) for mail in mails(session)] == [(MAIL, message.outbound_id)]
    actions.note_visitor(chat_id=said.chat_id, read_message_id=0, now=TUESDAY, machine_now=TUESDAY)
    assert lines(said)[-1] == (False, "Oui, en rayon.")
    leave(said)
    assert len(mails(session)) == 1


def test_what_was_not_read_in_the_window_leaves_by_mail_and_what_was_read_does_not(
    session: Session, store: Store, hand_clock: HandClock
) -> None:
    said = open_one(email=MAIL)
    read = answer(session, said, "Oui.")
    actions.note_visitor(chat_id=said.chat_id, read_message_id=read.id, now=TUESDAY, machine_now=TUESDAY)
    missed = answer(session, said, "Il en reste deux.")
    leave(said)
    session.expire_all()
    assert [mail.id for mail in mails(session)] == [missed.outbound_id]
    assert mails(session)[0].values["reply_text"] == "Il en reste deux."
    leave(said)
    assert len(mails(session)) == 1


def test_leaving_and_coming_back_are_told_and_a_page_of_the_shop_after_another_is_neither(
    session: Session, store: Store, hand_clock: HandClock
) -> None:
    said = open_one()
    ticket = ticket_of(session, said)
    now = clock.machine_now()
    actions.note_visitor(chat_id=said.chat_id, read_message_id=0, now=TUESDAY, machine_now=now)
    actions.leave_chat(chat_id=said.chat_id, is_closed=False, now=TUESDAY, machine_now=now)
    assert chat_leaving.work_chats(lambda: None) == 0
    leave(said)
    assert [event.action for event in queries.list_events(ticket.id)] == ["visitor_left"]
    chat = queries.find_chat(ticket.id)
    assert chat is not None
    assert chat.left_at == TUESDAY
    say(said, "Me revoilà")
    assert [event.action for event in queries.list_events(ticket.id)][-1] == "visitor_returned"
    chat = queries.find_chat(ticket.id)
    assert chat is not None
    assert chat.left_at is None


def test_who_ended_the_chat_without_an_address_cannot_be_answered(
    session: Session, store: Store, hand_clock: HandClock
) -> None:
    said = open_one()
    leave(said, is_closed=True)
    assert [event.action for event in queries.list_events(ticket_of(session, said).id)] == ["visitor_closed"]
    with pytest.raises(Invalid, match="No mail address"):
        answer(session, said)
    with pytest.raises(NotFound):
        say(said, "Encore")
    assert queries.find_chat_page(said.chat_id, after_id=0, machine_now=TUESDAY) is None


def test_who_left_without_an_address_may_still_come_back_for_the_answer(
    session: Session, store: Store, hand_clock: HandClock
) -> None:
    said = open_one()
    leave(said)
    answer(session, said)
    actions.note_visitor(chat_id=said.chat_id, read_message_id=0, now=TUESDAY, machine_now=TUESDAY)
    assert lines(said)[-1] == (False, "Oui, en rayon.")


def test_a_visitor_never_sees_notes_nor_the_tickets_a_chat_was_merged_with(
    session: Session, store: Store
) -> None:
    known = actions.receive_message(make_incoming(), now=TUESDAY)
    said = open_one(email="dora@client.example", name="Dora Lefèvre")
    ada = make_agent(session, store_ids=(store.id,))
    ticket = ticket_of(session, said)
    actions.add_note(ticket_id=ticket.id, text="Cliente difficile", by=actor_of(ada), now=TUESDAY)
    assert known.ticket_id is not None
    actions.merge(ticket_id=ticket.id, into_id=known.ticket_id, by=actor_of(ada), now=TUESDAY)
    session.flush()
    assert lines(said) == [(True, "Bonjour, avez-vous cette lampe ?")]
    more = say(said, "Allô ?")
    assert ticket_of(session, said).id == known.ticket_id
    assert [text for _mine, text in lines(said)] == ["Bonjour, avez-vous cette lampe ?", "Allô ?"]
    kinds = session.scalars(select(TicketMessage.kind).where(TicketMessage.id == more.message_id))
    assert list(kinds) == [MessageKind.CUSTOMER]
    message = answer(session, said, "Je regarde.")
    assert (message.ticket_id, message.channel) == (known.ticket_id, Channel.CHAT)
    assert lines(said)[-1] == (False, "Je regarde.")


def test_visitors_are_seen_off_in_the_order_of_the_tickets_their_chats_ended_in(
    session: Session, store: Store
) -> None:
    """Who works on several tickets takes them by their ids: the first chat's was merged into the last one."""
    merged, other = open_one(email="dora@client.example"), open_one(key="2", email=MAIL)
    known = actions.receive_message(make_incoming(), now=TUESDAY)
    by = actor_of(make_agent(session, store_ids=(store.id,)))
    ticket_id = ticket_of(session, merged).id
    actions.merge(ticket_id=ticket_id, into_id=known.ticket_id or 0, by=by, now=TUESDAY)
    other_id = ticket_of(session, other).id
    assert ticket_id < other_id < (known.ticket_id or 0)
    assert chat_leaving.work_chats(lambda: None) == 2
    left = select(AuditEntry.subject_id).where(AuditEntry.action == "ticket.visitor_left")
    assert session.scalars(left.order_by(AuditEntry.id)).all() == [other_id, known.ticket_id]


def test_a_line_reopens_what_was_solved_and_goes_on_in_a_new_ticket_after_the_end(
    session: Session, store: Store
) -> None:
    said = open_one(store_id=store.id)
    ticket = ticket_of(session, said)
    ada, reason = make_agent(session, store_ids=(store.id,)), make_reason(session)
    actions.solve(ticket_id=ticket.id, reason_id=reason.id, by=actor_of(ada), now=TUESDAY)
    dropped = session.scalar(select(ReplyWait.drop_reason))
    assert dropped is DropReason.SOLVED_WITHOUT_REPLY
    page = queries.find_chat_page(said.chat_id, after_id=0, machine_now=TUESDAY)
    assert page is not None
    assert page.is_settled
    say(said, "Une dernière chose")
    assert ticket_of(session, said).state is TicketState.OPEN
    ticket.state = TicketState.CLOSED
    session.flush()
    say(said, "Et encore une", key="9")
    new = ticket_of(session, said)
    assert (new.id != ticket.id, new.related_ticket_id, new.store_id) == (True, ticket.id, store.id)


def test_nobody_there_means_a_message_that_is_answered_by_mail(session: Session, store: Store) -> None:
    visitor = Visitor(language=Language.FRENCH, name="Anne", email=MAIL, store_id=store.id)
    note = {"text": "Rappelez-moi", "key": "n", "now": TUESDAY, "machine_now": TUESDAY}
    received = actions.leave_note(visitor=visitor, **note)  # type: ignore[arg-type]
    ticket = session.get_one(Ticket, received.ticket_id)
    assert (ticket.channel, ticket.requester_address, ticket.store_id) == (Channel.FORM, MAIL, store.id)
    nobody = Visitor(language=Language.FRENCH, store_id=store.id)
    with pytest.raises(Invalid, match="mail address"):
        actions.leave_note(visitor=nobody, **{**note, "key": "o"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "place", "lyon", "lille", "central"),
    [
        (Role.AGENT, "store", True, False, False),
        (Role.DELIVERY, "store", False, False, False),
        (Role.REGION_MANAGER, "region", True, False, False),
        (Role.HEAD_OFFICE, "", True, True, True),
        (Role.MARKETER, "", False, False, False),
    ],
)
def test_somebody_is_there_when_who_may_answer_this_store_has_a_page_open(
    session: Session, store: Store, role: Role, place: str, lyon: bool, lille: bool, central: bool
) -> None:
    region = make_region(session)
    store.region_id = region.id
    other = make_store(session, "Lille", code="LIL")
    session.flush()
    agent = make_agent(
        session,
        role=role,
        store_ids=(store.id,) if place == "store" else (),
        region_ids=(region.id,) if place == "region" else (),
    )
    asked = (store.id, other.id, None)
    assert [queries.may_chat(each, now=TUESDAY, machine_now=TUESDAY) for each in asked] == [False] * 3
    note_attendance(agent_id=agent.id, machine_now=TUESDAY)
    assert [queries.may_chat(each, now=TUESDAY, machine_now=TUESDAY) for each in asked] == [
        lyon,
        lille,
        central,
    ]
    later = TUESDAY + timedelta(minutes=3)
    assert [queries.may_chat(each, now=later, machine_now=later) for each in asked] == [False] * 3


def test_out_of_hours_nobody_chats(session: Session, store: Store) -> None:
    agent = make_agent(session, store_ids=(store.id,))
    note_attendance(agent_id=agent.id, machine_now=TUESDAY)
    assert queries.may_chat(store.id, now=TUESDAY, machine_now=TUESDAY)
    lunch = TUESDAY + timedelta(hours=3)
    assert not queries.may_chat(store.id, now=lunch, machine_now=TUESDAY)
