"""Pages of the questionnaires' builder: begun, pages and questions added, changed, moved, taken out and undone by plain posts."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.questionnaires.drafts import actions
from hub.questionnaires.drafts.queries import get_questionnaire, list_names, list_versions
from hub.questionnaires.drafts.rows import DraftView
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.words import Mode, QuestionKind, QuestionnaireState
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.page_forms import read_form
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain


@pytest.fixture
def marketer(client: FlaskClient, session: Session, hand_clock: HandClock) -> FlaskClient:
    make_chain(session)
    return log_in(client, make_agent(session, role=Role.MARKETER))


def begin(marketer: FlaskClient, start: str = "", name: str = "Enquête") -> str:
    """The address of the new one's pages."""
    answer = marketer.post("/questionnaires/new", data={"name": name, "start": start})
    assert answer.status_code == 303, answer.text
    return str(answer.location).removesuffix("/edit")


def draft(base: str) -> DraftView:
    return get_questionnaire(int(base.rpartition("/")[2]))


def order(base: str) -> list[list[str]]:
    return [[question.key for question in page.questions] for page in draft(base).definition.pages]


def press(marketer: FlaskClient, base: str, act: str) -> str:
    """A button of the timeline; the page that follows."""
    found = marketer.post(f"{base}/edit", data={"act": act, "seen": draft(base).seen}, follow_redirects=True)
    assert found.status_code == 200
    return found.text


def add(marketer: FlaskClient, base: str, kind: str, page: str = "page_1", **fields: Any) -> Any:
    typed = {"act": "save", "seen": draft(base).seen, "words_fr": "Pourquoi ?", "words_en": "Why?", **fields}
    return marketer.post(f"{base}/pages/{page}/add?kind={kind}", data=typed)


def test_the_list_says_state_and_closing_date_and_leads_on(marketer: FlaskClient, session: Session) -> None:
    assert "Aucun questionnaire" in marketer.get("/questionnaires/").text
    for number in range(51):
        actions.create_questionnaire(
            name=f"Enquête {number}", document=TEMPLATES[Template.DELIVERY][1], by=SYSTEM, now=TUESDAY
        )
    session.commit()
    with counted_statements() as counted:
        page = marketer.get("/questionnaires/").text
    assert len(counted) <= 12
    assert "Enquête 50" in page
    assert "brouillon" in page
    assert "Enquête 0<" not in page
    older = page.partition("after=")[2].partition('"')[0]
    assert "Enquête 0<" in marketer.get(f"/questionnaires/?after={older}").text


def test_one_is_begun_of_each_template_or_like_another(marketer: FlaskClient) -> None:
    for template in Template:
        base = begin(marketer, template.value, name=template.value)
        page = marketer.get(f"{base}/edit").text
        assert "environ" in page
        assert len(order(base)) >= 3
    copy = begin(marketer, f"like:{draft(base).id}", name="Comme l’an dernier")
    assert draft(copy).document == draft(base).document
    assert draft(copy).earlier_id == draft(base).id
    assert draft(copy).key != draft(base).key
    assert marketer.post("/questionnaires/new", data={"name": " ", "start": ""}).status_code == 422
    press_ = marketer.post(f"{copy}/discard", data={"seen": draft(copy).seen}, follow_redirects=True)
    assert press_.status_code == 200
    assert "Comme l’an dernier" not in [name for _, name in list_names()]


