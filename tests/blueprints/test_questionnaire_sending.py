"""Sending over HTTP: a segment is foreseen and confirmed, figures stand beside it, reasons behind it, and it can be stopped."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.content.words import TemplateGroup
from hub.core.words import Purpose
from hub.questionnaires.models import QuestionnaireInvitation, Wave
from hub.questionnaires.sending.working import work_invitations
from hub.questionnaires.words import QuestionnaireState, WaveState
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer, say_consent
from tests.makers.questionnaires import document, make_asked, make_questionnaire
from tests.makers.segments import make_segment
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain

MOST_STATEMENTS = 12
DAY = timedelta(days=1)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_marketer_sends_to_a_segment_reads_its_figures_and_stops_it(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    publish_builtin_templates(now=TUESDAY, groups=[TemplateGroup.SURVEY])
    for number in range(3):
        make_customer(session, mail=f"dora{number}@client.example", phone=None)
    make_customer(session, "Hugo", mail="hugo@client.example", phone=None)
    say_consent("hugo@client.example", purpose=Purpose.SURVEY, is_given=False)
    published = make_questionnaire(session, document())
    segment_id = make_segment("Lyon")
    home = f"/questionnaires/{published.id}/invitations"
    log_in(client, make_agent(session, role=Role.MARKETER))
    assert "Personne n’a encore été invité" in client.get(home).text
    wish = {"segment_id": segment_id, "channels": "email", "starts_at": "", "reminds_after_days": "7"}
    seen = flat(client.get(f"{home}/new", query_string=wish).text)
    assert "3 personnes seront interrogées" in seen
    assert "<dt>Refuse les enquêtes</dt><dd>1</dd>" in seen
    assert session.scalar(select(Wave.id)) is None, "looking writes nothing"
    assert "envoi est planifié" in client.post(home, data=wish, follow_redirects=True).text
    while work_invitations(lambda: None):
        pass
    wave = session.scalars(select(Wave)).one()
    asked = session.scalars(select(QuestionnaireInvitation)).all()
    for number, row in enumerate(asked[:2]):
        row.delivered_at, row.has_answered = TUESDAY, number == 0
        row.answered_at = TUESDAY + DAY if number == 0 else None
    session.flush()
    with counted_statements() as statements:
        listed = flat(client.get(home).text)
    assert len(statements) <= MOST_STATEMENTS
    assert "50 % (10 % à 90 %)" in listed, "one of the two that were reached"
    assert "certains ont encore le temps de répondre" in listed
    page = flat(client.get(f"{home}/{wave.id}").text)
    assert "Refuse les enquêtes" in page
    assert "À envoyer" in page
    stopped = client.post(f"{home}/{wave.id}/stop", follow_redirects=True).text
    assert "arrêté" in stopped
    session.expire_all()
    assert wave.state is WaveState.STOPPED
    assert "terminé" in client.post(f"{home}/{wave.id}/stop", follow_redirects=True).text
    other = make_questionnaire(session, document(), key="other")
    assert client.get(f"/questionnaires/{other.id}/invitations/{wave.id}").status_code == 404
    hand_clock.move(days=31)
    assert "encore le temps" not in client.get(home).text


def test_what_cannot_be_sent_is_said_with_what_to_do(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    publish_builtin_templates(now=TUESDAY, groups=[TemplateGroup.SURVEY])
    published = make_questionnaire(session, document(), closes_at=TUESDAY + 5 * DAY)
    home = f"/questionnaires/{published.id}/invitations"
    log_in(client, make_agent(session, role=Role.MARKETER))
    assert "Créez d’abord un segment" in client.get(f"{home}/new").text
    segment_id = make_segment("Lyon")
    wish = {"segment_id": segment_id, "channels": "email", "starts_at": "", "reminds_after_days": "7"}
    refused = client.post(home, data=wish)
    assert (refused.status_code, "ferme avant le rappel" in refused.text) == (422, True)
    nothing = client.get(f"{home}/new", query_string={**wish, "channels": []})
    assert "Choisissez comment" in nothing.text
    late = client.post(home, data={**wish, "starts_at": "2026-03-20T09:00", "reminds_after_days": "0"})
    assert "ferme avant cette date" in late.text
    nobody = client.get(f"{home}/new", query_string=wish).text
    assert "Personne de ce segment" in nobody
    draft = make_questionnaire(session, document(), key="draft", state=QuestionnaireState.CLOSED)
    for address in ("", "/new"):
        assert "rouvrez-le" in client.get(f"/questionnaires/{draft.id}/invitations{address}").text
    log_in(client, make_agent(session, role=Role.MANAGER, email="mona@verel.example"))
    assert client.get(home).status_code == 200
    assert client.post(home, data=wish).status_code == 403


def test_who_was_asked_one_by_one_is_a_cohort_of_his_week(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    published = make_questionnaire(session, document())
    for number, days in enumerate((0, 0, -7)):
        who = make_customer(session, mail=f"eva{number}@client.example", phone=None)
        invitation_id, _ = make_asked(
            session, published, customer_id=who.id, delivered_at=TUESDAY + days * DAY
        )
        session.get_one(QuestionnaireInvitation, invitation_id).created_at = TUESDAY + days * DAY
    log_in(client, make_agent(session, role=Role.MARKETER))
    text = client.get(f"/questionnaires/{published.id}/invitations").text
    assert "semaine du 2 mars 2026" in text
    assert "semaine du 23 févr. 2026" in text
