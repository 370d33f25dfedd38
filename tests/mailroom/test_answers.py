"""Replies to what we sent by ourselves: a newsletter, an offer, an acknowledgement; and mails above the limits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub.core import clock, files
from hub.core.actor import SYSTEM
from hub.core.words import Purpose
from hub.inbox.models import AutomaticMail, Ticket, TicketMessage
from hub.inbox.words import MessageKind, RouteSource, TicketState
from hub.mailroom import actions, ways_setup
from hub.mailroom.models import Arrival
from hub.mailroom.queries import list_quarantine, list_unseen
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay
from hub.outbox.addresses import message_id_of, read_reply_address
from hub.outbox.models import OutboundMessage
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.mailroom.test_sorting import DORA, LYON, mail, store, work
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent

HEAD_OFFICE = "bonjour@verel.example"


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path)
    before = ways_setup.current()
    yield make_house(session)
    ways_setup.use(before)
    files.use_folder(settings.var_path / "files")


def newsletter(session: Session, lyon: Store | None, **fields: Any) -> OutboundMessage:
    """Dora's newsletter, of a store or of the chain."""
    dora = make_customer(session)
    return post_draft(
        session,
        "letter:1",
        purpose=Purpose.NEWSLETTER,
        customer_id=dora.id,
        recipient=DORA,
        store_id=lyon.id if lyon else None,
        due_at=TUESDAY,
        **fields,
    )


def only_ticket(session: Session) -> Ticket:
    return session.scalars(select(Ticket)).one()


def test_a_reply_to_a_newsletter_of_a_store_is_a_ticket_there_that_knows_it(
    client: FlaskClient, session: Session, lyon: Store
) -> None:
    sent = newsletter(session, lyon)
    arrival = store(
        mail(2, Subject="Re: nos lampes", In_Reply_To=sent.message_id),
        mailbox=HEAD_OFFICE,
        recipients=[HEAD_OFFICE],
    )
    work()
    ticket = only_ticket(session)
    assert (ticket.source_kind, ticket.source_id) == ("outbound", sent.id)
    assert (ticket.store_id, ticket.route_source) == (lyon.id, RouteSource.STORE_ADDRESS)
    assert ticket.customer_id == sent.customer_id
    assert session.get_one(Arrival, arrival).outbound_id == sent.id
    ada = make_agent(session, store_ids=(lyon.id,))
    page = log_in(client, ada).get(f"/inbox/{ticket.number}?lang=en").text
    assert "Answers our mail:" in page
    assert f"/customers/{sent.customer_id}/messages/{sent.id}" in page


def test_a_reply_to_the_chains_own_mail_is_known_by_its_signed_address_alone(
    session: Session, lyon: Store
) -> None:
    """Some mail programs drop In-Reply-To: the address is enough."""
    sent = newsletter(session, None)
    assert sent.reply_to
    assert read_reply_address(sent.reply_to) == sent.uuid
    store(mail(2, To=sent.reply_to), mailbox=sent.reply_to, recipients=[sent.reply_to])
    work()
    assert only_ticket(session).source_id == sent.id


def test_a_forwarded_newsletter_makes_no_stranger_its_customer(session: Session, lyon: Store) -> None:
    sent = newsletter(session, lyon)
    store(mail(2, From="Eva <eva@other.example>", In_Reply_To=sent.message_id), mail_from="eva@other.example")
    work()
    ticket = only_ticket(session)
    assert ticket.source_id == sent.id
    assert ticket.customer_id != sent.customer_id


def test_an_id_that_is_not_signed_names_nothing(session: Session, lyon: Store) -> None:
    sent = newsletter(session, lyon)
    forged = sent.message_id.replace(sent.message_id.partition(".")[2][:16], "a" * 16)
    foreign = message_id_of(sent.uuid, "elsewhere.example")
    for number, wrong in enumerate((forged, foreign, f"<{sent.uuid}@hub.example>"), start=2):
        store(mail(number, From=f"c{number}@other.example", In_Reply_To=wrong))
    work()
    assert set(session.scalars(select(Ticket.source_kind))) == {None}


def test_a_reply_to_an_acknowledgement_by_its_id_alone_goes_into_its_ticket(
    session: Session, lyon: Store
) -> None:
    store(mail(1))
    work()
    sent = session.scalars(select(OutboundMessage)).one()
    store(mail(2, In_Reply_To=sent.message_id), mailbox=HEAD_OFFICE, recipients=[HEAD_OFFICE])
    work()
    only_ticket(session)
    kinds = session.scalars(select(TicketMessage.kind).order_by(TicketMessage.id)).all()
    assert kinds.count(MessageKind.CUSTOMER) == 2


def test_an_absence_note_to_a_newsletter_opens_nothing_and_names_it(session: Session, lyon: Store) -> None:
    sent = newsletter(session, lyon)
    arrival = store(mail(2, Auto_Submitted="auto-replied", In_Reply_To=sent.message_id))
    work()
    row = session.get_one(Arrival, arrival)
    assert (row.kind, row.ticket_id, row.outbound_id) == (ArrivalKind.AUTO_REPLY, None, sent.id)
    assert session.scalars(select(Ticket)).all() == []


NOTES = ["Out of office: Re: Votre commande", "Absent jusqu’au 12 mars", "Absence"]


