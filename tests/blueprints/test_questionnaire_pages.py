"""Pages of a questionnaire over HTTP: looking writes nothing, all that was typed comes back, each end has its page."""

from io import BytesIO
from typing import Any, Self

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from hub.questionnaires.models import OpenLink, QuestionnaireResponse
from hub.questionnaires.words import LinkKind, ResponseState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.page_forms import read_form
from tests.makers.questionnaires import (
    FORMS,
    clause,
    document,
    every_kind,
    make_asked,
    make_link,
    make_questionnaire,
    option,
    question,
    said,
)
from tests.makers.stores import make_chain, make_store
from tests.reviews.pictures import a_png

PAGES = ("scores", "picks", "told", "rest")


@pytest.fixture(autouse=True)
def chain(session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages may be sent at once."""
    make_chain(session)
    settings = client.application.config["COMPTOIR"]
    monkeypatch.setitem(client.application.config, "COMPTOIR", Patient(settings))


class Patient:
    """The settings, without the second that a page must have been seen."""

    survey_nonce_min_seconds = 0.0

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._settings, name)


def page_of(client: FlaskClient, path: str, *, status: int = 200) -> str:
    found = client.get(path)
    assert found.status_code == status, found.text
    for name, value in (
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex"),
        ("Referrer-Policy", "no-referrer"),
    ):
        assert found.headers[name] == value
    assert "Set-Cookie" not in found.headers
    assert len(found.data) < 20_480, len(found.data)
    assert "//" not in found.text.replace("http://localhost", "").replace("https://www.verel.example", ""), (
        "a third party"
    )
    return found.text


def press(client: FlaskClient, path: str, fields: dict[str, Any] | None = None, *, status: int = 303) -> Any:
    """Send the form of a page, filled in. Returns the address it leads to, or the page."""
    told = read_form(page_of(client, path)) | (fields or {})
    found = client.post(path, data=told)
    assert found.status_code == status, found.text
    return found.headers["Location"] if status == 303 else found.text


def begin(client: FlaskClient, token: str, query: str = "") -> str:
    return str(press(client, f"/q/{token}{query}"))


def count(session: Session, state: ResponseState | None = None) -> int:
    rows = select(func.count()).select_from(QuestionnaireResponse)
    return session.scalar(rows if state is None else rows.where(QuestionnaireResponse.state == state)) or 0


def test_all_kinds_from_the_first_page_to_the_thanks(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    store = make_store(session)
    told = every_kind(title=said("Bonjour {{first_name}}, votre visite à {{store}}"))
    published = make_questionnaire(session, told, closes_at=TUESDAY.replace(day=31))
    _, token = make_asked(session, published, customer_id=make_customer(session).id, store_id=store.id)
    first = page_of(client, f"/q/{token}")
    assert client.head(f"/q/{token}").status_code == 200
    for words in ("Bonjour Dora, votre visite à Lyon Part-Dieu", "Maison Verel", "31 mars 2026", "ne sont pas anonymes",
                  "15 questions", "minutes", "Dites-nous comment"):  # fmt: skip
        assert words in first, words
    assert count(session) == 0, "looking begins nothing"
    at = begin(client, token)
    assert "/q/r/" in at
    assert token not in at
    assert begin(client, token).partition("?")[0] == at.partition("?")[0]
    assert "Reprendre" in page_of(client, f"/q/{token}")
    place = f"{at.partition('?')[0]}"
    wrong = press(client, f"{place}/scores", {"nps": "3"}, status=422)
    assert wrong.count("Répondez à cette question.") == 2, "in the summary and at the question"
    assert 'href="#q-csat"' in wrong
    assert 'id="q-csat"' in wrong
    assert 'aria-describedby="q-csat-error"' in wrong
    assert read_form(wrong)["nps"] == ["3"], "what was typed is there again"
    for number, (key, form) in enumerate(zip(PAGES, FORMS, strict=True), 1):
        shown = page_of(client, f"{place}/{key}")
        assert f"Page {number} sur" in shown
        following = press(client, f"{place}/{key}", dict(form))
    assert following == place
    over = page_of(client, place)
    assert "Merci de votre réponse." in over
    assert count(session, ResponseState.COMPLETE) == 1
    assert "Déjà rempli" in page_of(client, f"/q/{token}")
    again = client.post(f"{place}/rest", data={"_nonce": "old"})
    assert again.headers["Location"] == place, "the button pressed twice"
    assert client.get(f"{place}/scores").headers["Location"] == place


def test_back_in_english_with_files_and_sql_counted(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    published = make_questionnaire(session, every_kind(mode="anonymous"))
    _, token = make_link(session, published)
    first = page_of(client, f"/q/{token}?lang=en&till=9")
    assert "Your answers are anonymous" in first
    place = begin(client, token, "?lang=en&till=9").partition("?")[0]
    assert place in page_of(client, place), "the address to come back by"
    press(client, f"{place}/scores?lang=en", dict(FORMS[0]))
    shown = page_of(client, f"{place}/picks?lang=en")
    assert "Question" not in shown or "Page 2 of about 4" in shown
    back = press(client, f"{place}/picks", {**FORMS[1], "_back": "1"})
    assert back == f"{place}/scores"
    assert read_form(page_of(client, back))["nps"] == ["7"], "filled in with what was told"
    kept = read_form(page_of(client, f"{place}/picks"))
    assert (kept["single"], kept["multiple.other"], kept["ranking.find"]) == (["car"], ["La vue"], ["1"])
    press(client, f"{place}/scores", dict(FORMS[0]))
    press(client, f"{place}/picks", dict(FORMS[1]))
    press(client, f"{place}/told", dict(FORMS[2]))
    bad = press(
        client,
        f"{place}/rest",
        {"file": (BytesIO(b"MZ\x90"), "virus.exe"), "contact.email": "nobody"},
        status=422,
    )
    assert bad.count("aria-invalid") >= 1
    assert read_form(bad)["contact.email"] == ["nobody"]
    with Statements() as seen:
        found = client.post(
            f"{place}/rest", data=read_form(bad) | {"contact.email": "", "file": (BytesIO(a_png()), "a.png")}
        )
    assert found.headers["Location"] == place
    assert len(seen.told) <= 14, "\n".join(seen.told)
    row = session.scalars(select(QuestionnaireResponse)).one()
    assert (row.state, row.hidden, row.language, row.answers["file"]) == ("complete", {"till": "9"}, "en", 1)


class Statements:
    """What the database is asked meanwhile."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __enter__(self) -> Self:
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *error: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.told.append(statement)


def test_each_end_has_its_page(client: FlaskClient, session: Session, hand_clock: HandClock) -> None:
    told = document(
        {"key": "one", "questions": [question("come", "single", options=[option("foot", most=0), option("no")])],
         "ends_if": {"clauses": [clause("come", "any_of", "no")]}},
        {"key": "two", "questions": [question("csat", "csat")]},
    )  # fmt: skip
    published = make_questionnaire(session, told, closes_at=TUESDAY.replace(day=9))
    link_id, token = make_link(session, published, most_a_day=3)
    place = begin(client, token)
    assert press(client, f"{place}/one", {"come": "no"}) == place
    assert "ne vous concernent pas" in page_of(client, place)
    other = begin(client, token)
    press(client, f"{other}/one", {"come": "foot"})
    press(client, f"{other}/two", {"csat": "5"})
    assert "assez de réponses" in page_of(client, other)
    last = begin(client, token)
    assert "Appuyez encore une fois" in client.post(f"{last}/one", data={"come": "foot", "_nonce": "x"}).text
    press(client, f"{last}/one", {"come": "no"})
    assert "souvent rempli" in press(client, f"/q/{token}", status=409)
    session.get_one(OpenLink, link_id).most_a_day = 9
    session.flush()
    left = begin(client, token)
    held = read_form(page_of(client, f"{left}/one"))
    hand_clock.move(days=7)
    assert client.post(f"{left}/one", data=held).status_code == 410
    for path in (f"/q/{token}", left):
        assert "est clos" in page_of(client, path, status=410)
    for path in ("/q/x", f"/q/{token}x", f"{left}1", f"/q/r/{'0' * 32}", "/q/r/x/y"):
        assert client.get(path).status_code == 404
    assert client.post("/q/x").status_code == 404


def test_an_embedded_one_is_framed_by_the_chains_sites_only(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    published = make_questionnaire(session, document(languages=["fr"]))
    _, token = make_link(session, published, kind=LinkKind.EMBED)
    _, plain = make_link(session, published)
    place = begin(client, token)
    for path in (f"/q/{token}", place, f"{place}/one"):
        assert (
            "frame-ancestors 'self' https://www.verel.example"
            in client.get(path).headers["Content-Security-Policy"]
        )
        assert "<header" not in page_of(client, path)
    for path in (f"/q/{plain}", begin(client, plain)):
        assert "verel" not in client.get(path).headers["Content-Security-Policy"]
    assert 'hreflang="en"' not in page_of(client, f"/q/{plain}"), "one language only"


def test_twenty_questions_on_one_page_stay_small(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    long = "Comment jugez-vous la qualité de l’accueil de nos conseillers en magasin ?"
    options = [option(f"o{number}", f"Une réponse possible, la {number}e de la liste") for number in range(6)]
    asked = [question(f"s{number}", "csat", long) for number in range(8)]
    asked += [question(f"c{number}", "single", long, options=options) for number in range(7)]
    asked += [question(f"n{number}", "nps", long) for number in range(2)]
    asked += [question(f"t{number}", "long_text", long) for number in range(3)]
    published = make_questionnaire(session, document({"key": "one", "questions": asked}))
    _, token = make_link(session, published)
    place = begin(client, token)
    shown = page_of(client, f"{place}/one")
    assert shown.count("<legend>") == 17
