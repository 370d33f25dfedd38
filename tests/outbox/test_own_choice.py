"""Tests 2 and 4 of the gate on real rows: themes, an open double opt-in, the customer's own frequency and pause."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.actor import CUSTOMER
from hub.core.words import Channel, Language, Purpose
from hub.customers import optin
from hub.customers.consents import record_consent
from hub.customers.identity import find_or_create_customer
from hub.customers.preferences import Proof, pause, read_preferences, save_preferences
from hub.customers.rows import CustomerDetails
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.outbox import actions as outbox
from hub.outbox.rules import Answer, ContactFacts, MessageFacts, Policy, decide
from hub.outbox.words import BlockReason, MessageState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.outbox import give_consent, make_template, post_draft
from tests.makers.sink import Sink

DORA = "dora@client.example"
Send = Callable[[], None]


def say(theme: str, action: ConsentAction, days: int = 0) -> None:
    record_consent(
        address_kind=AddressKind.MAIL,
        address=DORA,
        channel=Channel.EMAIL,
        purpose=Purpose.PROMOTION,
        theme=theme,
        action=action,
        legal_basis=LegalBasis.CONSENT,
        wording="Oui",
        wording_version="1",
        collection_point="form:test",
        by=CUSTOMER,
        now=TUESDAY + timedelta(days=days),
    )


def choose(frequency: tuple[int, int] | None) -> None:
    found = read_preferences(DORA, Channel.EMAIL, channels=[], themes=[], now=TUESDAY)
    save_preferences(
        found,
        shown=[],
        wanted=[],
        frequency=frequency,
        language=None,
        proof=Proof(None, None),
        now=TUESDAY,
    )


@pytest.mark.parametrize(
    ("said", "theme", "is_sent"),
    [
        ([("", ConsentAction.GIVEN)], "kitchen", True),
        ([("", ConsentAction.GIVEN), ("kitchen", ConsentAction.WITHDRAWN)], "kitchen", False),
        ([("", ConsentAction.GIVEN), ("kitchen", ConsentAction.WITHDRAWN)], "garden", True),
        ([("kitchen", ConsentAction.GIVEN)], "kitchen", True),
        ([("kitchen", ConsentAction.GIVEN)], "garden", False),
        ([("kitchen", ConsentAction.GIVEN)], "", False),
        ([("kitchen", ConsentAction.GIVEN), ("", ConsentAction.WITHDRAWN)], "kitchen", False),
        ([("", ConsentAction.WITHDRAWN), ("kitchen", ConsentAction.GIVEN)], "kitchen", True),
    ],
)
def test_a_theme_is_refused_or_wanted_by_itself(
    session: Session,
    send: Send,
    sink: Sink,
    hand_clock: HandClock,
    said: list[tuple[str, ConsentAction]],
    theme: str,
    is_sent: bool,
) -> None:
    dora = make_customer(session)
    for days, (name, action) in enumerate(said):
        say(name, action, days - 5)
    row = post_draft(session, purpose=Purpose.PROMOTION, customer_id=dora.id, theme=theme)
    send()
    assert (row.state is MessageState.ACCEPTED) is is_sent
    assert is_sent or row.reason is BlockReason.NO_CONSENT


def test_an_unconfirmed_address_receives_the_confirmation_and_nothing_else(
    session: Session, send: Send, sink: Sink
) -> None:
    new = [(AddressKind.MAIL, "eva@client.example")]
    unknown = optin.list_unknown(new)
    eva = find_or_create_customer(CustomerDetails(email="eva@client.example"), now=TUESDAY)
    optin.mark_unconfirmed(unknown, now=TUESDAY)
    give_consent("eva@client.example")
    request = optin.ask_optin(
        address="eva@client.example",
        wishes=[],
        wording_version="1",
        collection_point="form:test",
        language=Language.FRENCH,
        now=TUESDAY,
    )
    publish_builtin_templates(now=TUESDAY)
    outbox.ask_to_confirm(request, customer_id=eva, about="Le club", now=TUESDAY)
    purposes = (Purpose.PROMOTION, Purpose.SURVEY, Purpose.SERVICE, Purpose.TRANSACTIONAL)
    rows = [post_draft(session, f"eva:{each}", purpose=each, customer_id=eva) for each in purposes]
    send()
    assert [taken.mail["Subject"] for taken in sink.taken] == [
        "Maison Verel\N{NO-BREAK SPACE}: confirmez votre inscription"
    ]
    assert {(row.state, row.reason, row.reason_detail) for row in rows} == {
        (MessageState.BLOCKED, BlockReason.NO_CONSENT, "unconfirmed")
    }
    find_or_create_customer(CustomerDetails(email="eva@client.example"), now=TUESDAY)  # an order names it too
    late = post_draft(session, "eva:late", purpose=Purpose.TRANSACTIONAL, customer_id=eva)
    send()
    assert late.state is MessageState.ACCEPTED


def test_her_own_frequency_counts_all_advertising_together(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    give_consent(DORA)
    give_consent(DORA, Purpose.NEWSLETTER)
    choose((1, 7))
    first = post_draft(session, "one", purpose=Purpose.PROMOTION, customer_id=dora.id)
    second = post_draft(session, "two", purpose=Purpose.NEWSLETTER, customer_id=dora.id)
    service = post_draft(session, "three", purpose=Purpose.SERVICE, customer_id=dora.id)
    send()
    states = [first.state, second.state]
    assert sorted(states) == sorted([MessageState.ACCEPTED, MessageState.WAITING])
    waiting = first if first.state is MessageState.WAITING else second
    assert (waiting.reason, waiting.due_at) == (BlockReason.OWN_FREQUENCY, TUESDAY + timedelta(days=7))
    assert service.state is MessageState.ACCEPTED
    hand_clock.move(days=7)
    send()
    assert waiting.state is MessageState.ACCEPTED


def test_a_pause_makes_advertising_wait_and_service_leave(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    give_consent(DORA)
    pause(read_preferences(DORA, Channel.EMAIL, channels=[], themes=[], now=TUESDAY), now=TUESDAY)
    offer = post_draft(session, "one", purpose=Purpose.PROMOTION, customer_id=dora.id)
    service = post_draft(session, "two", purpose=Purpose.SERVICE, customer_id=dora.id)
    send()
    assert service.state is MessageState.ACCEPTED
    assert (offer.state, offer.reason) == (MessageState.WAITING, BlockReason.OWN_FREQUENCY)
    assert offer.due_at == TUESDAY + timedelta(days=30)
    hand_clock.move(days=30)
    send()
    assert offer.state is MessageState.ACCEPTED


def test_replies_and_staff_pass_an_open_double_opt_in() -> None:
    contact = ContactFacts(is_unconfirmed=True)
    for purpose in (Purpose.REPLY, Purpose.STAFF):
        message = MessageFacts(Channel.EMAIL, purpose, DORA, purpose)
        assert decide(message, contact, Policy(), TUESDAY).answer is Answer.NOW


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_her_own_frequency_counts_reminders_of_surveys_too(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock, is_one_batch: bool
) -> None:
    dora = make_customer(session)
    give_consent(DORA)
    choose((1, 7))
    make_template(session, "test_reminder", Purpose.SERVICE, is_refusable=True)
    reminder = post_draft(session, "one", template_key="test_reminder", customer_id=dora.id, priority=1)
    if not is_one_batch:
        send()
    offer = post_draft(session, "two", purpose=Purpose.PROMOTION, customer_id=dora.id)
    send()
    assert reminder.state is MessageState.ACCEPTED
    assert (offer.state, offer.reason) == (MessageState.WAITING, BlockReason.OWN_FREQUENCY)
