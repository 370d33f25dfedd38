"""Messages by hand: eleven of them with all that can become of one, counted on the day they left, and what is heard later."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.blueprints import sending_words
from hub.core.actor import SYSTEM
from hub.core.words import Channel, Purpose
from hub.customers.words import ConsentAction
from hub.identity import erasing
from hub.outbox.actions.refusals import ATTRIBUTED_DAYS
from hub.outbox.actions.reports import apply_receipt
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.outbox.tracking.changing import change_tracking, get_tracking
from hub.outbox.tracking.models import LinkClick, MessageOpening
from hub.outbox.tracking.noting import Asked, Hit, note_click
from hub.outbox.tracking.policy import is_tracked
from hub.outbox.tracking.words import Opener, OpenPolicy, Sign, Visitor
from hub.outbox.words import BlockReason, MessageState, ReceiptKind
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import Role
from hub.statistics.columns.marking import find_zone
from hub.statistics.columns.sources import list_rows
from hub.statistics.measuring.door import measure
from hub.statistics.queries import read_filters
from hub.statistics.rules import REFUSED_WITHIN_DAYS, Filters, sides
from hub.statistics.words import Dimension, Subject
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.outbox import give_consent, post_draft
from tests.makers.page_tables import check_files
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import find_differing, gather_all, work_off
from tests.makers.stores import make_chain, make_store

PAGE = "/statistics/messages/"
MOST_STATEMENTS = 12
DAY = timedelta(days=1)
MONDAY_NIGHT = datetime.fromisoformat("2026-03-02T23:30:00+01:00")
MEASURED = frozenset({"Ann", "Ben"})
SENT = MessageState.ACCEPTED


class Post:
    """Messages as they stand in the end, each with its own customer of Lyon."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon, self.lille = make_store(session), make_store(session, "Lille", code="LIL")
        self.people: dict[str, int] = {}

    def mail(self, name: str) -> str:
        return f"{name.casefold()}@client.example"

    def send(
        self, name: str, state: MessageState = SENT, *, at: datetime = TUESDAY, purpose: Purpose = Purpose.PROMOTION, **fields: Any
    ) -> OutboundMessage:  # fmt: skip
        if name not in self.people:
            who = make_customer(
                self.session, name, mail=self.mail(name), phone=None, preferred_store_id=self.lyon.id
            )
            self.people[name] = who.id
        key = f"{name}:{purpose}:{at}"
        row = post_draft(
            self.session, key, purpose=purpose, customer_id=self.people[name], store_id=self.lyon.id
        )
        left = state in {SENT, MessageState.DELIVERED, MessageState.BOUNCED}
        known = {
            "state": state,
            "recipient": self.mail(name),
            "ended_at": at,
            "accepted_at": at if left else None,
            "is_opening_measured": name in MEASURED and is_tracked(purpose),
        }
        for field, value in (known | fields).items():
            setattr(row, field, value)
        self.session.flush()
        return row

    def receipt(self, row: OutboundMessage, kind: ReceiptKind) -> None:
        self.session.add(DeliveryReceipt(message_id=row.id, kind=kind, reference=kind, received_at=TUESDAY))

    def opening(self, row: OutboundMessage, opener: Opener) -> None:
        self.session.add(MessageOpening(message_id=row.id, opener=opener, first_at=TUESDAY, last_at=TUESDAY))

    def click(self, row: OutboundMessage, label: Visitor) -> None:
        self.session.add(
            LinkClick(message_id=row.id, position=0, link_count=1, clicked_at=TUESDAY, label=label, sign=Sign.NONE)
        )  # fmt: skip


