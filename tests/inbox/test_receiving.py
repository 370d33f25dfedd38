"""Contacts from outside: into the right ticket, or into a new one in the right store."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import site
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict
from hub.core.facts import FactRow
from hub.core.words import Channel
from hub.inbox.actions import IncomingFile, merge, receive_message, solve
from hub.inbox.models import AutomaticMail, ReplyWait, Ticket, TicketMessage, TicketParty
from hub.inbox.queries import list_thread, list_waits
from hub.inbox.threading import make_reply_address
from hub.inbox.words import IncomingKind, MessageKind, RouteSource, ThreadedBy, TicketState
from hub.outbox.models import Hold, OutboundMessage
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_incoming, make_reason, make_received
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_store


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    return make_house(session)


def ticket_of(session: Session, ticket_id: int | None) -> Ticket:
    session.expire_all()
    return session.get_one(Ticket, ticket_id)


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_mail_to_a_store_opens_a_ticket_that_is_due_and_acknowledged(session: Session, lyon: Store) -> None:
    got = make_received()
    ticket = ticket_of(session, got.ticket_id)
    assert got.is_new_ticket
    assert got.number == ticket.number == f"T-2603-{ticket.id:05d}"
    assert (ticket.store_id, ticket.route_source, ticket.state) == (
        lyon.id,
        RouteSource.STORE_ADDRESS,
        TicketState.NEW,
    )
    assert ticket.waiting_since == TUESDAY
    assert ticket.due_at == TUESDAY + timedelta(hours=5, minutes=30)
    assert ticket.list_at == ticket.due_at
    outbound = session.scalars(select(OutboundMessage)).one()
    assert outbound.recipient == "dora@client.example"
    assert outbound.values["ticket_number"] == ticket.number
    assert outbound.values["expected_reply"] == "aujourd’hui avant 15 h 30"
    assert not any("lampe" in value.lower() or "faire" in value for value in outbound.values.values())
    assert outbound.reply_to == make_reply_address(ticket.id, "dora@client.example", site.inbound_domain())
    kinds = [line.kind for line in list_thread(ticket.id)]
    assert kinds == [MessageKind.CUSTOMER, MessageKind.AUTOMATIC]
    assert session.scalars(select(FactRow.kind).where(FactRow.kind == "TicketOpened")).all() == [
        "TicketOpened"
    ]


def test_the_signed_address_threads_and_a_stranger_is_another_party(session: Session, lyon: Store) -> None:
    got = make_received()
    address = make_reply_address(got.ticket_id or 0, "dora@client.example", site.inbound_domain())
    again = make_received(
        TUESDAY + timedelta(hours=1),
        from_address="eve@other.example",
        from_name="Ève",
        recipients=(address,),
        subject="autre chose",
        mail_message_id="<2@x>",
    )
    assert (again.ticket_id, again.threaded_by) == (got.ticket_id, ThreadedBy.SIGNED)
    ticket = ticket_of(session, got.ticket_id)
    assert ticket.requester_address == "dora@client.example"
    stranger = session.get_one(TicketMessage, again.message_id)
    assert stranger.is_stranger
    parties = {row.address: row.is_requester for row in session.scalars(select(TicketParty))}
    assert parties == {"dora@client.example": True, "eve@other.example": False}
    assert count(session, ReplyWait) == 1
    assert count(session, OutboundMessage) == 1


def test_references_thread_into_the_same_ticket(session: Session, lyon: Store) -> None:
    got = make_received()
    again = make_received(
        references=("<0@nowhere>", "<1@client.example>"), mail_message_id="<2@client.example>"
    )
    assert (again.ticket_id, again.threaded_by) == (got.ticket_id, ThreadedBy.REFERENCES)
    assert ticket_of(session, got.ticket_id).search is not None
    assert not session.get_one(TicketMessage, again.message_id).is_stranger


def test_a_stranger_naming_the_number_gets_a_new_ticket_with_a_hint(session: Session, lyon: Store) -> None:
    got = make_received()
    other = make_received(
        from_address="eve@other.example", subject=f"Re: {got.number}", mail_message_id="<9@other.example>"
    )
    assert other.is_new_ticket
    assert ticket_of(session, other.ticket_id).related_ticket_id == got.ticket_id
    mine = make_received(subject=f"Re: {got.number}", mail_message_id="<10@client.example>")
    assert (mine.ticket_id, mine.threaded_by) == (got.ticket_id, ThreadedBy.SUBJECT)


def test_a_new_mail_of_the_customer_is_possibly_related_to_the_open_ticket(
    session: Session, lyon: Store
) -> None:
    got = make_received()
    other = make_received(subject="Facture", mail_message_id="<5@client.example>")
    assert other.is_new_ticket
    assert ticket_of(session, other.ticket_id).related_ticket_id == got.ticket_id


def test_the_same_mail_by_two_mailboxes_is_one_message(session: Session, lyon: Store) -> None:
    got = make_received()
    again = make_received(recipients=("lille@hub.example",))
    assert (again.ticket_id, again.message_id, again.is_new_ticket) == (got.ticket_id, got.message_id, False)
    reused = make_received(text="Un tout autre texte")
    assert reused.message_id != got.message_id


def test_a_reply_to_a_solved_ticket_reopens_it_and_to_a_closed_one_opens_a_linked_one(
    session: Session, lyon: Store
) -> None:
    ada = make_agent(session, store_ids=(lyon.id,))
    reason = make_reason(session, is_grievance=True)
    got = make_received()
    solve(ticket_id=got.ticket_id or 0, reason_id=reason.id, by=actor_of(ada), now=TUESDAY)
    assert session.scalars(select(Hold.lifted_at)).all() != [None, None]
    back = make_received(in_reply_to="<1@client.example>", mail_message_id="<2@client.example>")
    ticket = ticket_of(session, got.ticket_id)
    assert (back.ticket_id, ticket.state, ticket.reopened_count) == (got.ticket_id, TicketState.OPEN, 1)
    assert session.scalars(select(Hold.lifted_at)).all() == [None, None]
    ticket.state = TicketState.CLOSED
    session.flush()
    later = make_received(in_reply_to="<1@client.example>", mail_message_id="<3@client.example>")
    assert later.is_new_ticket
    assert ticket_of(session, later.ticket_id).related_ticket_id == got.ticket_id


def test_merged_tickets_are_followed_to_the_end(session: Session, lyon: Store) -> None:
    ada = make_agent(session, store_ids=(lyon.id,))
    first = make_received()
    second = make_received(mail_message_id="<2@client.example>", subject="Autre")
    merge(ticket_id=first.ticket_id or 0, into_id=second.ticket_id or 0, by=actor_of(ada), now=TUESDAY)
    third = make_received(in_reply_to="<1@client.example>", mail_message_id="<3@client.example>")
    assert third.ticket_id == second.ticket_id
    assert (
        len([line for line in list_thread(second.ticket_id or 0) if line.kind is MessageKind.CUSTOMER]) == 3
    )
    dropped = [wait.drop_reason for wait in list_waits(first.ticket_id or 0)]
    assert dropped == ["merged"]
    ring = ticket_of(session, second.ticket_id)
    ring.merged_into_id = first.ticket_id
    session.flush()
    assert make_received(in_reply_to="<1@client.example>", mail_message_id="<4@x>").message_id


@pytest.mark.parametrize(
    ("address", "is_same"), [("eve", False), ("", False), ("undisclosed", True), ("Undisclosed", True)]
)
def test_two_unknown_people_are_not_one_customer(
    session: Session, lyon: Store, address: str, *, is_same: bool
) -> None:
    ada = make_agent(session, store_ids=(lyon.id,))
    one = make_received(from_address="undisclosed")
    other = make_received(from_address=address, mail_message_id="<2@client.example>")
    ids = {"ticket_id": one.ticket_id or 0, "into_id": other.ticket_id or 0}
    assert ticket_of(session, one.ticket_id).customer_id is None
    assert ticket_of(session, other.ticket_id).customer_id is None
    if is_same:
        merge(**ids, by=actor_of(ada), now=TUESDAY)
        assert ticket_of(session, one.ticket_id).merged_into_id == other.ticket_id
    else:
        with pytest.raises(Conflict, match="two customers"):
            merge(**ids, by=actor_of(ada), now=TUESDAY)


def test_two_tickets_without_any_address_are_not_one_customer(session: Session, lyon: Store) -> None:
    ada = make_agent(session, store_ids=(lyon.id,))
    one = make_received(from_address="")
    other = make_received(from_address="", mail_message_id="<2@client.example>")
    with pytest.raises(Conflict, match="two customers"):
        merge(ticket_id=one.ticket_id or 0, into_id=other.ticket_id or 0, by=actor_of(ada), now=TUESDAY)


def test_an_auto_reply_is_attached_and_changes_nothing(session: Session, lyon: Store) -> None:
    got = make_received()
    before = ticket_of(session, got.ticket_id)
    kept = (before.state, before.waiting_since, before.list_at, before.updated_at)
    facts = count(session, FactRow)
    auto = make_received(
        TUESDAY + timedelta(hours=2),
        kind=IncomingKind.AUTO_REPLY,
        in_reply_to="<1@client.example>",
        mail_message_id="<2@client.example>",
        text="Je suis absente.",
    )
    after = ticket_of(session, got.ticket_id)
    assert auto.ticket_id == got.ticket_id
    assert (after.state, after.waiting_since, after.list_at, after.updated_at) == kept
    assert (count(session, ReplyWait), count(session, OutboundMessage), count(session, FactRow)) == (
        1,
        1,
        facts,
    )
    alone = make_received(kind=IncomingKind.AUTO_REPLY, mail_message_id="<3@x>", from_address="x@y.example")
    assert alone.ticket_id is None
    assert count(session, Ticket) == 1


def test_a_machine_may_open_a_ticket_but_is_never_acknowledged(session: Session, lyon: Store) -> None:
    got = make_received(
        kind=IncomingKind.MACHINE, reply_to="emil@client.example", from_address="noreply@forms.example"
    )
    assert got.is_new_ticket
    assert ticket_of(session, got.ticket_id).requester_address == "emil@client.example"
    assert count(session, OutboundMessage) == 0


def test_acknowledgements_end_within_the_caps(session: Session, lyon: Store) -> None:
    for number in range(30):
        make_received(mail_message_id=f"<loop{number}@client.example>", subject=f"Boucle {number}")
    assert count(session, Ticket) == 30
    assert count(session, AutomaticMail) == count(session, OutboundMessage) == 10


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"text": "Ma commande A1001 n'est pas là"}, RouteSource.ORDER_NUMBER),
        ({"text": "Ma commande a1001"}, RouteSource.ORDER_NUMBER),
        ({"recipients": ("lille@hub.example",)}, RouteSource.STORE_ADDRESS),
        ({"channel": Channel.FORM, "store_id": "lille"}, RouteSource.STORE_FORM),
        ({"from_address": "dora@client.example"}, RouteSource.RECENT_ORDER),
        ({"from_address": "emil@client.example"}, RouteSource.PREFERRED_STORE),
        ({"from_address": "x@y.example", "text": "J'habite 59800 Lille"}, RouteSource.POSTCODE),
        ({"from_address": "x@y.example", "text": "au magasin Lille, hier"}, RouteSource.STORE_NAME),
    ],
)
def test_each_source_routes_to_the_store(
    session: Session, lyon: Store, fields: dict[str, Any], source: RouteSource
) -> None:
    lille = make_store(session, "Lille", code="LIL", postcode="59800", town="Lille")
    dora = make_customer(session)
    make_customer(
        session, "Emil", mail="emil@client.example", phone=None, preferred_store_id=lille.id, postcode=""
    )
    make_order(session, customer_id=dora.id, store_id=lille.id)
    if fields.get("store_id"):
        fields = {**fields, "store_id": lille.id}
    got = make_received(
        **{"recipients": (), "text": "Bonjour", "subject": "Question", "from_name": "", **fields}
    )
    ticket = ticket_of(session, got.ticket_id)
    assert (ticket.store_id, ticket.route_source) == (lille.id, source)


def test_without_any_source_the_central_queue_has_it_and_no_deadline(session: Session, lyon: Store) -> None:
    got = make_received(
        recipients=("bonjour@lyon-part-dieu.example",), from_address="x@lyon.example", from_name=""
    )
    ticket = ticket_of(session, got.ticket_id)
    assert (ticket.store_id, ticket.route_source, ticket.due_at) == (None, RouteSource.NONE, None)
    assert ticket.list_at == TUESDAY


def test_somebody_elses_order_number_routes_but_is_not_linked(session: Session, lyon: Store) -> None:
    dora = make_customer(session)
    make_order(session, customer_id=dora.id, store_id=lyon.id)
    got = make_received(recipients=(), from_address="eve@other.example", text="commande A1001")
    ticket = ticket_of(session, got.ticket_id)
    assert (ticket.store_id, ticket.order_id) == (lyon.id, None)


def test_a_contact_without_a_usable_address_is_kept(session: Session, lyon: Store) -> None:
    got = make_received(from_address="undisclosed", from_name="?")
    ticket = ticket_of(session, got.ticket_id)
    assert ticket.customer_id is None
    assert count(session, OutboundMessage) == 0


def test_files_are_kept_with_their_message(session: Session, lyon: Store) -> None:
    file = IncomingFile("photo.jpg", "image/jpeg", 12, "ab" * 32)
    got = make_received(attachments=(file,))
    line = list_thread(got.ticket_id or 0)[0]
    assert [(each.name, each.media_type, each.sha256) for each in line.attachments] == [
        ("photo.jpg", "image/jpeg", "ab" * 32)
    ]


def test_the_wait_begins_when_the_mail_came_in_not_when_it_was_sorted(session: Session, lyon: Store) -> None:
    got = receive_message(
        make_incoming(happened_at=TUESDAY - timedelta(minutes=3)), now=TUESDAY, machine_now=TUESDAY
    )
    assert list_waits(got.ticket_id or 0)[0].started_at == TUESDAY - timedelta(minutes=3)


LILLE_BOX, LYON_BOX = "lille@hub.example", "lyon-part-dieu@hub.example"


def also_written_to(session: Session) -> list[tuple[int | None, Any]]:
    found = select(AuditEntry.subject_id, AuditEntry.data).where(
        AuditEntry.action == "ticket.also_written_to"
    )
    return [(row.subject_id, row.data["other_store_id"]) for row in session.execute(found)]


@pytest.mark.parametrize("order", [(LYON_BOX, LILLE_BOX), (LILLE_BOX, LYON_BOX)])
def test_a_mail_to_two_stores_is_one_ticket_of_the_first_that_names_the_other(
    session: Session, lyon: Store, order: tuple[str, str]
) -> None:
    lille = make_store(session, "Lille", code="LIL", slug="lille", mailbox="lille")
    ids = {LYON_BOX: lyon.id, LILLE_BOX: lille.id}
    got = make_received(recipients=order)
    again = make_received(recipients=order)
    assert (again.ticket_id, count(session, Ticket)) == (got.ticket_id, 1)
    assert ticket_of(session, got.ticket_id).store_id == ids[order[0]]
    assert also_written_to(session) == [(got.ticket_id, ids[order[1]])]


def test_a_copy_that_comes_by_the_mailbox_of_another_store_is_noted_once(
    session: Session, lyon: Store
) -> None:
    lille = make_store(session, "Lille", code="LIL", slug="lille", mailbox="lille")
    got = make_received(recipients=(LYON_BOX, "x@other.example"))
    assert also_written_to(session) == []
    for _ in range(2):
        make_received(recipients=(LILLE_BOX, "x@other.example"))
        make_received(recipients=(LYON_BOX, "x@other.example"))
    assert also_written_to(session) == [(got.ticket_id, lille.id)]
    assert count(session, TicketMessage) == 2
