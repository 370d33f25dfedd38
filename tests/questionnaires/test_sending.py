"""A questionnaire is sent to a segment: who is asked, how the letter reads, who is reminded, what ends it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.channels.sms_text import Encoding, measure
from hub.core.actor import SYSTEM
from hub.core.apart import PutOffRow, list_put_off
from hub.core.errors import Conflict, NotFound
from hub.core.words import Channel, Purpose
from hub.customers.models import Customer
from hub.identity import erasing
from hub.identity.merging import merge_customers
from hub.orders.words import OrderState
from hub.outbox import wires
from hub.outbox.actions import PhoneReport, put_hold, record_report, take_status
from hub.outbox.models import OutboundMessage
from hub.outbox.queries import get_content
from hub.outbox.words import MessageState, ReceiptKind
from hub.plans.surveyed import ask_surveyed
from hub.questionnaires.models import QuestionnaireInvitation
from hub.questionnaires.publishing import close, reopen, set_closing
from hub.questionnaires.sending.actions import find_obstacle, foresee, invite_one, plan_wave, stop_wave
from hub.questionnaires.sending.asked import list_recently_invited
from hub.questionnaires.sending.queries import find_wave, list_waves, not_reminded, passed_over
from hub.questionnaires.sending.words import NotReminded, PassedOver
from hub.questionnaires.sending.working import KIND, has_due
from hub.questionnaires.words import WaveState
from hub.segments.models import Segment
from hub.segments.saved.actions import archive_segment
from hub.stores.models import Chain
from tests.conftest import TUESDAY, HandClock
from tests.doubles.twilio import run_double
from tests.makers.customers import make_customer, make_emil, make_fay, say_consent
from tests.makers.orders import make_order
from tests.makers.phones import make_settings
from tests.makers.questionnaires import (
    document,
    make_questionnaire,
    question,
    respond,
    said,
    send_page,
    start,
)
from tests.makers.segments import make_segment
from tests.makers.sink import Sink
from tests.makers.stores import make_store
from tests.questionnaires.conftest import Work

DAY = timedelta(days=1)
BOTH = (Channel.EMAIL, Channel.SMS)
ANSWER = {"csat": "5"}


def people(session: Session) -> dict[str, Customer]:
    """Dora and Gil may be asked; Fay's mail is blocked; Hugo refused; Ida has no address; Jean is archived."""
    made = {
        "dora": make_customer(session),
        "gil": make_customer(session, "Gil", mail="gil@client.example", phone=None, title=None),
        "fay": make_fay(session),
        "hugo": make_customer(session, "Hugo", mail="hugo@client.example", phone=None),
        "ida": make_customer(session, "Ida", mail=None, phone=None),
        "jean": make_customer(session, "Jean", mail="jean@client.example", phone=None, archived_at=TUESDAY),
    }
    say_consent("hugo@client.example", purpose=Purpose.SURVEY, is_given=False)
    return made


def token_in(text: str) -> str:
    """Of the link in a letter."""
    return next(word for word in text.split() if "/q/" in word).rpartition("/")[2]


def asked_ids(session: Session) -> set[int]:
    session.expire_all()
    return set(session.scalars(select(QuestionnaireInvitation.customer_id)))


