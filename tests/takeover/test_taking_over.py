"""Tickets and customers of other helpdesks: with their dates, states, authors, notes and files; once; without effect."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.errors import Invalid
from hub.core.facts import FactRow
from hub.customers.queries import get_customer
from hub.inbox.actions import rebuild_waits
from hub.inbox.models import AutomaticMail, ReplyWait, Ticket, TicketAttachment, TicketMessage
from hub.inbox.queries import TicketFilters, list_tickets
from hub.inbox.words import InboxView
from hub.outbox.models import OutboundMessage
from hub.staff.rules import SYSTEM_VIEWER
from hub.stores.models import Store
from hub.takeover import actions, queries, working
from hub.takeover.mail_index import split_mbox
from hub.takeover.models import TakenTicket
from hub.takeover.opening import open_bytes, open_path
from hub.takeover.running import Taken, check_export, open_export, take_batch
from hub.takeover.taking import House
from hub.takeover.values import Export
from hub.takeover.words import TakeoverSource, TakeoverState
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_house, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store
from tests.takeover import samples

OWN = ("@verel.example", "lyon-part-dieu@hub.example")


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    house = make_house(session)
    make_store(session, "Lille", code="LIL")
    make_agent(session, store_ids=(house.id,))
    session.commit()
    return house


def opened(source: TakeoverSource, content: bytes, name: str = "export.json") -> Export:
    return open_export(source, open_bytes(name, content), own=OWN, now=TUESDAY)


def zammad() -> Export:
    return opened(TakeoverSource.ZAMMAD, samples.zammad_zip())


def freshdesk() -> Export:
    return opened(TakeoverSource.FRESHDESK, json.dumps(samples.FRESHDESK).encode())


def mbox() -> Export:
    return opened(TakeoverSource.MBOX, samples.MBOX, "takeout.mbox")


def take(export: Export, house: House | None = None) -> Taken:
    return take_batch(export, house or House(), position=0, now=TUESDAY, size=1000)


def ticket_of(session: Session, external_id: str) -> Ticket:
    session.flush()
    session.expire_all()
    found = select(Ticket).join(TakenTicket, TakenTicket.ticket_id == Ticket.id)
    return session.scalars(found.where(TakenTicket.external_id == external_id)).one()


def thread(session: Session, ticket: Ticket) -> list[TicketMessage]:
    found = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    return list(session.scalars(found.order_by(TicketMessage.event_id)))


def test_a_ticket_of_zammad_keeps_what_it_was(session: Session, lyon: Store) -> None:
    done = take(zammad())
    assert (done.people, done.new, done.known) == (1, 2, 0)
    ticket = ticket_of(session, "11")
    assert (ticket.state, ticket.priority, ticket.channel, ticket.store_id) == (
        "closed",
        "high",
        "email",
        lyon.id,
    )
    assert ticket.created_at == datetime(2025, 11, 3, 9, tzinfo=UTC)
    assert ticket.solved_at == ticket.updated_at == datetime(2025, 11, 4, 10, tzinfo=UTC)
    assert ticket.assignee_id is not None
    customer = get_customer(ticket.customer_id or 0)
    assert (customer.mail, customer.phone, customer.last_name) == (
        "dora@client.example",
        "+33612345678",
        "Lefèvre",
    )
    assert customer.created_at == datetime(2025, 2, 1, 8, tzinfo=UTC)
    lines = thread(session, ticket)
    assert [(line.kind, line.author_name) for line in lines] == [
        ("customer", "Dora Lefèvre"), ("note", "Ada Martin"), ("agent", "Ada Martin")]  # fmt: skip
    assert [line.happened_at.hour for line in lines] == [9, 9, 10]
    assert [line.agent_id is not None for line in lines] == [False, True, True]
    assert "cassée" in lines[0].text
    assert "script" not in lines[0].html
    files = session.scalars(select(TicketAttachment)).all()
    assert [(file.name, file.media_type, file.message_id) for file in files] == [
        ("photo.png", "image/png", lines[0].id)]  # fmt: skip


def test_rows_that_cannot_be_taken_are_kept_with_their_reason(session: Session, lyon: Store) -> None:
    done = take(zammad())
    assert {(bad.kind, bad.external_id) for bad in done.bad} == {
        ("customer", "4"), ("file", "11/perdue.png"), ("ticket", "13"), ("ticket", "14")}  # fmt: skip
    ticket = ticket_of(session, "12")  # its customer has no usable address: the ticket comes all the same
    assert (ticket.customer_id, ticket.requester_name, ticket.store_id) == (None, "Emil Sans", None)
    assert ticket.state == "open"


def test_a_ticket_of_freshdesk_keeps_what_it_was(session: Session, lyon: Store) -> None:
    done = take(freshdesk())
    assert [(bad.kind, bad.external_id) for bad in done.bad] == [("file", "31/bon.pdf"), ("ticket", "32")]
    ticket = ticket_of(session, "31")
    assert (ticket.state, ticket.priority, ticket.channel) == ("solved", "urgent", "form")
    lille = session.scalars(select(Store).where(Store.code == "LIL")).one()
    assert ticket.store_id == lille.id
    assert [(line.kind, line.text) for line in thread(session, ticket)] == [
        ("customer", "Je voudrais ma facture"), ("agent", "La voici."), ("note", "Client pressé"), ("customer", "Merci")]  # fmt: skip


def test_the_account_export_and_the_table_of_freshdesk(session: Session, lyon: Store) -> None:
    archive = samples.packed(Tickets0=samples.FRESHDESK_ACCOUNT)
    take(opened(TakeoverSource.FRESHDESK, archive, "account.zip"))
    ticket = ticket_of(session, "51")
    assert (ticket.state, ticket.priority, ticket.created_at) == (
        "open",
        "low",
        datetime(2026, 2, 1, 9, tzinfo=UTC),
    )
    assert [line.text for line in thread(session, ticket)] == ["Je rends la table", "Bien reçu"]
    take(opened(TakeoverSource.FRESHDESK, samples.FRESHDESK_CSV.encode(), "tickets.csv"))
    ticket = ticket_of(session, "61")
    assert (ticket.subject, ticket.state, ticket.channel, ticket.store_id) == (
        "Horaires, dimanche", "closed", "phone", lyon.id)  # fmt: skip
    assert get_customer(ticket.customer_id or 0).mail == "fay@client.example"


def test_mails_become_threads(session: Session, lyon: Store) -> None:
    assert len(list(split_mbox(samples.MBOX))) == 5
    assert [bad.kind for bad in take(mbox()).bad] == ["mail"]  # the delivery report
    ticket = ticket_of(session, "<m1@client.example>")
    assert (ticket.state, ticket.store_id, ticket.requester_address) == (
        "open",
        lyon.id,
        "dora@client.example",
    )
    lines = thread(session, ticket)
    assert [(line.kind, line.mail_message_id) for line in lines] == [
        ("customer", "<m1@client.example>"), ("agent", "<m2@verel.example>"), ("customer", "<m3@client.example>")]  # fmt: skip
    assert "où en est ma commande" in lines[0].text
    assert "From ici" in lines[0].text + lines[0].quoted_text
    [file] = session.scalars(select(TicketAttachment)).all()
    assert (file.name, file.media_type) == ("suivi.pdf", "application/pdf")
    assert ticket_of(session, "<f1@client.example>").state == "closed"


def test_an_answer_to_an_old_mail_finds_its_ticket(session: Session, lyon: Store) -> None:
    take(mbox())
    received = make_received(
        mail_message_id="<m9@client.example>", references=("<m2@verel.example>",), text="Alors ?"
    )
    assert received.ticket_id == ticket_of(session, "<m1@client.example>").id


@pytest.mark.parametrize("export", [zammad, freshdesk, mbox])
def test_nothing_follows_from_it(session: Session, lyon: Store, export: Callable[[], Export]) -> None:
    take(export())
    session.flush()
    for model in (ReplyWait, OutboundMessage, AutomaticMail):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    kinds = set(session.scalars(select(FactRow.kind)))
    assert {kind for kind in kinds if kind.startswith(("Ticket", "Customer", "Deadline"))} == set()
    tickets = session.scalars(select(Ticket)).all()
    assert tickets
    assert {(ticket.waiting_since, ticket.due_at, ticket.warn_at) for ticket in tickets} == {
        (None, None, None)
    }
    for ticket in tickets:
        assert rebuild_waits(ticket.id) == []


def test_taken_over_once_however_often_it_is_tried(session: Session, lyon: Store) -> None:
    for export in (zammad, freshdesk, mbox):
        first, again = take(export()), take(export())
        assert (again.new, again.known) == (0, first.new)
    count = select(func.count())
    assert session.scalar(count.select_from(Ticket)) == 5
    assert session.scalar(count.select_from(TicketMessage)) == 3 + 1 + 4 + 3 + 1


def test_they_are_found_by_words_names_and_their_old_number(session: Session, lyon: Store) -> None:
    take(zammad())
    session.commit()
    for search in ("22011", "garantie", "lefevre", "cassee", "casse"):
        found = list_tickets(TicketFilters(view=InboxView.ALL, search=search), SYSTEM_VIEWER).rows
        assert [row.subject for row in found] == ["Lampe cassée"], search


def test_the_dry_run_counts_and_writes_nothing(session: Session, lyon: Store) -> None:
    report = check_export(zammad()).as_report(House())
    assert (report["people"], report["tickets"], report["messages"], report["notes"]) == (2, 2, 3, 1)
    assert (report["files"], report["files_missing"], report["bad"]) == (2, 1, 2)
    assert report["states"] == {"solved": 1, "open": 1}
    groups = {row["name"]: row["store_id"] for row in report["groups"]}
    assert groups == {"Ventes::Lyon Part-Dieu": lyon.id, "Service Web": None}
    assert report["owners"] == [{"name": "ada@verel.example", "count": 1, "is_known": True}]
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_a_group_goes_where_a_person_says(session: Session, lyon: Store) -> None:
    take(zammad(), House({"Service Web": lyon.id, "Ventes::Lyon Part-Dieu": None}))
    assert ticket_of(session, "12").store_id == lyon.id
    assert ticket_of(session, "11").store_id is None


@pytest.mark.parametrize("source", list(TakeoverSource))
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1, 2]", b"\xff\xfe\x00", b'{"tickets": 3}', b"PK\x03\x04nope"]
)
def test_what_is_no_export_is_refused(
    session: Session, lyon: Store, source: TakeoverSource, content: bytes
) -> None:
    with pytest.raises(Invalid) as error:
        opened(source, content)
    assert error.value.field == "file"


def test_the_job_reads_waits_for_the_choice_and_goes_on_where_it_was(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    who: dict[str, Any] = {"by": SYSTEM, "now": TUESDAY}
    takeover_id = actions.begin_takeover(
        TakeoverSource.ZAMMAD, file_name="export.zip", content=BytesIO(samples.zammad_zip()), **who
    )
    session.commit()
    run_all()
    row = queries.get_takeover(takeover_id)
    assert (row.state, row.total, row.report["tickets"]) == (TakeoverState.CHECKED, 6, 2)
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0
    actions.start_takeover(takeover_id, {"Service Web": lyon.id}, **who)
    session.commit()
    monkeypatch.setattr(working, "BATCH", 1)
    working.work_takeovers(lambda: None)
    working.work_takeovers(lambda: None)
    working.work_takeovers(lambda: None)
    assert queries.get_takeover(takeover_id).position == 3
    actions.stop_takeover(takeover_id, **who)
    assert not working.has_due()
    actions.start_takeover(takeover_id, {"Service Web": lyon.id}, **who)
    run_all()
    row = queries.get_takeover(takeover_id)
    assert (row.state, row.position) == (TakeoverState.DONE, 6)
    assert row.report["done"] == {"people": 1, "new": 2, "known": 0}
    assert queries.count_problems(takeover_id) == 4
    reasons = {(each.kind, each.external_id) for each in queries.list_problems(takeover_id).rows}
    assert ("ticket", "13") in reasons
    assert ticket_of(session, "12").store_id == lyon.id


def run_all() -> None:
    while working.work_takeovers(lambda: None):
        pass


def test_a_worker_that_dies_loses_one_batch_and_nothing_more(
    session: Session, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    who: dict[str, Any] = {"by": SYSTEM, "now": TUESDAY}
    takeover_id = actions.begin_takeover(
        TakeoverSource.ZAMMAD, file_name="x.zip", content=BytesIO(samples.zammad_zip()), **who
    )
    run_all()
    actions.start_takeover(takeover_id, {}, **who)
    session.commit()

    class KilledError(BaseException):
        pass

    real = working.take_part

    def die(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(working, "take_part", die)
        with pytest.raises(KilledError):
            working.work_takeovers(lambda: None)
    session.expire_all()
    assert queries.get_takeover(takeover_id).position == 0
    assert not working.has_due()  # the lease of the dead
    later = clock.machine_now() + working.LEASE
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    run_all()
    assert session.scalar(select(func.count()).select_from(Ticket)) == 2


def test_a_file_that_is_none_says_so(session: Session, lyon: Store) -> None:
    takeover_id = actions.begin_takeover(
        TakeoverSource.FRESHDESK, file_name="x.json", content=BytesIO(b"{}"), by=SYSTEM, now=TUESDAY
    )
    session.commit()
    run_all()
    row = queries.get_takeover(takeover_id)
    assert row.state is TakeoverState.FAILED
    assert "Freshdesk" in row.report["error"]["source"]


def test_the_command_takes_a_folder_over(app: Flask, session: Session, lyon: Store, tmp_path: Path) -> None:
    (tmp_path / "tickets.json").write_text(json.dumps(samples.ZAMMAD_TICKETS))
    (tmp_path / "ticket_articles.json").write_text(json.dumps(samples.ZAMMAD_ARTICLES))
    (tmp_path / "users.json").write_text(json.dumps(samples.ZAMMAD_USERS))
    (tmp_path / "900").write_bytes(samples.PNG)
    assert len(open_path(tmp_path).names) == 4
    runner = app.test_cli_runner()
    dry = runner.invoke(args=["takeover", "zammad", str(tmp_path), "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert json.loads(dry.stdout)["tickets"] == 2
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0
    run = runner.invoke(args=["takeover", "zammad", str(tmp_path), "--map", "Service Web=LIL"])
    assert json.loads(run.stdout)["done"] == {"people": 1, "new": 2, "known": 0, "bad": 4}
    assert '"id": "13"' in run.stderr
    lille = session.scalars(select(Store).where(Store.code == "LIL")).one()
    assert ticket_of(session, "12").store_id == lille.id
    unknown = runner.invoke(args=["takeover", "zammad", str(tmp_path), "--map", "Service Web=NOPE"])
    assert unknown.exit_code == 1