@pytest.mark.parametrize("subject", NOTES)
def test_an_absence_note_known_by_its_subject_alone_opens_nothing_until_a_person_says_so(
    session: Session, lyon: Store, subject: str
) -> None:
    sent = newsletter(session, lyon)
    note = mail(2, Subject=subject, In_Reply_To=sent.message_id, text="De retour le 12.")
    arrival = store(note, recipients=[sent.reply_to or LYON])
    work()
    row = session.get_one(Arrival, arrival)
    assert (row.kind, row.ticket_id, row.outbound_id) == (ArrivalKind.AUTO_REPLY, None, sent.id)
    assert session.scalars(select(Ticket)).all() == []
    assert [each.id for each in list_unseen().rows] == [arrival]
    actions.release_arrival(arrival, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())
    work()
    assert (row.kind, row.ticket_id) == (ArrivalKind.MACHINE, only_ticket(session).id)


@pytest.mark.parametrize("subject", NOTES)
def test_an_absence_note_to_a_closed_ticket_opens_none_and_is_not_hidden_in_it(
    session: Session, lyon: Store, subject: str
) -> None:
    store(mail(1))
    work()
    ticket = only_ticket(session)
    sent = session.scalars(select(OutboundMessage)).one()
    ticket.state, ticket.closed_at = TicketState.CLOSED, TUESDAY
    session.flush()
    note = mail(2, Subject=subject, In_Reply_To=sent.message_id, text="De retour le 12.")
    arrival = store(note, recipients=[sent.reply_to or LYON])
    work()
    row = session.get_one(Arrival, arrival)
    assert (row.kind, row.ticket_id, only_ticket(session).id) == (ArrivalKind.AUTO_REPLY, None, ticket.id)
    assert [each.id for each in list_unseen().rows] == [arrival]
    actions.release_arrival(arrival, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())
    work()
    newest = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    assert newest is not None
    assert (row.ticket_id, newest.related_ticket_id) == (newest.id, ticket.id)


def test_a_new_mail_about_an_absence_to_a_kept_address_is_a_persons(session: Session, lyon: Store) -> None:
    """Without In-Reply-To: somebody wrote it to the signed address of an earlier mail of ours."""
    sent = newsletter(session, None)
    store(mail(2, Subject="Absence", text="De livraison !"), recipients=[sent.reply_to or ""])
    work()
    assert (only_ticket(session).preview, only_ticket(session).source_id) == ("De livraison !", sent.id)
    store(mail(3, Subject="Out of office", text="Back soon."), recipients=[sent.reply_to or ""])
    work()
    only_ticket(session)


def store_head(number: int, **headers: str) -> int:
    """The head of a mail of 30 MB, as the poll keeps it."""
    head = mail(number, **headers).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    given = actions.RawMail(head, HEAD_OFFICE, DORA, (), whole_bytes=30 * 1024 * 1024)
    [kept] = actions.keep_arrivals([given], way=ArrivalWay.IMAP, now=TUESDAY, machine_now=clock.machine_now())
    return kept.arrival_id


def test_a_mail_above_the_size_is_held_and_its_sender_told_without_an_echo(
    session: Session, lyon: Store
) -> None:
    arrival = store_head(1, Subject="Lampe SECRET")
    work()
    [held] = list_quarantine().rows
    assert (held.id, held.reason) == (arrival, "larger than the limit: 30 MB of at most 25 MB")
    [sent] = session.scalars(select(OutboundMessage)).all()
    assert (sent.recipient, sent.reply_to) == (DORA, HEAD_OFFICE)
    assert sent.values["size_limit"] == "25 Mo"
    assert "SECRET" not in str(sent.values)
    assert session.scalars(select(Ticket)).all() == []


def test_a_mail_with_too_many_files_is_held_and_told(session: Session, lyon: Store) -> None:
    ways_setup.use(replace(ways_setup.current(), most_files=2))
    part = '\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="a{0}.txt"\r\n\r\n{0}'
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nvoici"
        + "".join(part.format(each) for each in range(3))
        + "\r\n--b--"
    )
    arrival = store(mail(1, text=body, Content_Type="multipart/mixed; boundary=b"))
    work()
    [held] = list_quarantine().rows
    assert held.reason == "more files than the limit: 3 of at most 2"
    [sent] = session.scalars(select(OutboundMessage)).all()
    assert (sent.values["file_limit"], sent.values.get("size_limit")) == ("2", None)
    actions.release_arrival(arrival, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())
    work()
    assert session.get_one(Arrival, arrival).ticket_id == only_ticket(session).id


def test_a_head_that_is_released_says_where_the_rest_is(session: Session, lyon: Store) -> None:
    arrival = store_head(1)
    work()
    actions.release_arrival(arrival, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())
    work()
    assert session.get_one(Arrival, arrival).state is ArrivalState.SORTED
    text = session.scalars(select(TicketMessage.text).where(TicketMessage.kind == MessageKind.CUSTOMER)).one()
    assert "30 Mo" in text
    assert HEAD_OFFICE in text


def test_machines_are_told_nothing_and_people_within_the_loop_caps(session: Session, lyon: Store) -> None:
    store_head(1, Auto_Submitted="auto-generated")
    work()
    assert session.scalars(select(OutboundMessage)).all() == []
    for number in range(2, 30):
        store_head(number)
    work()
    assert len(list_quarantine().rows) == 29
    assert len(session.scalars(select(OutboundMessage)).all()) == 10
    assert len(session.scalars(select(AutomaticMail)).all()) == 10


def test_mail_to_our_lyon_mailbox_is_not_held_below_the_limits(session: Session, lyon: Store) -> None:
    store(mail(1), mailbox=LYON)
    work()
    assert list_quarantine().rows == []