def test_every_kind_is_added_and_comes_back_as_it_was_saved(marketer: FlaskClient) -> None:
    base = begin(marketer)
    more: dict[QuestionKind, dict[str, Any]] = {
        QuestionKind.SINGLE: {"options-row": ["1", "2", "3"], "options-1-fr": "Oui", "options-1-en": "Yes", "options-2-fr": "Autre",
            "options-2-code": "other", "options-2-fixed": "1", "options-2-most": "40", "is_shuffled": "1"},
        QuestionKind.MULTIPLE: {"options-row": ["2", "1"], "options-1-fr": "Rien", "options-1-exclusive": "1",
            "options-2-fr": "Le prix", "least_count": "1", "most_count": "2"},
        QuestionKind.RANKING: {"options-row": ["1", "2"], "options-1-fr": "Un", "options-2-fr": "Un"},
        QuestionKind.MATRIX: {"options-row": ["1", "2"], "options-1-fr": "Bien", "options-2-fr": "Mal",
            "rows-row": ["1", "2"], "rows-1-fr": "L’accueil", "rows-2-fr": "Le choix"},
        QuestionKind.SCALE: {"least": "0", "most": "10", "low_fr": "Jamais", "high_en": "Always"},
        QuestionKind.NUMBER: {"least": "0", "most": "1,5", "unit_fr": "m"},
        QuestionKind.CONTACT: {"fields": ["email", "phone"]},
        QuestionKind.NPS: {"key": "recommander", "is_required": "1"},
    }  # fmt: skip
    for kind in QuestionKind:
        assert marketer.get(f"{base}/pages/page_1/add?kind={kind}").status_code == 200
        assert add(marketer, base, kind, **more.get(kind, {})).status_code == 303, kind
    by_key = draft(base).definition.by_key
    assert [(each.code, each.most, each.is_fixed) for each in by_key["single"].options] == [
        ("oui", None, False),
        ("other", 40, True),
    ]
    assert [each.code for each in by_key["multiple"].options] == ["le_prix", "rien"]
    assert [each.code for each in by_key["ranking"].options] == ["un", "un_2"]
    assert by_key["multiple"].options[1].is_exclusive
    assert (by_key["number"].most, by_key["scale"].range) == (1.5, (0, 10))
    assert by_key["recommander"].is_required
    assert marketer.get(f"{base}/edit").text.count("question-row") == 16
    before = draft(base).document
    for key in by_key:
        sent = read_form(marketer.get(f"{base}/questions/{key}").text)
        answer = marketer.post(
            f"{base}/questions/{key}", data={**sent, "act": "save", "seen": draft(base).seen}
        )
        assert answer.status_code == 303, key
    assert draft(base).document == before


def test_rows_and_conditions_are_built_by_buttons_and_kept_through_a_mistake(marketer: FlaskClient) -> None:
    base = begin(marketer, "post_purchase")
    url = f"{base}/questions/disappointed_by"
    sent = read_form(marketer.get(url).text)
    sent = read_form(marketer.post(url, data={**sent, "act": "up:options:2"}).text)
    assert sent["options-1-code"] == ["price"]
    sent = read_form(marketer.post(url, data={**sent, "act": "more:options"}).text)
    assert len(sent["options-row"]) == 10
    sent = read_form(
        marketer.post(url, data={**sent, "act": "add:show_if", "show_if-new": "satisfaction"}).text
    )
    sent = read_form(marketer.post(url, data={**sent, "act": "add:show_if", "show_if-new": "channel"}).text)
    typed = {**sent, "act": "save", "show_if-1-test": "at_most", "show_if-1-number": "deux", "options-8-fr": "Le choix",
        "show_if-2-codes": ["web", "phone"], "show_if-join": "any"}  # fmt: skip
    refused = marketer.post(url, data=typed)
    assert refused.status_code == 422
    assert "Êtes-vous satisfait" in refused.text
    assert 'value="deux"' in refused.text
    answer = marketer.post(url, data={**typed, "show_if-1-number": "2"})
    assert answer.status_code == 303
    question = draft(base).definition.by_key["disappointed_by"]
    assert [each.code for each in question.options] == [
        "price", "product", "advice", "wait", "payment", "delivery", "other", "le_choix"
    ]  # fmt: skip
    assert question.show_if.join == "any"
    assert [(each.question, each.codes, each.number) for each in question.show_if.clauses] == [
        ("satisfaction", (), 2.0), ("channel", ("web", "phone"), None)
    ]  # fmt: skip
    page = f"{base}/pages/end"
    sent = read_form(marketer.get(page).text)
    sent = read_form(marketer.post(page, data={**sent, "act": "add:ends_if", "ends_if-new": "nps"}).text)
    sent |= {"ends_if-1-test": "at_least", "ends_if-1-number": "9", "title_fr": "Fin", "act": "save"}
    assert marketer.post(page, data=sent).status_code == 303
    assert draft(base).definition.pages[-1].ends_if.clauses[0].number == 9
    assert "Fin" in marketer.get(f"{base}/edit").text


