"""Arrivals: stored once, sorted by kind, retried, quarantined, released; nothing lost, nothing doubled."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import Config
from hub.core import clock, files
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers.models import ConsentState, Customer
from hub.customers.words import ConsentAction
from hub.inbox.actions import reply
from hub.inbox.models import AutomaticMail, ReplyWait, Ticket, TicketAttachment, TicketMessage, TicketParty
from hub.inbox.queries import list_thread
from hub.inbox.words import MessageKind, TicketState
from hub.mailroom import actions, listener, rules, sorting, working
from hub.mailroom.models import Arrival
from hub.mailroom.queries import count_arrivals, find_oldest_waiting_at, get_raw, list_quarantine, list_unseen
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay
from hub.outbox.addresses import return_path_of
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

DORA = "dora@client.example"
LYON = "lyon-part-dieu@hub.example"


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path)
    yield make_house(session)
    files.use_folder(settings.var_path / "files")


def mail(number: int = 1, *, text: str = "Bonjour, ma lampe est cassée.", **headers: str) -> bytes:
    fields = {
        "From": f"Dora Lefèvre <{DORA}>",
        "To": LYON,
        "Subject": f"Lampe {number}",
        "Message-ID": f"<{number}@client.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return ("".join(f"{name}: {value}\r\n" for name, value in fields.items()) + f"\r\n{text}\r\n").encode()


def store(raw: bytes, **fields: Any) -> int:
    given = {"mailbox": LYON, "mail_from": DORA, "recipients": [LYON], "way": ArrivalWay.LISTENER, **fields}
    return actions.store_arrival(raw, now=TUESDAY, machine_now=clock.machine_now(), **given)


def work() -> int:
    handled = 0
    while count := actions.work_arrivals(lambda: None):
        handled += count
    db.session.expire_all()
    return handled


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_mail_is_stored_once_and_becomes_one_ticket(session: Session, lyon: Store) -> None:
    first = store(mail())
    assert store(mail()) == first
    assert store(mail(), mailbox="lille@hub.example") != first
    assert actions.has_due()
    assert find_oldest_waiting_at() == TUESDAY
    assert work() == 2
    assert not actions.has_due()
    assert count(session, Ticket) == 1
    ticket = session.scalars(select(Ticket)).one()
    row = session.get_one(Arrival, first)
    assert (row.state, row.kind, row.ticket_id) == (ArrivalState.SORTED, ArrivalKind.MESSAGE, ticket.id)
    assert (ticket.store_id, ticket.subject, ticket.requester_name) == (lyon.id, "Lampe 1", "Dora Lefèvre")
    assert count(session, OutboundMessage) == 1


@pytest.mark.parametrize("boxes", [("lyon-part-dieu", "lille"), ("lille", "lyon-part-dieu")])
@pytest.mark.parametrize("is_one_batch", [True, False])
def test_a_mail_to_two_stores_is_one_ticket_of_the_first_whichever_mailbox_is_sorted_first(
    session: Session, lyon: Store, boxes: tuple[str, str], *, is_one_batch: bool
) -> None:
    lille = make_store(session, "Lille", code="LIL", slug="lille", mailbox="lille")
    for box in boxes:
        address = f"{box}@hub.example"
        store(mail(To=f"{LYON}, Lille <lille@hub.example>"), mailbox=address, recipients=[address])
        if not is_one_batch:
            work()
    work()
    ticket = session.scalars(select(Ticket)).one()
    assert (ticket.store_id, count(session, Arrival)) == (lyon.id, 2)
    assert set(session.scalars(select(Arrival.ticket_id))) == {ticket.id}
    [line] = session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.also_written_to")).all()
    assert line.data["other_store_id"] == lille.id
    assert (count(session, TicketMessage), count(session, OutboundMessage)) == (2, 1)


def test_a_mail_that_is_forwarded_to_another_store_is_that_stores(session: Session, lyon: Store) -> None:
    make_store(session, "Lille", code="LIL", slug="lille", mailbox="lille")
    store(mail(To="lille@hub.example"), recipients=[LYON])
    work()
    assert session.scalars(select(Ticket.store_id)).all() == [lyon.id]


def test_the_customers_answer_by_mail_threads_into_the_same_ticket(session: Session, lyon: Store) -> None:
    store(mail())
    work()
    ticket = session.scalars(select(Ticket)).one()
    ada = make_agent(session, store_ids=(lyon.id,))
    reply(ticket_id=ticket.id, text="Une neuve part.", by=actor_of(ada), now=TUESDAY)
    sent = session.scalars(select(OutboundMessage).where(OutboundMessage.purpose == Purpose.REPLY)).one()
    body = "Merci !\r\n\r\nLe 3 mars 2026 à 10:00, Verel a écrit :\r\n> Une neuve part."
    store(mail(2, text=body, In_Reply_To=sent.message_id), recipients=[sent.reply_to])
    work()
    assert count(session, Ticket) == 1
    last = list_thread(ticket.id)[-1]
    assert (last.text, last.is_stranger) == ("Merci !", False)
    assert "Une neuve part." in last.quoted_text


def test_a_delivery_report_goes_to_its_message_and_never_becomes_a_ticket(
    session: Session, lyon: Store
) -> None:
    store(mail())
    work()
    sent = session.scalars(select(OutboundMessage)).one()
    report = (
        "From: MAILER-DAEMON@mx.example\r\nTo: x\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nuser unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {DORA}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--b--\r\n"
    ).encode()
    path = return_path_of(sent.uuid, "hub.example")
    arrival = store(report, mail_from="", recipients=[path], mailbox=path)
    work()
    row = session.get_one(Arrival, arrival)
    assert (row.kind, row.outbound_id, row.ticket_id) == (ArrivalKind.REPORT, sent.id, None)
    assert count(session, DeliveryReceipt) == 1
    assert count(session, Ticket) == 1


def test_an_auto_reply_is_attached_if_threaded_and_kept_otherwise(session: Session, lyon: Store) -> None:
    store(mail())
    work()
    sent = session.scalars(select(OutboundMessage)).one()
    threaded = store(mail(2, text="Absente", Auto_Submitted="auto-replied"), recipients=[sent.reply_to])
    alone = store(mail(3, text="Absente", Auto_Submitted="auto-replied"))
    work()
    assert session.get_one(Arrival, threaded).ticket_id is not None
    assert session.get_one(Arrival, alone).ticket_id is None
    assert session.get_one(Arrival, alone).state is ArrivalState.SORTED
    assert session.get_one(Arrival, alone).reason == "auto-reply that belongs to no ticket"
    assert session.get_one(Arrival, threaded).reason is None
    assert count(session, Ticket) == 1
    kinds = session.scalars(select(TicketMessage.kind).order_by(TicketMessage.id)).all()
    assert kinds[-1] is MessageKind.AUTO_REPLY
    assert count(session, OutboundMessage) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Subject": "Absence"},
        {"Subject": "Out of office"},
        {"X_Loop": "service@client.example"},
        {"Message_ID": "<form-1@hub.example>"},
        {"Return_Path": "<>"},
        {"X_Auto_Response_Suppress": "All"},
        {"List_Unsubscribe": "<mailto:u@client.example>", "Precedence": "bulk"},
    ],
)
def test_a_person_with_one_weak_sign_is_seen_by_people_and_answered_by_no_machine(
    session: Session, lyon: Store, headers: dict[str, str]
) -> None:
    sender = "" if "Return_Path" in headers else DORA
    arrival = store(mail(**headers), mail_from=sender)
    work()
    ticket = session.scalars(select(Ticket)).one()
    row = session.get_one(Arrival, arrival)
    assert (row.kind, row.ticket_id, ticket.requester_address) == (ArrivalKind.MACHINE, ticket.id, DORA)
    assert ticket.waiting_since == TUESDAY
    assert (count(session, OutboundMessage), list_unseen().rows) == (0, [])


def test_one_weak_sign_in_a_ticket_is_an_auto_reply_until_the_ticket_is_closed(
    session: Session, lyon: Store
) -> None:
    store(mail())
    work()
    ticket = session.scalars(select(Ticket)).one()
    sent = session.scalars(select(OutboundMessage)).one()
    store(mail(2, Subject="Absence", text="Je suis absente."), recipients=[sent.reply_to])
    work()
    assert list_thread(ticket.id)[-1].kind is MessageKind.AUTO_REPLY
    ticket.state, ticket.closed_at = TicketState.CLOSED, TUESDAY
    session.flush()
    store(mail(3, Subject="Absence", text="De livraison !"), recipients=[sent.reply_to])
    work()
    newest = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    assert newest is not None
    assert (newest.related_ticket_id, newest.preview) == (ticket.id, "De livraison !")


def test_an_auto_reply_without_a_ticket_is_made_one_by_a_person(session: Session, lyon: Store) -> None:
    kept = [store(mail(number, Auto_Submitted="auto-replied")) for number in (1, 2)]
    work()
    assert {row.id for row in list_unseen().rows} == set(kept)
    assert count(session, Ticket) == 0
    moments = {"now": TUESDAY, "machine_now": clock.machine_now()}
    actions.release_arrival(kept[0], by=SYSTEM, **moments)
    with pytest.raises(Conflict):
        actions.release_arrival(kept[0], by=SYSTEM, **moments)
    work()
    ticket = session.scalars(select(Ticket)).one()
    row = session.get_one(Arrival, kept[0])
    assert (row.kind, row.ticket_id, row.reason) == (ArrivalKind.MACHINE, ticket.id, None)
    assert (ticket.requester_address, ticket.waiting_since) == (DORA, TUESDAY)
    assert (count(session, OutboundMessage), [row.id for row in list_unseen().rows]) == (0, kept[1:])
    with pytest.raises(Conflict):
        actions.release_arrival(kept[0], by=SYSTEM, **moments)
    assert actions.release_arrivals(kept, by=SYSTEM, **moments) == 1


def test_a_machine_with_human_words_opens_a_ticket_for_the_person_behind_it(
    session: Session, lyon: Store
) -> None:
    store(mail(From="Boutique <noreply@shop.example>", Reply_To=DORA, Auto_Submitted="auto-generated"))
    work()
    ticket = session.scalars(select(Ticket)).one()
    assert ticket.requester_address == DORA
    assert count(session, OutboundMessage) == 0


def test_a_stop_word_withdraws_and_opens_nothing(session: Session, lyon: Store) -> None:
    arrival = store(mail(text="STOP"))
    work()
    assert session.get_one(Arrival, arrival).kind is ArrivalKind.STOP
    assert count(session, Ticket) == 0
    states = session.execute(select(ConsentState.channel, ConsentState.purpose, ConsentState.action)).all()
    assert (Channel.EMAIL, Purpose.PROMOTION, ConsentAction.WITHDRAWN) in [tuple(row) for row in states]


@pytest.mark.parametrize("words", ["Stop", "Cancel please", "STOP SVP"])
def test_a_word_that_answers_a_ticket_is_a_message_of_it_and_withdraws_nothing(
    session: Session, lyon: Store, words: str
) -> None:
    store(mail())
    work()
    ticket = session.scalars(select(Ticket)).one()
    ada = make_agent(session, store_ids=(lyon.id,))
    reply(ticket_id=ticket.id, text="Nous l'annulons ?", by=actor_of(ada), now=TUESDAY)
    sent = session.scalars(select(OutboundMessage).where(OutboundMessage.purpose == Purpose.REPLY)).one()
    arrival = store(mail(2, text=words, Subject="Re: Lampe"), recipients=[sent.reply_to])
    work()
    row = session.get_one(Arrival, arrival)
    assert (row.kind, row.ticket_id) == (ArrivalKind.MESSAGE, ticket.id)
    last = list_thread(ticket.id)[-1]
    assert (last.kind, last.text) == (MessageKind.CUSTOMER, words)
    assert session.get_one(Ticket, ticket.id).waiting_since == TUESDAY
    assert count(session, ConsentState) == 0


def test_an_ambiguous_word_without_a_ticket_opens_one(session: Session, lyon: Store) -> None:
    store(mail(text="Cancel please"))
    work()
    assert session.scalars(select(Ticket.preview)).all() == ["Cancel please"]
    assert count(session, ConsentState) == 0


def test_an_answer_to_one_of_our_own_addresses_is_no_requester(session: Session, lyon: Store) -> None:
    store(mail(Reply_To="bonjour@HUB.example"))
    store(mail(2, From="Boutique <noreply@shop.example>", Reply_To="lille@hub.example"))
    work()
    assert session.scalars(select(Ticket.requester_address).order_by(Ticket.id)).all() == [
        DORA,
        "noreply@shop.example",
    ]
    assert not session.scalars(
        select(TicketParty.id).where(TicketParty.address.endswith("@hub.example"))
    ).all()


def test_what_cannot_be_read_is_quarantined_and_can_be_released(session: Session, lyon: Store) -> None:
    bad, good = store(b"\x00\xff" * 40), store(mail())
    work()
    [row] = list_quarantine().rows
    assert row.id == bad
    assert row.reason
    assert get_raw(bad) == b"\x00\xff" * 40
    assert session.get_one(Arrival, good).state is ArrivalState.SORTED
    assert count_arrivals() == {ArrivalState.QUARANTINED: 1}
    actions.release_arrival(bad, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())
    assert actions.has_due()
    with pytest.raises(Conflict):
        actions.release_arrival(good, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())


def test_a_large_mail_is_on_the_shelf_and_its_files_are_typed(session: Session, lyon: Store) -> None:
    picture = (
        b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    filler = b"A" * 76 + b"\r\n"
    raw = (
        mail(Content_Type="multipart/mixed; boundary=b").rpartition(b"\r\n\r\n")[0]
        + b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nvoici\r\n--b\r\nContent-Type: application/x\r\n"
        + b'Content-Disposition: attachment; filename="p.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + picture
        + b"\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=x.bin\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + filler * 4000
        + b"\r\n--b--\r\n"
    )
    arrival = store(raw)
    row = session.get_one(Arrival, arrival)
    assert row.raw is None
    assert row.file_sha256 == row.sha256
    work()
    kept = {each.name: each for each in session.scalars(select(TicketAttachment))}
    assert kept["p.png"].media_type == "image/png"
    assert len(files.read(kept["x.bin"].sha256)) == kept["x.bin"].size_bytes


def test_over_the_limit_is_kept_and_quarantined(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LARGEST_BYTES", 100)
    store(mail())
    assert [row.reason for row in list_quarantine().rows] == ["larger than the limit"]


def make_poison(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Whoever sorts a mail of the subject "Lampe 13" fails as a real fault would."""
    real = sorting.read_mail

    def read(arrival: Arrival) -> Any:
        found = real(arrival)
        if found.subject == "Lampe 13":
            raise error
        return found

    monkeypatch.setattr(sorting, "read_mail", read)