def test_a_segment_is_asked_once_and_reminded_once(
    session: Session, work: Work, sink: Sink, hand_clock: HandClock
) -> None:
    who = people(session)
    published = make_questionnaire(session, document(), closes_at=TUESDAY + 20 * DAY)
    segment_id = make_segment()
    seen = foresee(published.id, segment_id=segment_id, channels=BOTH[:1], now=TUESDAY)
    assert (seen.asked, seen.invited, seen.by_channel) == (5, 2, {Channel.EMAIL: 2})
    assert seen.reasons == {PassedOver.REFUSED: 1, PassedOver.NO_ADDRESS: 1, PassedOver.BLOCKED: 1}
    told = {"segment_id": segment_id, "channels": BOTH[:1], "by": SYSTEM, "now": TUESDAY}
    wave_id = plan_wave(published.id, starts_at=TUESDAY, reminds_after_days=7, **told)
    again = plan_wave(published.id, starts_at=TUESDAY, reminds_after_days=None, **told)
    work()
    work()
    assert asked_ids(session) == {who["dora"].id, who["gil"].id}
    assert sorted(taken.recipients[0] for taken in sink.taken) == [
        "dora@client.example",
        "gil@client.example",
    ]
    line = find_wave(wave_id)
    assert (line.state, line.invited_count, line.delivered_count) == (WaveState.SENT, 2, 2)
    assert {each.reason: each.count for each in passed_over(again)} == seen.reasons | {PassedOver.ALREADY: 2}
    assert foresee(published.id, segment_id=segment_id, channels=BOTH, now=TUESDAY).already_invited == 2

    letter = next(taken for taken in sink.taken if taken.recipients[0] == "dora@client.example")
    assert letter.mail["Subject"] == "Votre avis\u00a0: Votre visite"
    assert "1 minute" in letter.text
    assert "23 mars 2026" in letter.text
    assert "à votre nom" in letter.text
    assert letter.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    respond(token_in(letter.text), ANSWER)

    hand_clock.move(days=7)
    work()
    work()
    reminders = [taken for taken in sink.taken if str(taken.mail["Subject"]).startswith("Rappel")]
    assert [taken.recipients[0] for taken in reminders] == ["gil@client.example"]
    assert {each.reason for each in not_reminded(wave_id)} == {NotReminded.ANSWERED}
    line = find_wave(wave_id)
    assert (line.state, line.reminded_count, line.answered_count) == (WaveState.DONE, 1, 1)
    assert [each.id for each in list_waves(published.id)] == [again, wave_id]


def test_what_is_stopped_or_closed_is_called_back_and_may_be_asked_again(
    session: Session, work: Work, sink: Sink, hand_clock: HandClock
) -> None:
    """At night letters wait for the morning; who never got one was not asked."""
    who = people(session)
    hand_clock.now = night = TUESDAY.replace(hour=22)
    published = make_questionnaire(session, document())
    told = {"segment_id": make_segment(), "channels": BOTH, "by": SYSTEM, "now": night}
    wave_id = plan_wave(published.id, starts_at=night, reminds_after_days=None, **told)
    work()
    assert find_wave(wave_id).invited_count == 3, "Fay has a phone"
    assert find_wave(wave_id).may_stop, "everybody is invited, but the letters wait for the morning"
    alone = make_customer(session, "Kim", mail="kim@client.example", phone=None, postcode="33000")
    assert invite_one(published.id, customer_id=alone.id, by=SYSTEM, now=night)
    close(published.id, by=SYSTEM, now=night)
    work()
    with pytest.raises(Conflict):
        stop_wave(wave_id, by=SYSTEM, now=night)
    assert asked_ids(session) == set()
    assert {each.reason: each.count for each in passed_over(wave_id)}[PassedOver.CALLED_BACK] == 3
    assert set(session.scalars(select(OutboundMessage.state))) == {MessageState.BLOCKED}
    assert find_wave(wave_id).next_at is None

    reopen(published.id, by=SYSTEM, now=night)
    late = plan_wave(published.id, starts_at=night, reminds_after_days=None, **told)
    work()
    stop_wave(late, by=SYSTEM, now=night)
    work()
    assert (find_wave(late).state, find_wave(late).invited_count) == (WaveState.STOPPED, 0)
    again = plan_wave(published.id, starts_at=night + DAY, reminds_after_days=None, **told)
    work()
    assert find_wave(again).state is WaveState.PLANNED
    stop_wave(again, by=SYSTEM, now=night)
    hand_clock.move(days=2)
    work()
    assert (find_wave(again).state, asked_ids(session), sink.taken) == (WaveState.STOPPED, set(), [])
    third = plan_wave(
        published.id, starts_at=night, reminds_after_days=None, **{**told, "now": night + 2 * DAY}
    )
    hand_clock.now = (TUESDAY + 3 * DAY).replace(hour=12)
    work()
    assert asked_ids(session) == {who["dora"].id, who["gil"].id, who["fay"].id}
    set_closing(published.id, closes_at=hand_clock.now + DAY, by=SYSTEM, now=hand_clock.now)
    assert find_wave(third).next_at == hand_clock.now + DAY


