"""A questionnaire is sent to a segment: who is asked, how the letter reads, who is reminded, what ends it."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import Channel, Purpose
from hub.customers.models import Customer
from hub.questionnaires.models import QuestionnaireInvitation
from hub.questionnaires.sending.actions import foresee, plan_wave
from hub.questionnaires.sending.queries import find_wave, list_waves, not_reminded, passed_over
from hub.questionnaires.sending.words import NotReminded, PassedOver
from hub.questionnaires.words import WaveState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, make_fay, say_consent
from tests.makers.questionnaires import document, make_questionnaire, respond
from tests.makers.segments import make_segment
from tests.makers.sink import Sink
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
    token = next(line for line in letter.text.split() if "/q/" in line).rpartition("/")[2]
    respond(token, ANSWER)

    hand_clock.move(days=7)
    work()
    work()
    reminders = [taken for taken in sink.taken if str(taken.mail["Subject"]).startswith("Rappel")]
    assert [taken.recipients[0] for taken in reminders] == ["gil@client.example"]
    assert {each.reason for each in not_reminded(wave_id)} == {NotReminded.ANSWERED}
    line = find_wave(wave_id)
    assert (line.state, line.reminded_count, line.answered_count) == (WaveState.DONE, 1, 1)
    assert [each.id for each in list_waves(published.id)] == [again, wave_id]
