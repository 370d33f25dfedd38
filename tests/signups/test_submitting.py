"""What becomes of a form that was sent: entry, customer, consents, confirmation, refusals."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.errors import Gone, NotFound
from hub.core.words import ActorKind, Channel, Purpose
from hub.customers.actions import CustomerDetails, find_or_create_customer, stop_messages, suppress
from hub.customers.models import Address, ConsentEntry, Customer, OptinRequest
from hub.customers.optin import optin_token
from hub.customers.queries import get_contactability, get_customer, get_suppressed
from hub.customers.restarting import restart_phone, stop_phone
from hub.customers.words import OptinState, SuppressionReason
from hub.outbox.models import OutboundMessage
from hub.signups import actions, expiring
from hub.signups.actions import FormDetails
from hub.signups.models import SignupEntry
from hub.signups.rules import ConsentLine
from hub.signups.words import EntryState, FormKind, Mode
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.signups import CONTENT, OFFERS, a_nonce, make_form, reload, send
from tests.makers.stores import make_chain


@pytest.fixture(autouse=True)
def chain(session: Session) -> None:
    make_chain(session)
    publish_builtin_templates(now=TUESDAY)


PHONE = "+33612345678"
EVA = "eva@client.example"
TEXTS = ConsentLine(Channel.SMS, Purpose.PROMOTION, "", "Oui aux SMS.", "Yes to texts.")
WITH_PHONE = {"email": Mode.REQUIRED, "phone": Mode.OPTIONAL, "first_name": Mode.OPTIONAL}


def entries(session: Session) -> list[SignupEntry]:
    session.expire_all()
    return list(session.scalars(select(SignupEntry).order_by(SignupEntry.id)))


def ledger(session: Session) -> list[ConsentEntry]:
    session.expire_all()
    return list(session.scalars(select(ConsentEntry).order_by(ConsentEntry.id)))


def count_mails(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboundMessage)) or 0


def confirm(session: Session, *, days: int = 0) -> OptinState:
    request = session.scalars(select(OptinRequest).order_by(OptinRequest.id.desc())).first()
    assert request is not None
    return press(request.id, days=days)


def press(optin_id: int, *, days: int = 0) -> OptinState:
    """The button of the mail about this asking."""
    return actions.confirm(
        optin_token(optin_id),
        now=TUESDAY + timedelta(days=days),
        machine_now=clock.machine_now(),
        ip="10.0.0.7",
        user_agent="Safari",
    ).state


def test_with_double_opt_in_nothing_counts_before_the_button(session: Session) -> None:
    form = make_form()
    sent = send(form)
    assert (sent.state, sent.errors) == (EntryState.WAITING, {})
    assert ledger(session) == []
    [row] = entries(session)
    address = session.scalars(select(Address)).one()
    assert (address.value, address.unconfirmed_since) == ("eva@client.example", TUESDAY)
    mail = session.scalars(select(OutboundMessage)).one()
    assert (mail.recipient, mail.source_kind) == ("eva@client.example", "optin")
    assert OFFERS.fr in mail.values["what"]
    assert confirm(session, days=1) is OptinState.CONFIRMED
    [entry] = ledger(session)
    assert (entry.address, entry.wording, entry.wording_version) == ("eva@client.example", OFFERS.fr, "1")
    assert (entry.collection_point, entry.actor_kind) == ("form:club", ActorKind.CUSTOMER)
    assert (entry.ip, entry.user_agent) == ("10.0.0.7", "Safari")
    assert entry.evidence == {
        "asked_at": TUESDAY.isoformat(),
        "asked_ip": "10.0.0.9",
        "asked_user_agent": "Firefox",
    }
    [row] = entries(session)
    assert (row.state, row.confirmed_at) == (EntryState.CONFIRMED, TUESDAY + timedelta(days=1))
    assert session.scalars(select(Address)).one().unconfirmed_since is None
    confirm(session, days=2)
    assert len(ledger(session)) == 1


def test_nobody_confirms_after_thirty_days(session: Session) -> None:
    send(make_form())
    with pytest.raises(Gone):
        confirm(session, days=30)
    assert ledger(session) == []
    assert session.scalars(select(Address)).one().unconfirmed_since is not None


def test_what_nobody_confirmed_is_forgotten_when_its_time_is_over(
    session: Session, hand_clock: HandClock
) -> None:
    send(make_form())
    assert expiring.next_due_at() == TUESDAY + timedelta(days=30)
    assert not expiring.has_due()
    hand_clock.move(days=30)
    assert expiring.has_due()
    assert expiring.work_optins(lambda: None) == 1
    session.expire_all()
    request = session.scalars(select(OptinRequest)).one()
    assert (request.state, request.wishes, request.ip) == (OptinState.EXPIRED, [], None)
    assert not expiring.has_due()


def test_the_question_is_mailed_once_and_three_times_more(session: Session) -> None:
    form = make_form()
    sent = send(form)
    told = [
        actions.resend(form.slug, sent.again, now=TUESDAY, machine_now=clock.machine_now()) for _ in range(5)
    ]
    assert told == [True, True, True, False, False]
    assert count_mails(session) == 4
    send(form)
    assert count_mails(session) == 4
    other = make_form("autre")
    with pytest.raises(NotFound):
        actions.resend(other.slug, sent.again, now=TUESDAY, machine_now=clock.machine_now())


def test_a_known_customer_keeps_receiving_what_he_received(session: Session) -> None:
    make_customer(session, mail="eva@client.example", phone=None)
    send(make_form())
    assert session.scalars(select(Address)).one().unconfirmed_since is None


def test_without_double_opt_in_the_consent_counts_at_once(session: Session) -> None:
    sent = send(make_form(is_double_optin=False))
    assert sent.state is EntryState.ACCEPTED
    [entry] = ledger(session)
    assert (entry.wording, entry.ip, entry.user_agent) == (OFFERS.fr, "10.0.0.9", "Firefox")
    assert count_mails(session) == 0
    customer = session.scalars(select(Customer)).one()
    assert customer.first_name == "Eva"


def test_a_box_left_empty_records_nothing(session: Session) -> None:
    send(make_form(is_double_optin=False), c0="")
    assert ledger(session) == []
    assert entries(session)[0].answers["ticked"] == []


def test_a_changed_wording_is_a_new_version_and_the_proof_names_it(session: Session) -> None:
    form = make_form(is_double_optin=False)
    send(form)
    content = replace(CONTENT, is_double_optin=False, consents=(replace(OFFERS, fr="Oui aux offres."),))
    details = FormDetails(name="Le club", opens_at=None, closes_at=None, content=content)
    assert actions.edit_form(form.id, details=details, by=SYSTEM, now=TUESDAY) == 2
    assert actions.edit_form(form.id, details=details, by=SYSTEM, now=TUESDAY) == 2  # nothing changed
    send(reload(form), email="max@client.example")
    assert [(entry.wording, entry.wording_version) for entry in ledger(session)] == [
        (OFFERS.fr, "1"),
        ("Oui aux offres.", "2"),
    ]


def test_bad_entries_are_kept_with_their_reason(session: Session) -> None:
    form = make_form()
    sent = send(form, email="not an address")
    assert list(sent.errors) == ["email"]
    [row] = entries(session)
    assert (row.state, row.customer_id) == (EntryState.REFUSED, None)
    assert "not an address" in row.reason
    assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_the_same_page_sent_twice_is_one_entry(session: Session) -> None:
    form = make_form()
    nonce = a_nonce(form)
    first, second = send(form, nonce=nonce), send(form, nonce=nonce)
    assert first.entry_id == second.entry_id
    assert count_mails(session) == 1


@pytest.mark.parametrize("seconds", [0, 1, 24 * 3600 + 60])
def test_machines_and_old_pages_are_asked_once_more(session: Session, seconds: int) -> None:
    form = make_form()
    sent = send(form, nonce=a_nonce(form, seconds=seconds))
    assert list(sent.errors) == ["form"]
    assert count_mails(session) == 0


def test_a_nonce_of_another_form_or_none_is_no_page_of_ours(session: Session) -> None:
    form, other = make_form(), make_form("autre")
    for nonce in (a_nonce(other), "mangled", ""):
        sent = send(form, nonce=nonce or "x.y")
        assert list(sent.errors) == ["form"]


def test_a_contest_counts_one_entry_a_customer(session: Session) -> None:
    form = make_form("jeu", kind=FormKind.CONTEST, rules_url="https://verel.example/reglement")
    assert list(send(form).errors) == ["rules"]
    send(form, rules="1")
    send(form, rules="1")  # the first one was not confirmed: the last one counts
    confirm(session)
    assert [row.state for row in entries(session)][1:] == [EntryState.REFUSED, EntryState.CONFIRMED]
    send(form, rules="1")
    assert [row.state for row in entries(session)].count(EntryState.CONFIRMED) == 1
    assert entries(session)[-1].reason == "repeated"


def test_a_form_is_open_between_its_dates_and_while_it_is_on(session: Session) -> None:
    form = make_form(opens_at=TUESDAY, closes_at=TUESDAY + timedelta(days=7))
    for days in (-1, 7):
        with pytest.raises(Gone):
            send(form, now=TUESDAY + timedelta(days=days))
    assert not send(form, now=TUESDAY).errors
    actions.switch_form(form.id, is_active=False, by=SYSTEM, now=TUESDAY)
    with pytest.raises(Gone):
        send(form)


def test_what_was_sent_is_forgotten_on_demand(session: Session) -> None:
    form = make_form(is_double_optin=False)
    send(form)
    customer_id = entries(session)[0].customer_id
    assert customer_id is not None
    assert actions.erase_entries(customer_id) == 1
    [row] = entries(session)
    assert (row.answers, row.ip, row.customer_id) == ({}, None, None)


def start(*, days: int = 0) -> bool:
    """START, from the phone itself."""
    at = TUESDAY + timedelta(days=days)
    return restart_phone(
        phone=PHONE, channel=Channel.SMS, wording="START", arrival_id=7, now=at, happened_at=at
    )


@pytest.mark.parametrize("is_double_optin", [True, False])
def test_nobody_agrees_for_a_phone_that_he_typed_nor_ends_its_stop(
    session: Session, is_double_optin: bool
) -> None:
    at = TUESDAY - timedelta(days=1)
    stop_phone(phone=PHONE, channel=Channel.SMS, wording="STOP", arrival_id=1, now=at, happened_at=at)
    before = get_suppressed([PHONE])
    assert f"{PHONE}|promotion" in before
    form = make_form(is_double_optin=is_double_optin, fields=WITH_PHONE, consents=(OFFERS, TEXTS))
    sent = send(form, phone=PHONE, c1="1")
    request_id = session.scalars(select(SignupEntry.optin_id).where(SignupEntry.id == sent.entry_id)).one()
    if request_id is not None:
        press(request_id)
    assert [entry.address for entry in ledger(session) if entry.collection_point == "form:club"] == [EVA]
    assert get_suppressed([PHONE]) == before
    [owner] = {row.customer_id for row in session.scalars(select(Address))}
    assert (Channel.SMS, Purpose.PROMOTION) not in get_contactability([owner])[owner].consents


@pytest.mark.parametrize("is_double_optin", [True, False])
def test_the_phone_itself_confirms_what_was_ticked_for_it(session: Session, is_double_optin: bool) -> None:
    form = make_form(is_double_optin=is_double_optin, fields=WITH_PHONE, consents=(TEXTS,))
    send(form, phone=PHONE)
    phone = session.scalars(select(Address).where(Address.value == PHONE)).one()
    assert phone.unconfirmed_since == TUESDAY
    assert ledger(session) == []
    assert start(days=1)
    [entry] = ledger(session)
    assert (entry.address, entry.channel, entry.wording) == (PHONE, Channel.SMS, TEXTS.fr)
    assert entry.evidence["asked_ip"] == "10.0.0.9"
    assert session.scalars(select(Address).where(Address.value == PHONE)).one().unconfirmed_since is None
    assert not start(days=2)


def test_a_phone_confirms_within_thirty_days(session: Session) -> None:
    send(make_form(fields=WITH_PHONE, consents=(TEXTS,)), phone=PHONE)
    assert not start(days=30)
    assert ledger(session) == []


@pytest.mark.parametrize("reason", [SuppressionReason.COMPLAINT, SuppressionReason.STOP])
def test_without_double_opt_in_a_blocked_address_is_asked_first(
    session: Session, reason: SuppressionReason
) -> None:
    suppress(EVA, purpose=Purpose.PROMOTION, reason=reason, now=TUESDAY)
    sent = send(make_form(is_double_optin=False))
    assert sent.state is EntryState.WAITING
    assert ledger(session) == []
    assert get_suppressed([EVA]) == {f"{EVA}|promotion"}
    assert count_mails(session) == 1
    confirm(session, days=1)  # she herself
    assert get_suppressed([EVA]) == frozenset()


def test_without_double_opt_in_a_refusal_is_not_overruled_by_typing(session: Session) -> None:
    stop_messages(
        address=EVA,
        channel=Channel.EMAIL,
        wording="STOP",
        collection_point="mail:1",
        now=TUESDAY - timedelta(days=1),
    )
    assert send(make_form(is_double_optin=False)).state is EntryState.WAITING
    assert {entry.collection_point for entry in ledger(session)} == {"mail:1"}


def test_a_typed_phone_stands_behind_the_true_one_until_it_is_used(session: Session) -> None:
    dora = make_customer(session, mail=EVA, phone=PHONE)
    send(make_form(fields=WITH_PHONE), phone="06 39 98 00 11")
    assert get_customer(dora.id).phone == PHONE
    send(make_form("encore", fields=WITH_PHONE), phone="06 39 98 00 11")
    assert get_customer(dora.id).phone == PHONE
    find_or_create_customer(CustomerDetails(email=EVA, phone="06 39 98 00 11"), now=TUESDAY)
    assert get_customer(dora.id).phone == "+33639980011"


def test_a_phone_typed_for_somebody_else_goes_to_who_uses_it(session: Session) -> None:
    dora = make_customer(session, mail=EVA, phone=None)
    send(make_form(fields=WITH_PHONE), phone=PHONE)
    owner = find_or_create_customer(CustomerDetails(email="max@client.example", phone=PHONE), now=TUESDAY)
    assert owner != dora.id
    assert (get_customer(owner).phone, get_customer(dora.id).phone) == (PHONE, None)
    session.expire_all()
    assert session.scalars(select(Address).where(Address.value == PHONE)).one().unconfirmed_since is None


def test_each_mail_confirms_what_stood_in_it(session: Session) -> None:
    form = make_form()
    send(form)
    send(form, c0="")  # a stranger, without any box
    first, second = session.scalars(select(OptinRequest.id).order_by(OptinRequest.id))
    assert press(second) is OptinState.CONFIRMED
    assert ledger(session) == []
    press(first)
    assert [entry.wording for entry in ledger(session)] == [OFFERS.fr]


def test_a_stranger_does_not_push_an_entry_out_of_a_contest(session: Session) -> None:
    form = make_form("jeu", kind=FormKind.CONTEST, rules_url="https://verel.example/reglement")
    send(form, rules="1", q0="Le salon")
    send(form, rules="1", q0="Rien")  # a stranger
    first = session.scalars(select(OptinRequest.id).order_by(OptinRequest.id)).first()
    assert first is not None
    press(first)
    assert [(row.state, row.answers["q0"]) for row in entries(session)] == [
        (EntryState.CONFIRMED, "Le salon"),
        (EntryState.REFUSED, "Rien"),
    ]


def test_it_is_said_when_the_question_is_not_mailed_any_more(session: Session) -> None:
    form = make_form()
    assert [send(form).is_mailed for _ in range(5)] == [True, True, True, True, False]
    assert count_mails(session) == 4