@pytest.fixture
def post(session: Session, hand_clock: HandClock) -> SimpleNamespace:
    """Nine left (Ann got four), two did not; Ann and Ben let us measure openings."""
    make_chain(session)
    post = Post(session)
    ann, ben, eve = post.send("Ann"), post.send("Ben"), post.send("Eve")
    post.opening(ann, Opener.PROGRAM)
    post.click(ann, Visitor.HUMAN)
    post.opening(ben, Opener.APPLE)
    post.click(ben, Visitor.MACHINE)
    post.receipt(post.send("Cid", MessageState.BOUNCED), ReceiptKind.HARD_BOUNCE)
    post.receipt(post.send("Dan"), ReceiptKind.SOFT_BOUNCE)
    post.receipt(eve, ReceiptKind.COMPLAINT)
    give_consent(post.mail("Eve"), action=ConsentAction.WITHDRAWN, now=TUESDAY + 2 * DAY)
    post.send("Fay", MessageState.BLOCKED, reason=BlockReason.NO_CONSENT)
    post.send("Gus", MessageState.FAILED)
    post.send("Ann", at=MONDAY_NIGHT, purpose=Purpose.NEWSLETTER)
    post.send("Ann", at=MONDAY_NIGHT + timedelta(hours=1), purpose=Purpose.NEWSLETTER)
    post.send("Ann", purpose=Purpose.REPLY)
    post.send(
        "Hal", MessageState.DELIVERED, purpose=Purpose.SERVICE, channel=Channel.SMS, store_id=post.lille.id
    )
    work_off()
    return SimpleNamespace(post=post, ann=ann, ben=ben, lyon=post.lyon, lille=post.lille)