def let_time_pass(session: Session) -> None:
    for row in session.scalars(select(Arrival).where(Arrival.state == ArrivalState.WAITING)):
        row.next_attempt_at = clock.machine_now() - timedelta(seconds=1)
    session.flush()


def test_a_failing_mail_is_tried_five_times_and_the_others_are_sorted_at_once(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_poison(monkeypatch, RuntimeError("broken"))
    for number in range(12, 15):
        store(mail(number))
    assert work() == 3
    assert count(session, Ticket) == 2
    assert count(session, OutboundMessage) == 2
    for _ in range(rules.MOST_ATTEMPTS):
        let_time_pass(session)
        work()
    row = session.scalars(select(Arrival).where(Arrival.message_id == "<13@client.example>")).one()
    assert (row.state, row.attempt_count) == (ArrivalState.QUARANTINED, rules.MOST_ATTEMPTS)
    assert row.reason == "RuntimeError: broken"


def test_a_mail_that_kills_its_worker_is_tried_alone_and_ends_in_quarantine(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_poison(monkeypatch, SystemExit(9))
    for number in range(12, 15):
        store(mail(number))
    with pytest.raises(SystemExit):
        work()
    assert count(session, Ticket) == 0
    for _ in range(30):
        let_time_pass(session)
        try:
            work()
        except SystemExit:
            continue
    assert count(session, Ticket) == 2
    assert [row.message_id for row in list_quarantine().rows] == ["<13@client.example>"]


def test_a_batch_that_is_lost_half_way_loses_and_doubles_nothing(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        store(mail(number))
    real, calls = sorting.settle, [0]

    def die_on_the_sixth(*given: Any, **more: Any) -> None:
        calls[0] += 1
        if calls[0] == 6:
            raise KeyboardInterrupt
        real(*given, **more)

    monkeypatch.setattr(sorting, "settle", die_on_the_sixth)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert count(session, Ticket) == 0
    let_time_pass(session)
    while count_arrivals():
        work()
        let_time_pass(session)
    assert count(session, Ticket) == 10
    assert count(session, TicketMessage) == 20
    assert count(session, OutboundMessage) == 10


def shown(session: Session) -> list[Any]:
    """Everything that a batch of contacts has made, without ids."""
    session.flush()
    left = {"id", "ticket_id", "number", "search", "customer_id", "message_id", "outbound_id", "arrival_id"}
    left |= {"fact_id", "source_id", "key", "uuid", "reply_to", "values", "related_ticket_id", "sent_at"}
    rows = []
    for table in (
        Ticket,
        TicketMessage,
        TicketParty,
        ReplyWait,
        AutomaticMail,
        OutboundMessage,
        Customer,
        FactRow,
    ):
        columns = [each for each in table.__table__.columns if each.name not in left | {"data"}]
        found = session.execute(select(*columns)).all()
        rows.append((table.__tablename__, sorted(map(repr, found))))
    return [*rows, [ticket.number is not None for ticket in session.scalars(select(Ticket))]]


def test_contacts_taken_in_together_leave_the_same_rows_as_one_by_one(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [
        mail(1),
        mail(2, From="Émile Zola <emile@client.example>", text="Ma commande A1001 est cassée"),
        mail(3, From="eve@other.example", To="bonjour@hub.example"),
        mail(4, From="Boutique <noreply@shop.example>", Reply_To="fay@client.example"),
        mail(5, From=f"Dora <{DORA}>", Subject="Encore moi"),
    ]
    seen = []
    for is_together in (True, False):
        if not is_together:
            monkeypatch.setattr(working, "_try_together", lambda arrivals, batch: arrivals)
        session.execute(text("TRUNCATE customers, arrivals, facts CASCADE"))
        session.expunge_all()
        make_order(session, customer_id=make_customer(session).id, store_id=lyon.id, external_id="A1001")
        for raw in mails:
            store(raw, recipients=[], mail_from="x@y.example")
        assert work() == 5
        assert count(session, Ticket) == 5
        related = session.scalar(select(func.count(Ticket.related_ticket_id)))
        seen.append((shown(session), related))
    assert seen[0] == seen[1]


def test_one_bad_contact_of_many_does_not_stop_the_others(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(mail(1))
    store(mail(2, From="not-an-address@"))
    store(mail(3, From="eve@other.example"))
    assert work() == 3
    assert count(session, Ticket) == 3
    assert count(session, OutboundMessage) == 2


def test_the_listener_stores_before_it_says_yes(
    app: Flask, session: Session, lyon: Store, settings: Config
) -> None:
    session.commit()
    door = listener.open_listener(app, replace(settings, mailbox_port=0))
    with door as found, smtplib.SMTP("127.0.0.1", found.port, timeout=10) as client:
        client.sendmail(DORA, [LYON], mail(7))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(DORA, ["x@elsewhere.example"], mail(8))
    assert session.scalars(select(Arrival.message_id)).all() == ["<7@client.example>"]