def test_pages_and_questions_are_moved_copied_taken_out_and_brought_back(marketer: FlaskClient) -> None:
    base = begin(marketer, "store_visit")
    whole = order(base)
    press(marketer, base, "down:points")
    assert order(base)[:2] == [["satisfaction", "bought"], ["points", "why_not", "wanted"]]
    press(marketer, base, "copy:points")
    press(marketer, base, "page-copy:end")
    press(marketer, base, "page-up:end")
    press(marketer, base, "page-add:visit")
    assert order(base) == [
        ["satisfaction", "bought"], [], ["nps", "comment"], ["points", "points_2", "why_not", "wanted"], ["nps_2", "comment_2"]
    ]  # fmt: skip
    assert "n’est plus" in press(marketer, base, "remove:gone")
    press(marketer, base, "page-remove:missing")
    for _ in range(6):
        assert "L’annulation" not in press(marketer, base, "undo")
    assert order(base) == whole


def test_who_was_slower_loses_nothing(marketer: FlaskClient) -> None:
    base = begin(marketer, "delivery")
    url, seen = f"{base}/questions/comment", draft(base).seen
    sent = read_form(marketer.get(url).text)
    press(marketer, base, "remove:photo")
    refused = marketer.post(url, data={**sent, "seen": seen, "words_fr": "Un mot ?", "act": "save"})
    assert refused.status_code == 409
    assert "Un mot ?" in refused.text
    again = read_form(refused.text)
    assert marketer.post(url, data={**again, "act": "save"}).status_code == 303
    assert draft(base).definition.by_key["comment"].words.fr == "Un mot ?"
    assert "photo" not in draft(base).definition.by_key
    assert "Quelqu’un d’autre" in marketer.post(
        f"{base}/edit", data={"act": "remove:driver", "seen": seen}, follow_redirects=True
    ).text  # fmt: skip


def test_what_holds_for_all_pages_is_changed(marketer: FlaskClient, session: Session) -> None:
    base = begin(marketer, "leaving", name="Départs")
    url = f"{base}/about"
    sent = read_form(marketer.get(url).text)
    assert sent["mode"] == ["anonymous"]
    typed = {**sent, "name": "Départs 2026", "mode": "identified", "languages": ["fr"], "closes_on": "2026-04-30", "most": "500",
        "hidden": "campaign, Source"}  # fmt: skip
    refused = marketer.post(url, data=typed)
    assert refused.status_code == 422
    assert "Source" in refused.text
    assert marketer.post(url, data={**typed, "hidden": "campaign, source"}).status_code == 303
    found = draft(base)
    assert (found.name, found.definition.mode, found.definition.most) == (
        "Départs 2026",
        Mode.IDENTIFIED,
        500,
    )
    assert found.definition.hidden == ("campaign", "source")
    assert found.closes_at is not None
    assert found.closes_at.isoformat() == "2026-04-30T21:59:00+00:00"
    sent = read_form(marketer.get(url).text)
    assert marketer.post(url, data={**sent, "closes_on": "2026-02-01"}).status_code == 422
    assert marketer.post(url, data={**sent, "closes_on": ""}).status_code == 303
    assert draft(base).closes_at is None


def test_what_is_wrong_stops_the_publishing_and_leads_to_its_form(marketer: FlaskClient) -> None:
    base = begin(marketer, "post_purchase")
    press(marketer, base, "remove:channel")
    page = marketer.get(f"{base}/publish").text
    assert "À corriger" in page
    assert f"{base}/pages/ordering" in page
    assert "Publier" not in page
    refused = marketer.post(f"{base}/publish", data={"seen": draft(base).seen})
    assert refused.status_code == 422
    assert draft(base).published is None


