"""A stop, a pause and a frequency hold for the whole person; the page shows what is blocked and who may end it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import Channel, Purpose
from hub.customers.actions import (
    CustomerDetails,
    CustomerEdit,
    edit_customer,
    find_or_create_customer,
    stop_messages,
    suppress,
)
from hub.customers.identity import take_address
from hub.customers.models import Customer
from hub.customers.preferences import (
    Preferences,
    Proof,
    pause,
    read_preferences,
    save_preferences,
    stop_everything,
)
from hub.customers.queries import get_consent_states, get_contact_notes, get_suppressed
from hub.customers.rules import choose_answer
from hub.customers.words import AddressKind, ConsentAction, SuppressionReason
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent

DORA, OTHER = "dora@client.example", "dora@work.example"
PHONE, NEW = "+33612345678", "+33639980011"
LATER = TUESDAY + timedelta(days=1)
NOBODY = Proof(None, None)
CHOSEN = (Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER)


@pytest.fixture
def dora(session: Session) -> Customer:
    """Two mail addresses and a phone."""
    row = make_customer(session)
    take_address(AddressKind.MAIL, OTHER, row.id, TUESDAY)
    return row


def read(address: str = DORA, channel: Channel = Channel.EMAIL, *, now: datetime = LATER) -> Preferences:
    return read_preferences(address, channel, channels=[Channel.SMS], themes=[], now=now)


def save(found: Preferences, *wanted: str) -> None:
    save_preferences(
        found,
        shown=[box.key for box in found.boxes],
        wanted=wanted,
        frequency=None,
        language=None,
        proof=NOBODY,
        now=LATER,
    )


def is_refused(address: str, channel: Channel, purpose: Purpose, theme: str = "") -> bool:
    said = get_consent_states([address]).get(address, [])
    return choose_answer(said, channel, purpose, theme) is ConsentAction.WITHDRAWN


def test_everything_is_every_address_and_every_channel(session: Session, dora: Customer) -> None:
    say_consent(OTHER)
    found = read_preferences(DORA, Channel.EMAIL, channels=[Channel.EMAIL], themes=[], now=LATER)
    stop_everything(found, proof=NOBODY, now=LATER)
    for address, channel in (
        (DORA, Channel.EMAIL),
        (OTHER, Channel.EMAIL),
        (PHONE, Channel.SMS),
        (PHONE, Channel.WHATSAPP),
    ):
        assert all(is_refused(address, channel, purpose) for purpose in CHOSEN)


def test_a_pause_and_a_frequency_hold_for_every_address(session: Session, dora: Customer) -> None:
    found = read_preferences(DORA, Channel.EMAIL, channels=[Channel.EMAIL], themes=[], now=TUESDAY)
    until = pause(found, now=TUESDAY)
    save_preferences(found, shown=[], wanted=[], frequency=(1, 30), language=None, proof=NOBODY, now=TUESDAY)
    notes = get_contact_notes([DORA, OTHER, PHONE])
    assert {(note.paused_until, note.cap_count, note.cap_days) for note in notes.values()} == {(until, 1, 30)}
    assert notes.keys() == {DORA, OTHER, PHONE}


@pytest.mark.parametrize("way", ["order", "staff"])
def test_an_address_added_later_takes_over_stop_pause_and_frequency(session: Session, way: str) -> None:
    dora = make_customer(session, phone=None)
    found = read(now=TUESDAY)
    until = pause(found, now=TUESDAY)
    stop_everything(found, proof=NOBODY, now=TUESDAY)
    if way == "order":
        find_or_create_customer(CustomerDetails(email=DORA, phone=NEW), now=LATER)
    else:
        edit = CustomerEdit(
            title=None,
            first_name="Dora",
            last_name="Lefèvre",
            birth_on=None,
            postcode="69003",
            country="FR",
            company="",
            language=dora.language,
            email=OTHER,
            phone=NEW,
        )
        edit_customer(dora.id, edit, by=SYSTEM, now=LATER)
    assert get_contact_notes([NEW])[NEW].paused_until == until
    for channel in (Channel.SMS, Channel.WHATSAPP):
        assert all(is_refused(NEW, channel, purpose) for purpose in CHOSEN)


def test_an_address_added_later_keeps_its_own_word_and_stops_with_a_full_stop_only(session: Session) -> None:
    make_customer(session, phone=None)
    stop_everything(read(now=TUESDAY), proof=NOBODY, now=TUESDAY)
    say_consent(NEW, channel=Channel.SMS)
    find_or_create_customer(CustomerDetails(email=DORA, phone=NEW), now=LATER)
    assert not is_refused(NEW, Channel.SMS, Purpose.PROMOTION)
    make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None)
    emil = read("emil@client.example")
    save(emil)  # the survey alone was on
    save_preferences(
        read("emil@client.example"),
        shown=["email:newsletter"],
        wanted=["email:newsletter"],
        frequency=None,
        language=None,
        proof=NOBODY,
        now=LATER + timedelta(days=1),
    )
    other = "+33639980012"
    find_or_create_customer(CustomerDetails(email="emil@client.example", phone=other), now=LATER)
    assert not is_refused(other, Channel.SMS, Purpose.SURVEY)


def test_what_is_blocked_is_shown_off_and_his_own_tick_ends_his_own_word(session: Session) -> None:
    make_customer(session)
    say_consent()
    suppress(DORA, purpose=Purpose.PROMOTION, reason=SuppressionReason.COMPLAINT, now=TUESDAY)
    found = read()
    assert "email:promotion" not in found.wanted
    assert found.blocked == {}
    save(found, *found.wanted)
    assert get_suppressed([DORA]) == {f"{DORA}|promotion"}
    save(found, *found.wanted, "email:promotion")
    assert get_suppressed([DORA]) == frozenset()
    assert "email:promotion" in read().wanted


def test_a_block_of_the_carrier_is_ended_by_start_only(session: Session) -> None:
    make_customer(session)
    say_consent(PHONE, channel=Channel.SMS)
    suppress(PHONE, reason=SuppressionReason.STOP, now=TUESDAY)
    found = read(PHONE, Channel.SMS)
    assert found.blocked["sms:promotion"] is SuppressionReason.STOP
    assert not {key for key in found.wanted if key.startswith("sms")}
    save(found, "sms:promotion", "sms:survey")
    assert get_suppressed([PHONE]) == {PHONE}
    assert len(get_consent_states([PHONE])[PHONE]) == 1


def test_nobody_ends_the_stop_of_another_address_by_a_link_of_his(session: Session) -> None:
    make_customer(session)
    stop_messages(
        address=PHONE, channel=Channel.SMS, wording="STOP", collection_point="phone-stop:1", now=TUESDAY
    )
    suppress(PHONE, purpose=Purpose.PROMOTION, reason=SuppressionReason.STOP, now=TUESDAY)
    found = read()
    assert "sms:promotion" in found.blocked
    save(found, "sms:promotion")
    assert get_suppressed([PHONE]) == {f"{PHONE}|promotion"}
    assert is_refused(PHONE, Channel.SMS, Purpose.PROMOTION)
