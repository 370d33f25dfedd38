"""The operations page, used as an administrator would: what runs, what is stuck, and deciding on it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub import schedule
from hub.core import apart, clock, workers
from hub.core.audit import AuditEntry
from hub.core.words import Channel, Purpose
from hub.jobs import JOBS, sweep
from hub.mailroom.actions import store_arrival
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay
from hub.orders.actions import take_in
from hub.orders.models import Order, OrderEvent
from hub.orders.words import EventOutcome
from hub.outbox.models import OutboundMessage
from hub.outbox.pausing import pause_sender
from hub.outbox.queries import list_pauses
from hub.outbox.words import BlockReason, MessageState
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.orders import an_event
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

PAGES = (
    "/settings/operations",
    "/settings/operations/unknown",
    "/settings/operations/provider-events",
    "/settings/operations/quarantine",
    "/settings/operations/auto-replies",
    "/settings/operations/storms",
    "/settings/operations/orders",
)
MOST_STATEMENTS = 16
"""The overview asks each room once, and there are more rooms than on any other page; its lists keep to 12."""
NASTY = b"From: <script>alert(1)</script>@x.example\r\nSubject: caf\xe9\r\n\r\n<b>hello</b>\0"


@pytest.fixture
def store(session: Session) -> Store:
    make_chain(session)
    return make_store(session)


@pytest.fixture
def admin(client: FlaskClient, session: Session, store: Store) -> FlaskClient:
    return log_in(client, make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR))


def make_arrival(session: Session, raw: bytes = NASTY, **changes: Any) -> Arrival:
    arrival_id = store_arrival(
        raw,
        way=ArrivalWay.LISTENER,
        mailbox="lyon@hub.example",
        mail_from="anne@client.example",
        recipients=["lyon@hub.example"],
        now=TUESDAY,
        machine_now=TUESDAY,
    )
    row = session.get_one(Arrival, arrival_id)
    for name, value in {"state": ArrivalState.QUARANTINED, "reason": "no readable part", **changes}.items():
        setattr(row, name, value)
    session.flush()
    return row


def make_auto_reply(session: Session) -> Arrival:
    return make_arrival(
        session,
        b"Subject: absent\r\n\r\nabsent",
        state=ArrivalState.SORTED,
        kind=ArrivalKind.AUTO_REPLY,
        reason="auto-reply that belongs to no ticket",
    )


def make_unknown(session: Session, number: int = 1, purpose: Purpose = Purpose.PROMOTION) -> OutboundMessage:
    dora = make_customer(session) if number == 1 else None
    row = post_draft(session, f"m:{number}", purpose=purpose, customer_id=dora.id if dora else None)
    row.state, row.ended_at, row.recipient = MessageState.UNKNOWN, TUESDAY, "dora@client.example"
    session.flush()
    return row


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_empty_and_filled_in_both_languages(
    admin: FlaskClient, session: Session, path: str
) -> None:
    assert admin.get(path).status_code == 200
    make_arrival(session)
    make_auto_reply(session)
    make_unknown(session)
    take_in(an_event(store="PAR"), source="shop", now=TUESDAY)
    with counted_statements() as seen:
        page = admin.get(f"{path}?lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert len(seen) <= (MOST_STATEMENTS if path == PAGES[0] else 12), seen
    assert admin.get(f"{path}?after=nonsense").status_code in {200, 400, 422}


@pytest.mark.parametrize(
    "path", [*PAGES, "/settings/operations/mails/1", "/settings/operations/mails/1/source"]
)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_enter(
    client: FlaskClient, session: Session, store: Store, role: Role, path: str
) -> None:
    store_ids = () if role is Role.REGION_MANAGER else (store.id,)
    log_in(client, make_agent(session, role=role, store_ids=store_ids))
    assert client.get(path).status_code == 403


def test_the_page_says_what_is_due_and_since_when(admin: FlaskClient, session: Session) -> None:
    dora = make_customer(session)
    for number, hours in enumerate((3, 1, -1)):
        due_at = TUESDAY - timedelta(hours=hours)
        post_draft(session, f"w:{number}", customer_id=dora.id, due_at=due_at)
    make_arrival(session, b"Subject: x\r\n\r\nx", state=ArrivalState.WAITING)
    with counted_statements() as seen:
        page = admin.get("/settings/operations/work?lang=en").text
    assert len(seen) <= 2 * len(JOBS) + 4, "each room is asked once, and for its oldest row when it has work"
    found = dict(
        re.findall(r'<code class="muted">([a-z._]+)</code></th>\s*<td class="t-number">([\w]+)', page)
    )
    assert (found["outbox.default"], found["outbox.urgent"], found["arrivals"]) == ("2", "0", "1")
    row = page[page.index("outbox.default") :].partition("</tr>")[0]
    assert "3 h" in row
    assert set(found) == set(JOBS)


def test_rows_that_were_put_off_are_shown_with_their_reason(admin: FlaskClient, session: Session) -> None:
    assert "Put off after an error" not in admin.get("/settings/operations/work?lang=en").text
    for _ in range(2):
        apart.put_off("scheduled_replies", 4711, "OverflowError: <b>too large</b>", machine_now=TUESDAY)
    page = admin.get("/settings/operations/work?lang=en").text
    row = page[page.index("Put off after an error") :]
    assert "Reply sent later (id) 4711" in row
    assert "OverflowError: &lt;b&gt;too large" in row
    assert '<td class="t-number">2</td>' in row


def test_a_kind_that_cannot_be_looked_at_stops_no_other(
    session: Session, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is rung for as well: its drain says what is wrong."""
    make_arrival(session, b"Subject: x\r\n\r\nx", state=ArrivalState.WAITING)

    def fall() -> bool:
        raise KeyError("Europe/Nowhere")

    monkeypatch.setitem(JOBS, "alerts", replace(JOBS["alerts"], has_due=fall))
    assert set(sweep()) == {"alerts", "arrivals"}


