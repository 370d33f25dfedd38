"""Whose answers are whose: merged, taken apart, erased; in anonymous mode an erasure finds nothing to empty."""

from typing import Any

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.blueprints.privacy.shown import sections_of
from hub.core.actor import SYSTEM
from hub.core.loose_files import LooseFile
from hub.customers.queries import list_facts
from hub.identity import erasing
from hub.identity.exporting import gather, list_files
from hub.identity.merging import merge_customers
from hub.identity.unmerging import unmerge_customers
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse, ResponseFile
from hub.questionnaires.responding.queries import get_entrance
from hub.questionnaires.responding.rows import Standing
from hub.questionnaires.responding.uploads import Upload
from hub.questionnaires.results.counting import count_batch
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, make_emil
from tests.makers.questionnaires import (
    FORMS,
    every_kind,
    make_asked,
    make_questionnaire,
    respond,
    send_page,
    start,
)
from tests.makers.stores import make_chain
from tests.reviews.pictures import a_png

ALL: dict[str, Any] = {name: value for form in FORMS for name, value in form.items()}


def whose(session: Session) -> list[int | None]:
    session.expire_all()
    rows = select(QuestionnaireResponse.customer_id).order_by(QuestionnaireResponse.id)
    return list(session.scalars(rows))


def test_two_who_were_both_asked_are_merged_and_taken_apart(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    published = make_questionnaire(session)
    dora, emil = make_customer(session), make_emil(session)
    _, hers = make_asked(session, published, customer_id=dora.id)
    asked_id, his = make_asked(session, published, customer_id=emil.id)
    respond(his, ALL)
    start(hers)
    [merge_id] = merge_customers(dora.id, [emil.id], by=SYSTEM, now=TUESDAY)
    assert whose(session) == [dora.id, dora.id], "both responses stay"
    assert session.scalars(select(QuestionnaireInvitation.customer_id)).all() == [dora.id]
    assert get_entrance(hers, now=TUESDAY).standing is Standing.OPEN
    assert "QuestionnaireAnswered" in {line.kind for line in list_facts(dora.id).rows}
    unmerge_customers(merge_id, by=SYSTEM, now=TUESDAY)
    assert sorted(filter(None, whose(session))) == sorted([dora.id, emil.id])
    asked = session.scalars(
        select(QuestionnaireInvitation).where(QuestionnaireInvitation.id == asked_id)
    ).one()
    assert (asked.customer_id, asked.has_answered) == (emil.id, True)
    assert get_entrance(his, now=TUESDAY).response_key is not None


def test_an_erasure_empties_words_and_keeps_codes(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    published = make_questionnaire(session)
    unknown = make_questionnaire(session, every_kind(mode="anonymous"), key="unknown")
    dora = make_customer(session)
    _, token = make_asked(session, published, customer_id=dora.id)
    _, hidden = make_asked(session, unknown, customer_id=dora.id)
    ticket = start(token)
    for page, form in zip(("scores", "picks", "told"), FORMS, strict=False):
        send_page(ticket, page, form)
    send_page(ticket, "rest", FORMS[3], files={"file": [Upload("dora.png", a_png())]})
    digest = session.scalars(select(ResponseFile.sha256)).one()
    kept = respond(hidden, ALL)
    erasing.ask_erasure(dora.id, by=SYSTEM, now=TUESDAY)
    while erasing.work_erasures(lambda: None):
        pass
    session.expire_all()
    rows = {row.key: row for row in session.scalars(select(QuestionnaireResponse))}
    mine = rows[ticket.key]
    assert (mine.words, mine.hidden, mine.answers["nps"]) == ({}, {}, 7)
    assert session.scalars(select(ResponseFile)).all() == []
    assert digest in session.scalars(select(LooseFile.sha256)).all()
    assert rows[kept.key].words["text"] == "Bien", "nobody knows whose it is"


def test_the_export_tells_all_that_is_his_in_words_of_both_languages(
    app: Flask, session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    published = make_questionnaire(session)
    nameless = make_questionnaire(session, every_kind(mode="anonymous"), key="unknown")
    dora = make_customer(session)
    asked_id, token = make_asked(session, published, customer_id=dora.id)
    respond(make_asked(session, nameless, customer_id=dora.id)[1], {**ALL, "text": "NAMELESS"})
    ticket = start(token)
    for page, form in zip(("scores", "picks", "told"), FORMS, strict=False):
        send_page(ticket, page, form)
    send_page(ticket, "rest", FORMS[3], files={"file": [Upload("dora.png", a_png())]})
    count_batch()
    export = gather(dora.id, by=SYSTEM, now=TUESDAY)
    rows = {each.table: each.rows for each in export.sections if each.room == "questionnaires"}
    assert {table: len(found) for table, found in rows.items()} == {
        "questionnaire_files": 1, "questionnaire_comments": 3, "questionnaire_responses": 1, "questionnaire_invitations": 2,
    }  # fmt: skip
    [mine] = rows["questionnaire_responses"]
    assert (mine["answers"]["nps"], mine["words"]["contact"]["email"]) == (7, "eva@client.example")
    assert mine["invitation_id"] == asked_id
    assert "NAMELESS" not in str(export.as_json()), "an anonymous answer is nobody's"
    digest = session.scalars(select(ResponseFile.sha256)).one()
    assert [name for name, sha256 in list_files(export) if sha256 == digest] == [
        f"files/{digest[:12]}-dora.png"
    ]
    pages = {}
    for language in ("fr", "en"):
        with app.test_request_context(), force_locale(language):
            pages[language] = {each["table"]: each for each in sections_of(export) if each["table"] in rows}
    for table in rows:
        french, english = pages["fr"][table], pages["en"][table]
        assert french["title"] != english["title"]
        names = [[name for name, _ in page["rows"][0]] for page in (french, english)]
        assert not any("_" in name for each in names for name in each), names
        assert names[0] != names[1]
    french, english = (dict(pages[each]["questionnaire_responses"]["rows"][0]) for each in ("fr", "en"))
    assert (french["État"], english["State"]) == ("envoyé", "sent in")
    answers, told = french["Réponses"], french["Avec ses mots"]
    assert "Comment êtes-vous venu ?: En voiture" in answers, (
        "what a code means, under the words of its question"
    )
    assert "Qu’est-ce qui a compté ?: Le prix, Autre" in answers
    assert "Le choix: Bon" in answers
    assert "Dites-nous plus: Très bien." in told
    assert "Qu’est-ce qui a compté ? – Autre: La vue" in told
    assert "Price, Other" in english["Answers"]