def test_nothing_of_an_anonymous_letter_is_measured_and_its_reminder_spares_who_answered(
    session: Session, work: Work, sink: Sink, hand_clock: HandClock
) -> None:
    chain = session.scalars(select(Chain)).one()
    chain.settings = {**chain.settings, "tracking": {"opens": "all"}}
    dora, emil = make_customer(session), make_emil(session)
    published = make_questionnaire(session, document(mode="anonymous"))
    told = {"segment_id": make_segment(), "channels": [Channel.EMAIL], "by": SYSTEM, "now": TUESDAY}
    wave_id = plan_wave(published.id, starts_at=TUESDAY, reminds_after_days=4, **told)
    work()
    [hers] = [each for each in sink.taken if each.recipients == ("dora@client.example",)]
    html = hers.mail.get_body(("html",)).get_content()
    assert "anonymes" in hers.text
    assert "/o/" not in html
    assert "/l/" not in html
    row = session.scalars(select(OutboundMessage).where(OutboundMessage.customer_id == dora.id)).one()
    assert "/q/" not in get_content(row.id).html, "the copy for the staff has no link that answers"
    respond(token_in(hers.text), ANSWER)
    hand_clock.move(days=4)
    work()
    reminded = [each for each in sink.taken if str(each.mail["Subject"]).startswith("Rappel")]
    assert [each.recipients for each in reminded] == [("emil@client.example",)]
    rows = dict(
        session.execute(
            select(QuestionnaireInvitation.customer_id, QuestionnaireInvitation.answered_at)
        ).all()
    )
    assert rows == {dora.id: None, emil.id: None}
    assert find_wave(wave_id).answered_count == 1


def test_a_reminder_offers_to_go_on_and_is_called_back_by_an_answer(
    session: Session, work: Work, sink: Sink, hand_clock: HandClock
) -> None:
    """Who refused, was erased, has an open complaint, or whose letter came back is not reminded."""
    made = {
        name: make_customer(
            session, name, mail=f"{name.lower()}@client.example", phone=None, language=language
        ).id
        for name, language in zip(
            ("Ann", "Bea", "Cyd", "Dan", "Eve"), ("en", "fr", "fr", "fr", "fr"), strict=True
        )
    }
    published = make_questionnaire(session, document({"key": "one", "questions": [question("csat", "csat")]},
                                                     {"key": "two", "questions": [question("nps", "nps")]}))  # fmt: skip
    told = {"segment_id": make_segment(), "channels": [Channel.EMAIL], "by": SYSTEM, "now": TUESDAY}
    wave_id = plan_wave(published.id, starts_at=TUESDAY, reminds_after_days=5, **told)
    work()
    assert "Your opinion: Your visit" in {str(each.mail["Subject"]) for each in sink.taken}, "in her language"
    tokens = {each.recipients[0][:3].capitalize(): token_in(each.text) for each in sink.taken}
    ticket = start(tokens["Ann"])
    send_page(ticket, "one", {"csat": "4"})
    say_consent("bea@client.example", purpose=Purpose.SURVEY, is_given=False)
    put_hold(
        customer_id=made["Cyd"],
        purpose=Purpose.SURVEY,
        reason="grievance",
        source_kind="ticket",
        source_id=1,
        now=TUESDAY,
    )
    letter = session.scalars(select(OutboundMessage).where(OutboundMessage.customer_id == made["Dan"])).one()
    record_report(original_message_id=letter.message_id, return_token=None, recipient=None, kind=ReceiptKind.HARD_BOUNCE,
                  status="5.1.1", text="", now=TUESDAY)  # fmt: skip
    session.get_one(Customer, made["Eve"]).archived_at = TUESDAY
    work()
    assert find_wave(wave_id).delivered_count == 4, "what came back has not arrived"
    hand_clock.now = (TUESDAY + 5 * DAY).replace(hour=20, minute=30)  # a Sunday, too late for mail
    work()
    assert {each.reason: each.count for each in not_reminded(wave_id)} == dict.fromkeys(
        (NotReminded.REFUSED, NotReminded.HELD, NotReminded.UNDELIVERED, NotReminded.GONE), 1
    )
    waiting = session.scalars(select(OutboundMessage).where(OutboundMessage.purpose == Purpose.SERVICE)).one()
    assert (waiting.state, waiting.values["begun"]) == (MessageState.WAITING, "yes")
    send_page(ticket, "two", {"nps": "9"}, now=hand_clock.now)
    work()
    assert waiting.state is MessageState.CANCELLED
    hand_clock.move(days=1)
    work()
    assert len(sink.taken) == 5