def test_the_clock_is_seen_when_it_looks_at_its_table(admin: FlaskClient, session: Session) -> None:
    page = admin.get("/settings/operations?lang=en").text
    assert "never seen" in page
    assert "does not run" in page
    schedule.ring_scheduled(TUESDAY)
    seen_at = clock.find_last_tick_at()
    assert seen_at is not None
    assert clock.machine_now() - seen_at < timedelta(seconds=30)
    page = admin.get("/settings/operations?lang=en").text
    assert "never seen" not in page
    assert "does not run" not in page
    clock.note_tick(machine_now=clock.machine_now() - timedelta(minutes=5))
    assert "does not run" in admin.get("/settings/operations?lang=en").text


def test_workers_are_those_redis_knows_of(settings: Config) -> None:
    from hub.core.bell import connect_redis

    assert workers.look(None, machine_now=TUESDAY) is None
    assert workers.look("redis://127.0.0.1:1/0", machine_now=TUESDAY) is None
    assert settings.redis_url
    from rq import Queue, Worker

    connection = connect_redis(settings.redis_url)
    worker = Worker([Queue("urgent", connection=connection)], connection=connection, name="of-this-test")
    worker.register_birth()
    try:
        now = clock.machine_now()
        floor = workers.look(settings.redis_url, machine_now=now)
        assert floor is not None
        mine = next(each for each in floor.workers if each.name == "of-this-test")
        assert (mine.is_alive, mine.is_busy) == (True, False)
        later = workers.look(settings.redis_url, machine_now=now + timedelta(minutes=10))
        assert later is not None
        assert not next(each for each in later.workers if each.name == "of-this-test").is_alive
    finally:
        worker.register_death()


def test_a_paused_channel_says_why_and_is_resumed(admin: FlaskClient, session: Session) -> None:
    dora = make_customer(session)
    row = post_draft(session, customer_id=dora.id)
    pause_sender(Channel.EMAIL, "535 authentication failed", wait=timedelta(hours=4), now=TUESDAY)
    row.reason, row.due_at = BlockReason.SENDER_PAUSED, TUESDAY + timedelta(hours=4)
    session.flush()
    page = admin.get("/settings/operations?lang=en").text
    assert "535 authentication failed" in page
    assert "Resume E-mail" in page
    assert admin.post("/settings/operations/resume", data={"channel": "email"}).status_code == 302
    session.expire_all()
    assert list_pauses(now=TUESDAY) == []
    assert row.due_at == TUESDAY
    assert "sender.resumed" in session.scalars(select(AuditEntry.action)).all()
    assert "535" not in admin.get("/settings/operations?lang=en").text
    admin.post("/settings/operations/resume", data={"channel": "pigeon"})
    assert "Please choose a channel" in admin.get("/settings/operations?lang=en").text