def seen(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return plain_words(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def plain_words(text: str) -> str:
    return re.sub(r"[\s\u202f\u00a0]+", " ", text).strip()


def test_each_message_counts_once_on_the_day_it_left(
    post: SimpleNamespace, client: FlaskClient, session: Session
) -> None:
    gather_all()
    log_in(client, make_agent(session, role=Role.MANAGER))
    with counted_statements() as statements:
        text = seen(client, PAGE)
    assert len(statements) <= MOST_STATEMENTS
    assert "Messages envoyés 9 " in text
    assert "Remis 77,8 % 7 sur 9 · intervalle à 95 % : 45,3 % à 93,7 % · à titre indicatif" in text
    assert "Retournés 22,2 % 2 sur 9" in text
    assert "1 définitivement, 1 pour l’instant" in text
    assert "Ouvert 25,0 % 1 sur 4" in text, "of four mails that could be measured"
    assert "Cliqués 14,3 % 1 sur 7" in text, "a machine's click is none"
    assert "Désabonnés 14,3 % 1 sur 7" in text
    assert "Plaintes pour spam 14,3 % 1 sur 7" in text
    assert "2 mars 1 1 3 mars 8 6" in text, "the day of a message begins at midnight in Paris"
    assert re.search(r"Messages Clients 1 3 2 0 3 1 4 0 5 ou plus 0", text), (
        "the newsletters to Ann count too"
    )
    assert "Le client n’a pas donné son accord. 1 50 % Le prestataire l’a refusé. 1 50 %" in text
    lines = client.get(f"{PAGE}by-message.csv").get_data(as_text=True).splitlines()
    assert any(line.endswith(";E-mail;test_promotion;5;3;2;1;1;1;1;2;1;1;2") for line in lines)
    assert check_files(client, PAGE) == 5
    assert "SMS 1 1 sur 1, peu" in seen(client, f"{PAGE}?channel=sms")
    assert "Aucun message sur cette période" in seen(client, f"{PAGE}?until=2026-02-27&since=2026-02-20")


def test_a_store_sees_its_messages_and_what_its_customers_got(
    post: SimpleNamespace, client: FlaskClient, session: Session
) -> None:
    gather_all()
    log_in(client, make_agent(session, role=Role.STORE_MANAGER, store_ids=(post.lyon.id,)))
    text = seen(client, PAGE)
    assert "Messages envoyés 8 " in text, "the text message was Lille's"
    assert re.search(r"Messages Clients 0 4 1 3 2 0 3 1 4 0 5 ou plus 0", text), (
        "Cid, Fay, Gus and Hal got none"
    )
    year = seen(client, f"{PAGE}?compare=year")
    assert "un an avant : 0" in year
    assert "période précédente :" not in year, "last year is not the period before"


def test_shares_are_compared_where_both_sides_had_as_many_days(
    session: Session, client: FlaskClient, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of Monday had a day for a click: only Thursday's stands beside the two of the week before. A refusal has a week."""
    monkeypatch.setattr(sending_words, "FEW", 1)
    make_chain(session)
    post = Post(session)
    for name in ("Ann", "Ben", "Eve"):
        post.send(name, at=TUESDAY - DAY)
    post.send("Dan", at=TUESDAY - 11 * DAY)
    for days in (5, 11):
        post.click(post.send("Cid", at=TUESDAY - days * DAY), Visitor.HUMAN)
    work_off()
    gather_all()
    log_in(client, make_agent(session, role=Role.MANAGER))
    with counted_statements() as statements:
        text = seen(client, f"{PAGE}?period=7")
    assert len(statements) <= MOST_STATEMENTS
    assert "Cliqués 25,0 % 1 sur 4" in text
    assert "partis il y a plus de 3 jours : 100 % · période précédente : 50,0 %" in text
    assert text.count("trop tôt pour comparer : partis il y a moins de 7 jours") == 1
    assert "trop tôt" not in seen(client, f"{PAGE}?period=7&compare=none")
    asked = read_filters({"period": "7"}, now=TUESDAY)
    days_of = {key: sides(key, asked) for key in ("messages_clicked", "messages_unsubscribed")}
    assert days_of["messages_unsubscribed"] is None, "the API compares the same days"
    assert [each.until_on.day for each in days_of["messages_clicked"] or ()] == [27, 23]
    assert REFUSED_WITHIN_DAYS == ATTRIBUTED_DAYS


def test_what_is_heard_later_gathers_the_day_anew(post: SimpleNamespace, session: Session) -> None:
    """A click of a person, a mail that came back, a refusal: each by its own way, and a rebuild finds the same."""
    gather_all()
    viewer = SimpleNamespace(scope=SimpleNamespace(is_everything=True), agent_id=1)
    filters = Filters(since_on=TUESDAY.date(), until_on=TUESDAY.date(), time_zone="Europe/Paris")

    def counted(key: str) -> float:
        (found,) = measure(key, filters, viewer=viewer, now=TUESDAY)  # type: ignore[arg-type]  # of all stores
        return round((found.value or 0) * found.count)

    assert (counted("messages_clicked"), counted("messages_bounced"), counted("messages_unsubscribed")) == (
        1,
        2,
        1,
    )
    hit = Hit("GET", "Firefox", "source", None, TUESDAY + DAY)
    note_click(Asked(post.ben.id, post.ben.state, TUESDAY, 1), 0, hit)
    work_off()
    assert counted("messages_clicked") == 2
    assert find_differing() == []
    apply_receipt(post.ben, ReceiptKind.HARD_BOUNCE, status="5.1.1", recipient=None, now=TUESDAY + DAY)
    give_consent("ann@client.example", action=ConsentAction.WITHDRAWN, now=TUESDAY + DAY)
    work_off()
    assert (counted("messages_bounced"), counted("messages_unsubscribed")) == (3, 2)
    by_store = measure("messages_sent", filters, by=Dimension.STORE, viewer=viewer, now=TUESDAY)  # type: ignore[arg-type]
    assert [(each.group, each.count) for each in by_store] == [(post.lyon.id, 7), (post.lille.id, 1)]
    assert find_differing() == []


def test_neither_an_erasure_nor_another_choice_changes_what_was(
    post: SimpleNamespace, session: Session
) -> None:
    """Who refused, who was measured and everything else stands with the messages, which keep nothing of the person."""
    gather_all()
    change_tracking(replace(get_tracking(), opens=OpenPolicy.ALL), by=SYSTEM, now=TUESDAY + DAY)
    give_consent(post.post.mail("Ann"), Purpose.OPEN_MEASUREMENT, now=MONDAY_NIGHT - DAY)
    for name in post.post.people:
        erasing.ask_erasure(post.post.people[name], by=SYSTEM, now=TUESDAY + 3 * DAY)
    days = (MONDAY_NIGHT.date(), TUESDAY.date(), find_zone() or ZoneInfo("UTC"))
    before = list_rows(Subject.MESSAGES, *days)
    while erasing.work_erasures(lambda: None):
        pass
    session.expire_all()
    assert {each.recipient for each in session.scalars(select(OutboundMessage))} == {None}, "they ran"
    assert list_rows(Subject.MESSAGES, *days) == before
    work_off()
    assert find_differing() == []
    (found,) = measure(
        "messages_unsubscribed",
        Filters(since_on=TUESDAY.date(), until_on=TUESDAY.date(), time_zone="Europe/Paris"),
        viewer=SYSTEM_VIEWER,
        now=TUESDAY,
    )
    assert round((found.value or 0) * found.count) == 1
