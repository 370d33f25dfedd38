"""Comments: filters, themes with their number, the word as it stands, keyset pages, and whose are not shown; themes are edited."""

import html
import re

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.inbox.models import Ticket
from hub.knowledge.actions import note_search
from hub.knowledge.words import SearchPlace
from hub.questionnaires.results.counting import work_counts
from hub.questionnaires.results.models import CommentTheme, QuestionnaireComment
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.inbox import make_reason
from tests.makers.knowledge import make_article
from tests.makers.responses import add_responses, make_answered, results_document
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

LATE = "Très déçue : les livreurs n’ont pas appelé et le colis était en retard"
THEMES = "/questionnaires/themes?lang=en"


def count() -> None:
    while work_counts(lambda: None):
        pass


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def test_comments_are_found_by_word_theme_question_and_store(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    lyon, lille = make_store(session), make_store(session, "Lille", code="LIL")
    ids = make_answered(session)
    add_responses(session, *ids, [{}], told={"note": LATE}, store_id=lyon.id)
    add_responses(session, *ids, [{}] * 30, told={"more": "Parfait"}, store_id=lille.id)
    count()
    person = log_in(client, make_agent(session, role=Role.MARKETER))
    form = {"name_fr": "Livraison", "name_en": "Delivery", "keywords": "livreur\nen retard", "reason": ""}
    assert person.post("/questionnaires/themes", data={**form, "keywords": " "}).status_code == 422
    assert person.post("/questionnaires/themes", data=form).status_code == 302
    count()
    page = f"/questionnaires/{ids[0]}/results/comments?lang=en"
    first = person.get(page).get_data(as_text=True)
    assert first.count("Parfait") == 25
    older = html.unescape(re.findall(r'href="([^"]*before=[^"]*)"', first)[0])
    assert "livreurs" in text_of(person, older)
    assert "Delivery (1)" in html.unescape(first)
    theme = session.query(CommentTheme).one().id
    for narrowed in ("word=livreur", "word=Retards", f"theme={theme}", "of=note", "store=LYO"):
        found = text_of(person, f"{page}&{narrowed}")
        assert "appelé" in found, narrowed
        assert "Parfait" not in found, narrowed
    assert "<mark>livreurs</mark>" in person.get(f"{page}&theme={theme}").get_data(as_text=True)
    assert "No comment matches" in text_of(person, f"{page}&word=parking")
    with counted_statements() as seen:
        person.get(page)
    assert len(seen) <= 12
    manager = log_in(
        client, make_agent(session, role=Role.STORE_MANAGER, email="m@verel.example", store_ids=[lyon.id])
    )
    found = text_of(manager, page)
    assert "appelé" in found
    assert "Parfait" not in found
    assert manager.get(THEMES).status_code == 403


def test_a_theme_leads_to_tickets_of_its_reason_and_to_gaps_of_knowledge(
    client: FlaskClient, session: Session
) -> None:
    make_chain(session)
    lyon = make_store(session)
    ids = make_answered(session)
    who = make_customer(session).id
    for text in (LATE, "Perdu"):
        add_responses(session, *ids, [{}], told={"note": text}, store_id=lyon.id, customer_id=who)
    count()
    person = log_in(client, make_agent(session, role=Role.HEAD_OFFICE))
    for comment in session.query(QuestionnaireComment).all():
        person.post(f"/questionnaires/{ids[0]}/results/comments/{comment.id}/ticket")
    (first, second), reason = session.query(Ticket).order_by(Ticket.id).all(), make_reason(session, "late")
    first.reason_id = reason.id
    for words in ("livreurs injoignables", "parking"):
        note_search(words=words, language=Language.FRENCH, place=SearchPlace.HELP, found_count=0, now=TUESDAY)
    log_in(client, make_agent(session, role=Role.MARKETER, email="m@verel.example"))
    form = {"name_fr": "Livraison", "name_en": "", "keywords": "livreur\nen retard", "reason": str(reason.id)}
    client.post("/questionnaires/themes", data=form)
    count()
    theme = session.query(CommentTheme).one().id
    page = f"/questionnaires/{ids[0]}/results/comments?lang=fr&store=LYO"
    assert "Thème «" not in text_of(client, page)
    told = text_of(client, f"{page}&theme={theme}")
    assert "Motif de contact" in told  # a marketer reads no tickets and writes no articles
    assert "Aucun article n’en parle" in told
    assert "/inbox/" not in client.get(f"{page}&theme={theme}").text
    assert "/knowledge/gaps" not in client.get(f"{page}&theme={theme}").text
    make_article("La livraison est en retard")
    log_in(client, make_agent(session, role=Role.HEAD_OFFICE, email="h@verel.example"))
    person.get(f"{page}&theme={theme}")
    with counted_statements() as seen:
        found = person.get(f"{page}&theme={theme}").text
    assert len(seen) <= 12, "\n".join(seen)
    assert ">La livraison est en retard</a>" in found
    links = {part: html.unescape(re.findall(rf'href="(/{part}[^"]*)"', found)[0]) for part in
             (r"inbox/\?q=", r"knowledge/gaps\?", r"knowledge/articles/new\?")}  # fmt: skip
    tickets, gaps, begun = (person.get(link).text for link in links.values())
    assert first.number in tickets
    assert second.number not in tickets
    assert "livreurs injoignables" in gaps
    assert "parking" not in gaps
    assert 'value="Livraison"' in begun
    assert f'<option selected value="{reason.id}">' in begun
    manager = make_agent(session, role=Role.STORE_MANAGER, email="s@verel.example", store_ids=[lyon.id])
    found = log_in(client, manager).get(f"{page}&theme={theme}").text
    assert "/inbox/?q=" in found
    assert "/knowledge/gaps" not in found


def test_comments_of_an_anonymous_questionnaire_name_no_store_and_no_day(
    client: FlaskClient, session: Session
) -> None:
    make_chain(session)
    lyon = make_store(session)
    ids = make_answered(session, results_document(mode="anonymous"))
    page = f"/questionnaires/{ids[0]}/results/comments?lang=en"
    add_responses(session, *ids, [{}] * 4, told={"note": LATE, "more": LATE}, store_id=lyon.id)
    count()
    person = log_in(client, make_agent(session, role=Role.MARKETER))
    assert "Too few answers to be shown" in text_of(person, page)
    add_responses(session, *ids, [{}], told={"note": "Parfait"}, store_id=lyon.id)
    count()
    found = text_of(person, f"{page}&store=LYO")
    assert "appelé" in found
    assert "Parfait" in found
    assert "Lyon" not in found
    assert "Mar 2026" not in found
    manager = log_in(
        client, make_agent(session, role=Role.STORE_MANAGER, email="m@verel.example", store_ids=[lyon.id])
    )
    assert manager.get(page).status_code == 404


def test_a_comment_becomes_one_ticket_of_its_store(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    lyon, lille = make_store(session), make_store(session, "Lille", code="LIL")
    ids = make_answered(session)
    add_responses(
        session, *ids, [{}], told={"note": LATE}, store_id=lyon.id, customer_id=make_customer(session).id
    )
    add_responses(session, *ids, [{}], told={"note": "Parfait"}, store_id=lyon.id)
    count()
    known, unknown = (
        session.query(QuestionnaireComment).filter_by(text=text).one().id for text in (LATE, "Parfait")
    )
    base = f"/questionnaires/{ids[0]}/results/comments"
    for other, status in (
        (
            make_agent(session, role=Role.STORE_MANAGER, email="lille@verel.example", store_ids=[lille.id]),
            404,
        ),
        (make_agent(session, role=Role.MARKETER, email="m@verel.example"), 403),
    ):
        assert log_in(client, other).post(f"{base}/{known}/ticket").status_code == status
    person = log_in(client, make_agent(session, role=Role.STORE_MANAGER, store_ids=[lyon.id]))
    assert person.post(f"{base}/{unknown}/ticket").status_code == 404
    assert person.get(base).get_data(as_text=True).count(f"{base}/{known}/ticket") == 1
    first = person.post(f"{base}/{known}/ticket")
    assert first.status_code == 302
    assert person.post(f"{base}/{known}/ticket").location == first.location
    ticket = session.query(Ticket).one()
    assert (ticket.store_id, ticket.customer_id is not None) == (lyon.id, True)
    assert "colis" in text_of(person, first.location)
    assert f"Ticket {ticket.number}" in text_of(person, f"{base}?lang=en")
