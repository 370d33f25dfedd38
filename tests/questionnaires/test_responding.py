"""From the first page to the end: what is kept, who answers once, what is full, what stays unknown."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import files
from hub.core.db import Base, db, transaction
from hub.core.errors import Conflict, Gone, Invalid, NotFound
from hub.core.facts import FactRow
from hub.core.loose_files import LooseFile
from hub.questionnaires.links import Ticket, read_ticket, write_ticket
from hub.questionnaires.models import (
    LinkUse,
    OpenLink,
    Questionnaire,
    QuestionnaireInvitation,
    QuestionnaireResponse,
    QuotaCount,
    ResponseFile,
)
from hub.questionnaires.reading import read_definition
from hub.questionnaires.responding.queries import get_entrance, get_page
from hub.questionnaires.responding.rows import Standing
from hub.questionnaires.responding.uploads import MOST_FILE_BYTES, Upload
from hub.questionnaires.retelling import as_form
from hub.questionnaires.taking import take
from hub.questionnaires.words import QuestionnaireState, ResponseState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.questionnaires import (
    FORMS,
    a_first_nonce,
    clause,
    document,
    every_kind,
    make_asked,
    make_link,
    make_questionnaire,
    option,
    publish_again,
    question,
    respond,
    send_page,
    start,
)
from tests.makers.stores import make_chain, make_store
from tests.makers.sweeping import sweep
from tests.questionnaires import drawn
from tests.reviews.pictures import SECRETS, a_jpeg, a_png

ALL: dict[str, Any] = {name: value for form in FORMS for name, value in form.items()}


def responses(session: Session) -> list[QuestionnaireResponse]:
    session.expire_all()
    return list(session.scalars(select(QuestionnaireResponse).order_by(QuestionnaireResponse.started_at)))


@given(told=drawn.documents(), form=drawn.FORMS)
def test_a_page_that_is_come_back_to_is_filled_in(told: dict[str, Any], form: Any) -> None:
    questions = list(read_definition(told).questions)
    answers = take(questions, form).answers
    again = take(questions, as_form(questions, answers)).answers
    assert answers.items() <= again.items()
    assert set(again) - set(answers) <= {each.key for each in questions if each.kind == "consent"}


def test_an_invited_person_answers_once(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    store = make_store(session)
    dora = make_customer(session)
    published = make_questionnaire(session)
    asked_id, token = make_asked(session, published, customer_id=dora.id, store_id=store.id)
    seen = get_entrance(token, now=TUESDAY)
    assert (seen.standing, seen.first_name, seen.store_name) == (Standing.OPEN, "Dora", "Lyon Part-Dieu")
    assert responses(session) == [], "looking writes nothing"
    ticket = start(token)
    assert start(token) == ticket, "pressed twice, or opened again on another day"
    assert send_page(ticket, "scores", {}).errors.keys() == {"csat"}
    assert send_page(ticket, "scores", FORMS[0]).page_key == "picks"
    assert send_page(ticket, "scores", FORMS[0]).page_key == "picks", "sent twice"
    row = responses(session)[0]
    assert (row.answers, row.page_key, row.state) == (
        {"csat": 4, "nps": 7, "ces": 6, "scale": 0}, "picks", ResponseState.PARTIAL)  # fmt: skip
    assert set(row.shown) == {*row.answers, "single", "multiple", "ranking", "matrix"}
    assert get_entrance(token, now=TUESDAY).response_key == ticket.key
    later = TUESDAY + timedelta(days=3)
    assert send_page(ticket, "picks", FORMS[1], now=later).page_key == "told"
    back = send_page(ticket, "told", {"text": "Bien", "number": "x"}, now=later, is_back=True)
    assert (back.page_key, back.errors) == ("picks", {})
    assert get_page(ticket, now=later).answers["text"] == "Bien", "kept on the way back, but what is wrong"
    respond(token, ALL, now=later)
    [row] = responses(session)
    assert (row.state, row.completed_at, row.customer_id, row.store_id) == (
        ResponseState.COMPLETE, later, dora.id, store.id)  # fmt: skip
    assert row.words == {
        "multiple.other": "La vue", "text": "Bien", "long_text": "Très bien.\nMerci.", "date": "2026-03-01",
        "contact": {"first_name": "Eva", "email": "eva@client.example", "phone": "06 12 34 56 78"},
    }  # fmt: skip
    assert (row.answers["multiple"], row.answers["number"], row.answers["consent"]) == (
        ["price", "other"],
        12.5,
        True,
    )
    asked = session.get_one(QuestionnaireInvitation, asked_id)
    assert (asked.has_answered, asked.answered_at) == (True, later)
    fact = session.scalars(select(FactRow).where(FactRow.kind == "QuestionnaireAnswered")).one()
    assert (fact.customer_id, fact.data["response_id"], fact.happened_at) == (dora.id, row.id, later)
    assert send_page(ticket, "rest", {"contact.first_name": "Mallory"}).page_key is None
    assert responses(session)[0].words["contact"]["first_name"] == "Eva", "the end is the end"
    assert get_entrance(token, now=later).standing is Standing.ANSWERED
    with pytest.raises(Conflict):
        start(token)
    assert session.scalar(select(func.count()).select_from(QuestionnaireResponse)) == 1


def test_what_was_answered_on_a_way_that_was_left_is_not_kept(
    session: Session, hand_clock: HandClock
) -> None:
    """Nor is a page that was gone round by its address left out."""
    published = make_questionnaire(session)
    _, token = make_link(session, published)
    ticket = start(token, nonce=a_first_nonce(token, till="7", source="x" * 999, other="y"))
    for page, form in zip(("scores", "picks", "told"), FORMS, strict=False):
        send_page(ticket, page, form)
    send_page(ticket, "scores", {**FORMS[0], "nps": "10"})
    saved = send_page(ticket, "rest", {})
    assert saved.page_key is None
    row = responses(session)[0]
    assert (row.answers["nps"], "number" in row.answers, "text" in row.words) == (10, False, False)
    assert "text" not in row.shown
    assert row.hidden == {"till": "7", "source": "x" * 200}
    hasty = start(token)
    assert send_page(hasty, "rest", {}).page_key == "scores", "required answers are missing before"
    assert send_page(hasty, "told", {"text": "x"}).page_key == "scores", "a page that is not on the way"
    assert get_page(hasty, now=TUESDAY).answers == {"consent": False}


def test_pages_too_fast_too_late_or_of_another_are_not_taken(session: Session, hand_clock: HandClock) -> None:
    published = make_questionnaire(session)
    _, token = make_link(session, published)
    _, other = make_link(session, published, name="Autre")
    for nonce in (
        a_first_nonce(token, seconds=0.2),
        a_first_nonce(token, seconds=90_000),
        a_first_nonce(other),
        "x",
        "a.b",
    ):
        with pytest.raises(Invalid):
            start(token, nonce=nonce)
    assert responses(session) == []
    same = a_first_nonce(token)
    ticket = start(token, nonce=same)
    assert start(token, nonce=same) == ticket, "the button pressed twice"
    assert start(token) != ticket
    for nonce in ("", "x.y", a_first_nonce(token)):
        with pytest.raises(Invalid):
            send_page(ticket, "scores", FORMS[0], nonce=nonce)
    with pytest.raises(NotFound):
        get_page(Ticket("0" * 32), now=TUESDAY)


def test_closed_switched_off_and_a_new_version(session: Session, hand_clock: HandClock) -> None:
    """Who began goes on with the questions he saw; what is closed takes nothing."""
    closes_at = TUESDAY + timedelta(days=7)
    published = make_questionnaire(session, closes_at=closes_at)
    link_id, token = make_link(session, published)
    ticket = start(token)
    publish_again(session, published, document())
    assert send_page(ticket, "scores", FORMS[0]).page_key == "picks"
    assert get_entrance(token, now=TUESDAY).definition.by_key.keys() == {"csat"}
    with pytest.raises(Gone):
        send_page(ticket, "picks", FORMS[1], now=closes_at)
    with pytest.raises(Gone):
        start(token, now=closes_at)
    session.get_one(OpenLink, link_id).is_active = False
    session.flush()
    assert get_entrance(token, now=TUESDAY).standing is Standing.OFF
    with pytest.raises(Gone):
        start(token)
    assert send_page(ticket, "picks", FORMS[1]).page_key == "told", "who has begun may go on"
    session.get_one(Questionnaire, published.id).state = QuestionnaireState.CLOSED
    session.flush()
    assert get_page(ticket, now=TUESDAY).is_closed


def test_who_is_screened_out_or_over_a_quota_is_not_counted(session: Session, hand_clock: HandClock) -> None:
    told = document(
        {"key": "one", "questions": [question("come", "single", options=[option("foot", most=1), option("car"), option("no")])],
         "ends_if": {"clauses": [clause("come", "any_of", "no")]}},
        {"key": "two", "questions": [question("csat", "csat")]},
        most=2,
    )  # fmt: skip
    published = make_questionnaire(session, told)
    _, token = make_link(session, published)

    def state_after(come: str) -> str:
        return get_page(respond(token, {"come": come, "csat": "5"}), now=TUESDAY).state

    assert [state_after(come) for come in ("no", "foot", "foot", "car", "car")] == [
        "screened", "complete", "over_quota", "complete", "over_quota"]  # fmt: skip
    counts = {(row.question_key, row.code): row.count for row in session.scalars(select(QuotaCount))}
    assert counts == {("", ""): 2, ("come", "foot"): 1}
    assert session.scalar(select(func.count()).where(FactRow.kind == "QuestionnaireAnswered")) == 2
    wider = replace_most(told, 9)
    wider["pages"][0]["questions"][0]["options"][1]["most"] = 2
    publish_again(session, published, wider)
    assert [state_after("car"), state_after("car")] == ["complete", "over_quota"], (
        "one came by car before there was a quota"
    )


def replace_most(told: dict[str, Any], most: int) -> dict[str, Any]:
    page, *rest = told["pages"]
    asked = page["questions"][0]
    asked = {**asked, "options": [dict(each) for each in asked["options"]]}
    return {**told, "most": most, "pages": [{**page, "questions": [asked]}, *rest]}


def test_the_last_place_is_given_once(app: Flask, hand_clock: HandClock) -> None:
    """Eight at once on connections of their own: three places overall, two of them for who came on foot."""
    told = document(
        {
            "key": "one",
            "questions": [question("come", "single", options=[option("foot", most=2), option("car")])],
        },
        most=3,
    )
    with app.app_context():
        with transaction() as session:
            _, token = make_link(session, make_questionnaire(session, told))
            tickets = [start(token) for _ in range(8)]

        def finish(number: int) -> None:
            with app.app_context(), transaction():
                send_page(tickets[number], "one", {"come": "car" if number % 4 == 3 else "foot"})

        try:
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(finish, range(8)))
            states = [row.state for row in responses(db.session())]
            counts = {row.code: row.count for row in db.session.scalars(select(QuotaCount))}
            assert states.count(ResponseState.COMPLETE) == counts[""] == 3
            assert states.count(ResponseState.OVER_QUOTA) == 5
            assert counts["foot"] in {1, 2}
        finally:
            db.session.rollback()
            sweep()
            db.session.remove()


def test_nothing_joins_an_anonymous_answer_and_who_was_asked(session: Session, hand_clock: HandClock) -> None:
    """No column, no order, no moment finer than the day, no fact; and still each answers once."""
    make_chain(session)
    published = make_questionnaire(session, every_kind(mode="anonymous"))
    people = [
        make_customer(session, f"P{number}", mail=f"p{number}@client.example", phone=None)
        for number in range(6)
    ]
    asked = [make_asked(session, published, customer_id=each.id) for each in people]
    tickets = []
    for number, (_, token) in enumerate(asked):
        hand_clock.move(minutes=7)
        tickets.append(respond(token, {**ALL, "csat": "5"}, now=hand_clock.now))
        assert get_entrance(token, now=TUESDAY).standing is Standing.ANSWERED, number
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    rows = responses(session)
    for row in rows:
        moments = [value for value in vars(row).values() if isinstance(value, datetime)]
        assert moments == [midnight] * 3
        assert (row.invitation_id, row.customer_id) == (None, None)
    for each in session.scalars(select(QuestionnaireInvitation)):
        assert (each.has_answered, each.answered_at) == (True, None)
    ids = [next(row.id for row in rows if row.key == ticket.key) for ticket in tickets]
    assert ids != sorted(ids), "not even their order is told"
    assert ids != sorted(ids, reverse=True)
    facts = session.scalars(select(FactRow).where(FactRow.kind == "QuestionnaireAnswered")).all()
    assert [(fact.customer_id, fact.data["response_id"], fact.happened_at) for fact in facts] == [
        (None, None, midnight)
    ] * 6
    told = {f"{column.table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
            if any(key.column.table.name == "questionnaire_responses" for key in column.foreign_keys)}  # fmt: skip
    assert told == {"questionnaire_comments.response_id", "questionnaire_files.response_id"}
    _, again = make_asked(
        session, published, customer_id=make_customer(session, "Q", mail=None, phone=None).id
    )
    one, two = start(again), start(again)
    assert one.key != two.key
    for page, form in zip(("scores", "picks", "told", "rest"), FORMS, strict=True):
        send_page(one, page, form)
        if page == "rest":
            with pytest.raises(Conflict):
                send_page(two, page, form)
        else:
            send_page(two, page, form)
    with pytest.raises(NotFound):
        get_page(Ticket(two.key), now=TUESDAY)
    assert read_ticket(write_ticket(two)) == two


def test_an_open_link_takes_so_many_a_day_from_one_address(session: Session, hand_clock: HandClock) -> None:
    published = make_questionnaire(session, document())
    _, token = make_link(session, published, most_a_day=2)
    early = start(token)
    for _ in range(2):
        respond(token, {"csat": "4"})
    with pytest.raises(Conflict):
        start(token)
    with pytest.raises(Conflict):
        send_page(early, "one", {"csat": "4"})
    respond(token, {"csat": "4"}, address="10.0.0.8")
    respond(token, {"csat": "4"}, now=TUESDAY + timedelta(days=1))
    uses = session.scalars(select(LinkUse)).all()
    assert sorted(use.count for use in uses) == [1, 1, 2]
    assert not any("10.0" in use.source_hash for use in uses)


def test_files_are_typed_by_content_and_bare(session: Session, hand_clock: HandClock) -> None:
    told = document({"key": "one", "questions": [question("photo", "file", is_required=True), question("word", "text")]},
                    {"key": "two", "questions": [question("csat", "csat")]})  # fmt: skip
    published = make_questionnaire(session, told)
    _, token = make_link(session, published)
    ticket = start(token)

    def send(*uploads: Upload, **more: Any) -> str | None:
        saved = send_page(ticket, "one", {"word": "x"}, files={"photo": uploads}, **more)
        return saved.errors["photo"].text if saved.errors else saved.page_key

    assert send() == "Please answer this question."
    for content in (
        b"MZ\x90\x00",
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xffbroken",
        b"x" * (MOST_FILE_BYTES + 1),
        b"",
    ):
        assert send(Upload("photo.jpg", content)) not in {"two", None}, content[:20]
    assert session.scalar(select(func.count()).select_from(ResponseFile)) == 0
    assert send(Upload("C:\\bureau\\photo.jpg", a_jpeg()), Upload("photo.jpg", a_jpeg())) == "two"
    row = session.scalars(select(ResponseFile)).one()
    assert (row.name, row.media_type) == ("photo.jpg", "image/jpeg")
    kept = files.read(row.sha256)
    assert not any(secret in kept for secret in SECRETS)
    assert responses(session)[0].answers == {"photo": 1}
    assert (
        send(Upload("a.png", a_png()), Upload("b.pdf", b"%PDF-1.4 a"), Upload("c.pdf", b"%PDF-1.4 c"))
        == "Please send at most %(most)s files."
    )
    assert send(Upload("b.pdf", b"%PDF-1.4 a"), dropped_ids=[row.id]) == "two"
    assert [each.name for each in session.scalars(select(ResponseFile))] == ["b.pdf"]
    assert row.sha256 in session.scalars(select(LooseFile.sha256)).all()
    anonymous = make_questionnaire(session, {**told, "mode": "anonymous"}, key="unknown")
    ticket = start(make_link(session, anonymous)[1])
    assert send(Upload("b.pdf", b"%PDF-1.4 a")) == "Please send a JPEG, PNG or WebP picture."
    assert send(Upload("Dora Lefèvre.jpg", a_jpeg())) == "two"
    assert "Dora" not in {each.name for each in session.scalars(select(ResponseFile))}