def test_channels_without_settings_say_so(admin: FlaskClient) -> None:
    page = admin.get("/settings/operations?lang=en").text
    assert page.count("not set up") == 3
    assert "Its messages wait and nothing is lost." in page


def test_an_unknown_message_is_sent_again_or_left(admin: FlaskClient, session: Session) -> None:
    again, left = make_unknown(session, purpose=Purpose.SERVICE), make_unknown(session, 2)
    page = admin.get("/settings/operations/unknown?lang=en").text
    assert "dora@client.example" in page
    admin.post(f"/settings/operations/unknown/{again.id}", data={"act": "again"})
    admin.post(f"/settings/operations/unknown/{left.id}", data={"act": "leave"})
    session.expire_all()
    assert (again.state, left.state) == (MessageState.WAITING, MessageState.UNKNOWN)
    assert "Nothing to decide" in admin.get("/settings/operations/unknown?lang=en").text
    admin.post(f"/settings/operations/unknown/{left.id}", data={"act": "again"})
    page = admin.get("/settings/operations/unknown?lang=en").text
    assert "Somebody has decided on this message meanwhile." in page
    assert admin.post("/settings/operations/unknown/999999", data={"act": "again"}).status_code == 404


def test_an_unknown_offer_can_only_be_left(admin: FlaskClient, session: Session) -> None:
    offer = make_unknown(session)
    page = admin.get("/settings/operations/unknown?lang=en").text
    assert "Leave it" in page
    assert "Send again" not in page
    where = f"/settings/operations/unknown/{offer.id}"
    assert "never sent twice" in admin.post(where, data={"act": "again"}, follow_redirects=True).text
    session.expire_all()
    assert offer.state is MessageState.UNKNOWN
    make_unknown(session, 2, purpose=Purpose.SERVICE)
    assert "Send again" in admin.get("/settings/operations/unknown?lang=en").text


def test_a_quarantined_mail_is_read_as_text_and_released(admin: FlaskClient, session: Session) -> None:
    row = make_arrival(session)
    page = admin.get("/settings/operations/quarantine?lang=en").text
    assert "no readable part" in page
    source = admin.get(f"/settings/operations/mails/{row.id}?lang=en").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in source
    assert "<script>alert" not in source
    assert "<b>hello" not in source
    raw = admin.get(f"/settings/operations/mails/{row.id}/source")
    assert raw.data == NASTY
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert raw.mimetype == "application/octet-stream"
    admin.post(f"/settings/operations/mails/{row.id}/release")
    session.expire_all()
    assert (row.state, row.attempt_count) == (ArrivalState.WAITING, 0)
    assert "arrival.released" in session.scalars(select(AuditEntry.action)).all()
    assert admin.get(f"/settings/operations/mails/{row.id}").status_code == 404
    admin.post(f"/settings/operations/mails/{row.id}/release")
    assert "not in quarantine any more" in admin.get("/settings/operations/quarantine?lang=en").text


def test_an_ordinary_mail_cannot_be_read_here(admin: FlaskClient, session: Session) -> None:
    row = make_arrival(session, state=ArrivalState.SORTED, kind=ArrivalKind.MESSAGE, reason=None)
    assert admin.get(f"/settings/operations/mails/{row.id}").status_code == 404
    assert admin.get(f"/settings/operations/mails/{row.id}/source").status_code == 404


def test_an_unseen_auto_reply_is_listed_with_its_reason(admin: FlaskClient, session: Session) -> None:
    row = make_auto_reply(session)
    page = admin.get("/settings/operations/auto-replies?lang=en").text
    assert "auto-reply that belongs to no ticket" in page
    assert "absent" in admin.get(f"/settings/operations/mails/{row.id}").text
    row.ticket_id = 1
    assert "No such auto-reply" in admin.get("/settings/operations/auto-replies?lang=en").text


