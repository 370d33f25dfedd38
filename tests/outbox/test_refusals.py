"""A message knows that its customer refused further ones because of it, whichever way he said so; nobody else's no counts."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import Channel, Purpose
from hub.customers import actions as customers
from hub.customers.preferences import Proof, read_preferences, save_preferences, stop_everything
from hub.customers.restarting import stop_phone
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.outbox import actions as outbox
from hub.outbox import addresses
from hub.outbox.actions.reports import apply_receipt
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState, ReceiptKind
from hub.reactions.drain import work_facts
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.outbox import make_template, post_draft
from tests.makers.stores import make_chain

SENT = TUESDAY - timedelta(days=2)
NOBODY = Proof(ip=None, user_agent=None)
Way = Callable[[OutboundMessage], object]


def click(row: OutboundMessage, purpose: Purpose | None = None) -> None:
    url = addresses.unsubscribe_url(
        "https://hub.example", address=str(row.recipient), channel=row.channel, purpose=purpose or row.purpose
    )
    outbox.unsubscribe(url.rpartition("/")[2], now=TUESDAY)


def choose(row: OutboundMessage, *, stops: bool) -> None:
    known = {"channels": [row.channel], "themes": (), "now": TUESDAY}
    found = read_preferences(str(row.recipient), row.channel, **known)
    if stops:
        stop_everything(found, proof=NOBODY, now=TUESDAY)
        return
    shown = [box.key for box in found.boxes]
    save_preferences(found, shown=shown, wanted=(), frequency=None, language=None, proof=NOBODY, now=TUESDAY)


def write_stop(row: OutboundMessage) -> None:
    said = {"wording": "STOP", "now": TUESDAY, "happened_at": TUESDAY}
    if row.channel is Channel.EMAIL:
        customers.stop_messages(
            address=str(row.recipient), channel=row.channel, collection_point="mail:1", **said
        )
    else:
        stop_phone(phone=str(row.recipient), channel=row.channel, arrival_id=1, **said)


def receive(row: OutboundMessage, kind: ReceiptKind) -> None:
    apply_receipt(row, kind, status="1", recipient=None, now=TUESDAY)


def say_for_him(row: OutboundMessage) -> None:
    customers.record_consent(
        address_kind=AddressKind.MAIL,
        address=str(row.recipient),
        channel=row.channel,
        purpose=row.purpose,
        action=ConsentAction.WITHDRAWN,
        legal_basis=LegalBasis.CONSENT,
        wording="Non",
        wording_version="",
        collection_point="desk",
        by=SYSTEM,
        now=TUESDAY,
    )


WAYS: dict[str, tuple[Way, Channel, Purpose, bool]] = {
    "link": (click, Channel.EMAIL, Purpose.NEWSLETTER, True),
    "link of a thanks": (lambda row: click(row, Purpose.SURVEY), Channel.EMAIL, Purpose.SERVICE, True),
    "page of choices": (lambda row: choose(row, stops=False), Channel.EMAIL, Purpose.SURVEY, True),
    "everything": (lambda row: choose(row, stops=True), Channel.EMAIL, Purpose.PROMOTION, True),
    "STOP by mail": (write_stop, Channel.EMAIL, Purpose.PROMOTION, True),
    "STOP by text": (write_stop, Channel.SMS, Purpose.PROMOTION, True),
    "STOP by WhatsApp": (write_stop, Channel.WHATSAPP, Purpose.PROMOTION, True),
    "provider": (lambda row: receive(row, ReceiptKind.UNSUBSCRIBE), Channel.EMAIL, Purpose.PROMOTION, True),
    "complaint": (lambda row: receive(row, ReceiptKind.COMPLAINT), Channel.EMAIL, Purpose.PROMOTION, False),
    "said for him": (say_for_him, Channel.EMAIL, Purpose.PROMOTION, False),
    "another kind": (lambda row: click(row, Purpose.SURVEY), Channel.EMAIL, Purpose.NEWSLETTER, False),
}
"""What is said, what about, and whether the message made him refuse (a complaint is a figure of its own)."""


def test_every_way_to_refuse_is_noted_with_the_last_message(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    make_template(session, "test_service", Purpose.SERVICE, is_refusable=True)
    rows: dict[str, tuple[OutboundMessage, ...]] = {}
    for number, (way, (_, channel, purpose, _noted)) in enumerate(WAYS.items()):
        who = make_customer(
            session, f"Anne{number}", mail=f"anne{number}@client.example", phone=f"+336120000{number:02}"
        )
        rows[way] = tuple(
            post_draft(session, f"{way}:{key}", channel=channel, purpose=purpose, customer_id=who.id)
            for key in ("before", "last")
        )
        for row, at in zip(rows[way], (SENT - timedelta(days=1), SENT), strict=True):
            row.state, row.accepted_at = MessageState.ACCEPTED, at
    session.flush()
    for way, (say, *_rest) in WAYS.items():
        say(rows[way][1])
        while work_facts(lambda: None):
            pass
    found = dict(session.execute(select(OutboundMessage.id, OutboundMessage.refused_at)).all())
    for way, (*_rest, is_noted) in WAYS.items():
        before, last = (found[row.id] for row in rows[way])
        assert (before, last) == (None, TUESDAY if is_noted else None), way