def test_an_sms_is_delivered_when_the_carrier_says_so(session: Session, work: Work) -> None:
    """Its words fit the cheap alphabet, whatever the title is made of."""
    customer = make_customer(session, "Anne", mail=None, phone="+33639980001")
    told = document(title=said("L’été à « Lyon » : vos goûts", "Summer"))
    published = make_questionnaire(session, told, closes_at=datetime(2026, 8, 1, 22, 0, tzinfo=UTC))
    with run_double() as double:
        wires.use_transports(ChannelSettings(twilio=make_settings(double)))
        invitation_id = invite_one(published.id, customer_id=customer.id, by=SYSTEM, now=TUESDAY)
        work()
        [sent] = double.sent
        wires.use_transports(ChannelSettings())
    assert invitation_id is not None
    assert measure(sent.body).encoding is Encoding.GSM7, measure(sent.body).forcing_characters
    assert "/q/i" in sent.body
    assert "/u/" in sent.body
    asked = session.get_one(QuestionnaireInvitation, invitation_id)
    assert asked.delivered_at is None, "taken by the provider is not received"
    row = session.scalars(select(OutboundMessage)).one()
    assert take_status(
        row.uuid, PhoneReport(row.provider_reference or "", "delivered"), now=TUESDAY, machine_now=TUESDAY
    )
    work()
    assert asked.delivered_at == TUESDAY