def test_versions_are_published_mapped_closed_and_opened_again(
    marketer: FlaskClient, session: Session
) -> None:
    base = begin(marketer, "delivery")
    key = draft(base).id
    assert marketer.post(f"{base}/publish", data={"seen": "old"}).status_code == 409
    assert marketer.post(f"{base}/publish", data={"seen": draft(base).seen}).status_code == 303
    first = draft(base)
    assert (first.number, first.state, first.published) == (1, QuestionnaireState.OPEN, first.document)
    assert marketer.post(f"{base}/publish", data={"seen": first.seen}).status_code == 409

    press(marketer, base, "remove:comment")
    assert (
        add(marketer, base, "long_text", "end", words_fr="Autre chose ?", key="comment").status_code == 422
    ), "a key is given once"
    assert (
        add(marketer, base, "long_text", "end", words_fr="Autre chose ?", key="last_word").status_code == 303
    )
    sent = read_form(marketer.get(f"{base}/questions/parcel").text)
    sent |= {"options-2-code": "box", "options-2-fr": "Carton abîmé", "act": "save"}
    assert marketer.post(f"{base}/questions/parcel", data=sent).status_code == 303
    page = marketer.get(f"{base}/publish").text
    for words in ("Question ajoutée : « Autre chose ?", "Question retirée : « Souhaitez-vous", "option ajoutée : Carton abîmé",
        'name="moved.comment"', 'name="moved.parcel.packaging"'):  # fmt: skip
        assert words in page.replace("\u00a0", " ").replace("\u202f", " "), words
    moved = {"moved.comment": "last_word", "moved.parcel.packaging": "box"}
    wrong = marketer.post(
        f"{base}/publish", data={"seen": draft(base).seen, **moved, "moved.photo": "last_word"}
    )
    assert wrong.status_code == 422
    assert marketer.post(f"{base}/publish", data={"seen": draft(base).seen, **moved}).status_code == 303
    second, one = list_versions(key)
    assert second.moved == {"comment": {"key": "last_word"}, "parcel": {"codes": {"packaging": "box"}}}
    assert one.definition == first.document
    versions = marketer.get(f"{base}/versions").text
    assert "Version 2" in versions
    assert "option ajoutée" in versions

    press(marketer, base, "remove:photo")
    marketer.post(f"{base}/discard", data={"seen": draft(base).seen})
    assert not draft(base).is_changed
    assert marketer.post(f"{base}/close").status_code == 303
    assert draft(base).state is QuestionnaireState.CLOSED
    assert ">clos<" in marketer.get("/questionnaires/").text
    assert marketer.post(f"{base}/reopen").status_code == 303
    assert draft(base).is_taking(TUESDAY)
    done = session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.subject_kind == "questionnaire", AuditEntry.subject_id == key)
        .order_by(AuditEntry.id)
    ).all()
    assert done == ["questionnaire.created", "questionnaire.published", "questionnaire.published", "questionnaire.closed",
        "questionnaire.reopened"]  # fmt: skip
    assert marketer.post(f"{base}/discard").status_code == 303
    assert draft(base).published is not None


def test_the_preview_leads_through_the_pages_and_keeps_nothing(
    marketer: FlaskClient, session: Session
) -> None:
    base = begin(marketer, "yearly")
    frame = f"{base}/preview/frame"
    assert f"{frame}?lang=en" in marketer.get(f"{base}/preview?lang=en&width=phone").text
    page = marketer.get(f"{frame}?lang=en").text
    assert "Our yearly survey" in page
    sent = read_form(marketer.post(f"{frame}?lang=en", data=read_form(page)).text)
    assert sent["_page"] == ["overall"]
    refused = marketer.post(f"{frame}?lang=en", data={**sent, "nps": "3"})
    assert refused.status_code == 422
    assert "Overall, are you satisfied" in refused.text
    typed = {**sent, "nps": "3", "satisfaction": "5", "visits": "never"}
    why = marketer.post(f"{frame}?lang=en", data=typed).text
    assert "You gave us 3 out of 10" in why
    sent = read_form(why)
    assert sent["visits"] == ["never"]
    buying = read_form(marketer.post(f"{frame}?lang=en", data={**sent, "nps_why": "<b>"}).text)
    assert buying["_page"] == ["buying"], "satisfied, and never in a store: two pages are passed over"
    back = read_form(marketer.post(f"{frame}?lang=en", data={**buying, "_back": "1"}).text)
    assert (back["_page"], back["nps_why"][0].strip()) == (["why"], "<b>")
    dead = marketer.get(f"{frame}?lang=fr&page=trouble").text
    assert "déçu" in dead
    assert session.scalar(select(func.count()).select_from(QuestionnaireResponse)) == 0