def test_auto_replies_that_a_person_wrote_become_tickets_from_the_list_and_from_their_page(
    admin: FlaskClient, session: Session
) -> None:
    row, listed = make_auto_reply(session), "/settings/operations/auto-replies"
    act = f"/settings/operations/mails/{row.id}/release?list=auto_replies"
    page = admin.get(f"{listed}?lang=en").text
    assert f'action="{act}"' in page
    assert f'action="{act}"' in admin.get(f"/settings/operations/mails/{row.id}").text
    assert admin.post(act).headers["Location"] == listed
    assert "The mail becomes a ticket shortly." in admin.get(f"{listed}?lang=en").text
    session.expire_all()
    assert (row.state, row.kind) == (ArrivalState.WAITING, ArrivalKind.AUTO_REPLY)
    row.state = ArrivalState.SORTED
    many = "/settings/operations/quarantine/release?list=auto_replies"
    assert f'action="{many}"' in admin.get(listed).text
    assert admin.post(many, data={"arrival_id": [row.id]}).headers["Location"] == listed
    session.expire_all()
    assert row.state is ArrivalState.WAITING


def test_a_refused_order_is_taken_in_once_its_store_exists(admin: FlaskClient, session: Session) -> None:
    payload = {**an_event(store="PAR"), "note": "<i>1.0</i>", "weight": 1e3}
    assert take_in(payload, source="shop", now=TUESDAY).outcome is EventOutcome.REFUSED
    event = session.scalars(select(OrderEvent)).one()
    page = admin.get("/settings/operations/orders?lang=en").text
    assert "No store has the code “PAR”." in page
    assert "&lt;i&gt;1.0&lt;/i&gt;" in page
    admin.post(f"/settings/operations/orders/{event.id}?lang=en")
    assert (
        "It is refused again: No store has the code" in admin.get("/settings/operations/orders?lang=en").text
    )
    paris = make_store(session, "Paris", code="PAR", slug="paris", mailbox="paris")
    admin.post(f"/settings/operations/orders/{event.id}")
    session.expire_all()
    assert session.scalars(select(Order.store_id)).one() == paris.id
    kept = session.scalars(select(OrderEvent)).one()  # the same event, not another one
    assert (kept.outcome, kept.reason) == (EventOutcome.TAKEN, None)
    assert "No refused order" in admin.get("/settings/operations/orders?lang=en").text
    admin.post(f"/settings/operations/orders/{event.id}")
    assert "has been taken in meanwhile" in admin.get("/settings/operations/orders?lang=en").text
    assert admin.post("/settings/operations/orders/999999").status_code == 404


def test_an_old_refused_event_does_not_overtake_a_newer_one(session: Session, store: Store) -> None:
    from hub.core.actor import SYSTEM
    from hub.orders.retaking import take_in_again

    old = {**an_event(store="PAR", state="placed"), "updated_at": "2026-03-01T10:00:00+01:00"}
    take_in(old, source="shop", now=TUESDAY)
    take_in(an_event(), source="shop", now=TUESDAY)
    make_store(session, "Paris", code="PAR", slug="paris", mailbox="paris")
    refused = session.scalars(select(OrderEvent).where(OrderEvent.outcome == EventOutcome.REFUSED)).one()
    taken = take_in_again(refused.id, by=SYSTEM, now=TUESDAY + timedelta(days=1))
    assert taken.outcome is EventOutcome.STALE
    assert session.scalars(select(Order.store_id)).one() == store.id


def test_what_is_no_object_is_refused_again_without_harm(session: Session, store: Store, app: Flask) -> None:
    from hub.core.actor import SYSTEM
    from hub.orders.retaking import take_in_again

    for payload in ([1, 2], "text", {"external_id": 7, "deep": {"a": [None, 1.5]}}):
        take_in(payload, source="shop", now=TUESDAY)
    for event in session.scalars(select(OrderEvent)).all():
        assert take_in_again(event.id, by=SYSTEM, now=TUESDAY).outcome is EventOutcome.REFUSED
    assert len(session.scalars(select(OrderEvent)).all()) == 3