def test_another_system_asks_one_person_and_is_told_why_not(session: Session, work: Work) -> None:
    dora, emil = make_customer(session), make_emil(session)
    store = make_store(session)
    order = make_order(session, customer_id=dora.id, store_id=store.id)
    first, second = (
        make_questionnaire(session, document()),
        make_questionnaire(session, document(), key="other"),
    )

    def why(questionnaire_id: int, customer_id: int, **more: Any) -> PassedOver | None:
        asked = {"order_id": None, "channel": None, **more}
        return find_obstacle(questionnaire_id, customer_id=customer_id, now=TUESDAY, **asked)

    made = invite_one(first.id, customer_id=dora.id, order_id=order.id, by=SYSTEM, now=TUESDAY)
    assert made is not None
    asked = session.get_one(QuestionnaireInvitation, made)
    assert (asked.order_id, asked.store_id, asked.wave_id) == (order.id, store.id, None)
    assert why(first.id, dora.id) is PassedOver.ALREADY
    assert why(second.id, dora.id) is PassedOver.LATELY, "her letter is still waiting, and it counts"
    assert why(first.id, emil.id, channel=Channel.SMS) is PassedOver.NO_ADDRESS
    assert invite_one(second.id, customer_id=dora.id, by=SYSTEM, now=TUESDAY) is None
    assert list_recently_invited([dora.id, emil.id], now=TUESDAY + 29 * DAY) == {dora.id}
    assert list_recently_invited([dora.id], now=TUESDAY + 31 * DAY) == set()
    assert ask_surveyed([dora.id, emil.id]).ask() == {dora.id: [TUESDAY]}, "plans leave her alone too"
    late = make_order(
        session, external_id="late", customer_id=emil.id, store_id=store.id, state=OrderState.RETURNED
    )
    assert why(first.id, emil.id, order_id=late.id) is PassedOver.ORDER_OVER
    with pytest.raises(NotFound):
        invite_one(first.id, customer_id=emil.id, order_id=order.id, by=SYSTEM, now=TUESDAY)
    close(first.id, by=SYSTEM, now=TUESDAY)
    for ask in (
        lambda: invite_one(first.id, customer_id=emil.id, by=SYSTEM, now=TUESDAY),
        lambda: plan_wave(first.id, segment_id=make_segment(), channels=BOTH, starts_at=TUESDAY,
                          reminds_after_days=None, by=SYSTEM, now=TUESDAY),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            ask()


def test_a_merge_stops_the_letter_that_would_lead_nowhere_and_an_erasure_the_other(
    session: Session, work: Work, hand_clock: HandClock
) -> None:
    """The segment is kept from the archive as long as a wave needs it."""
    hand_clock.now = night = TUESDAY.replace(hour=22)
    dora, emil = make_customer(session), make_emil(session)
    published, segment_id = make_questionnaire(session, document()), make_segment()
    plan_wave(published.id, segment_id=segment_id, channels=[Channel.EMAIL], starts_at=night, reminds_after_days=None,
              by=SYSTEM, now=night)  # fmt: skip
    with pytest.raises(Conflict):
        archive_segment(segment_id, by=SYSTEM, now=night)
    work()
    archive_segment(segment_id, by=SYSTEM, now=night)

    def letters() -> dict[str, tuple[MessageState, str | None]]:
        session.expire_all()
        rows = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
        return {row.key.split(":")[1]: (row.state, row.reason_detail) for row in rows}

    hers, his = session.scalars(select(QuestionnaireInvitation.id).order_by(QuestionnaireInvitation.id)).all()
    merge_customers(dora.id, [emil.id], by=SYSTEM, now=night)
    waits = (MessageState.WAITING, None)
    assert letters() == {str(hers): waits, str(his): (MessageState.BLOCKED, "merged")}
    erasing.ask_erasure(dora.id, by=SYSTEM, now=night)
    while erasing.work_erasures(lambda: None):
        pass
    work()
    assert letters()[str(hers)][0] is MessageState.CANCELLED


def test_a_wave_that_fails_is_put_off_and_the_others_go_on(session: Session, work: Work, sink: Sink) -> None:
    make_customer(session)
    first, second = (
        make_questionnaire(session, document()),
        make_questionnaire(session, document(), key="other"),
    )
    broken, good = make_segment("Broken"), make_segment()
    told = {
        "channels": [Channel.EMAIL],
        "starts_at": TUESDAY,
        "reminds_after_days": None,
        "by": SYSTEM,
        "now": TUESDAY,
    }
    poor = plan_wave(first.id, segment_id=broken, **told)
    plan_wave(second.id, segment_id=good, **told)
    row = session.get_one(Segment, broken)
    row.definition, whole = {"version": 99}, row.definition
    work()
    assert [each.recipients[0] for each in sink.taken] == ["dora@client.example"]
    assert find_wave(poor).state is WaveState.PLANNED
    [shown] = list_put_off()
    assert (shown.kind, shown.row_id) == (KIND, poor)
    assert not has_due()
    row.definition = whole
    session.execute(update(PutOffRow).values(next_attempt_at=TUESDAY))
    work()
    assert find_wave(poor).state is WaveState.DONE
    assert {each.reason for each in passed_over(poor)} == {PassedOver.LATELY}
    assert list_put_off() == []
