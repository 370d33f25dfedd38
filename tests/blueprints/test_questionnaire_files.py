"""Files of answers: every kind in columns, nothing taken for a formula, a line in the audit trail; anonymous rows are nobody's."""

import csv
import io
import sys
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.questionnaires.results import keeping
from hub.questionnaires.results.following import follow
from hub.questionnaires.results.keeping import keep_ways
from hub.questionnaires.words import ResponseState
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.responses import add_responses, add_version, make_answered, results_document
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

FULL: dict[str, Any] = {
    "csat": 5, "nps": 0, "why": "other", "what": ["price", "welcome"], "order": ["welcome", "price", "advice"],
    "grid": {"shop": "good"}, "spent": 12.5, "call": False, "photo": 2,
}  # fmt: skip
TOLD = {"note": "=HYPERLINK(1)", "why.other": "Le parking", "who": {"email": "@anne"}, "day": "2026-02-01"}


def url(ids: tuple[int, int], name: str) -> str:
    return f"/questionnaires/{ids[0]}/results/{name}"


def read_csv(client: FlaskClient, ids: tuple[int, int]) -> list[dict[str, str]]:
    answer = client.get(url(ids, "answers.csv"))
    assert answer.status_code == 200
    text = answer.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_each_kind_has_its_columns_and_the_codebook_says_what_codes_mean(
    client: FlaskClient, session: Session
) -> None:
    make_chain(session)
    ids = make_answered(session)
    add_responses(session, *ids, [FULL], told=TOLD, store_id=make_store(session).id)
    add_responses(session, *ids, [{}])
    add_responses(session, *ids, [FULL], state=ResponseState.PARTIAL)
    person = log_in(client, make_agent(session, role=Role.MARKETER))
    first, second = read_csv(person, ids)
    wanted = {
        "store": "LYO", "version": "1", "answered_on": "2026-03-03", "csat": "5", "nps": "0", "why": "other", "why_other_words": "Le parking",
        "what_price": "1", "what_advice": "0", "order_welcome": "1", "order_advice": "3", "grid_shop": "good", "grid_site": "",
        "spent": "12.5", "call": "0", "photo": "2", "note": "'=HYPERLINK(1)", "who_email": "'@anne", "day": "2026-02-01",
    }  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    assert {second[name] for name in ("csat", "what_price", "order_price", "note", "store")} == {""}
    book = CalamineWorkbook.from_filelike(io.BytesIO(person.get(url(ids, "answers.xlsx")).data))
    assert book.sheet_names == ["data", "codebook"]
    data = book.get_sheet_by_name("data").to_python()
    assert data[1][data[0].index("note")] == "=HYPERLINK(1)"  # a text, no formula
    assert ["why", "Pourquoi ?", "price", "Price"] in book.get_sheet_by_name("codebook").to_python()
    assert ["call", "Être rappelé ?", "1", "Oui"] in book.get_sheet_by_name("codebook").to_python()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.action == "answers_exported")).all()
    assert [line.data["form"] for line in lines] == ["csv", "xlsx"]
    for role, status in ((Role.MANAGER, 403), (Role.STORE_MANAGER, 403)):
        assert (
            log_in(client, make_agent(session, role=role, email=f"{role}@verel.example"))
            .get(url(ids, "answers.csv"))
            .status_code
            == status
        )


def read_sav(client: FlaskClient, ids: tuple[int, int]) -> tuple[list[dict[str, Any]], Any]:
    """As pyreadstat, or SPSS, reads it."""
    known = set(sys.modules)
    answer = client.get(f"{url(ids, 'answers.sav')}?lang=fr")
    assert answer.status_code == 200
    assert not {"pandas", "pyreadstat"} & (set(sys.modules) - known), "a web worker keeps what it imports"
    import pyreadstat

    with tempfile.NamedTemporaryFile(suffix=".sav") as file:
        file.write(answer.data)
        file.flush()
        found, about = pyreadstat.read_sav(file.name, output_format="dict")
    return [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)], about


def test_an_spss_file_says_what_each_number_means_and_keeps_what_was_skipped_missing(
    client: FlaskClient, session: Session
) -> None:
    make_chain(session)
    old = results_document()
    questions = [{**each} for part in old["pages"] for each in part["questions"]]
    of = {each["key"]: each for each in questions}
    of["why"]["options"] = of["why"]["options"][1:]  # "price" is chosen no more
    of["nps"] |= {"low": {"fr": "Jamais"}, "high": {"fr": "Sûrement"}}
    of["note"]["words"] = {"fr": "Été ? " * 60}
    strange = [
        *({"key": key, "kind": "number", "words": {"fr": key}} for key in ("by", "2026")),
        {"key": "x" * 40, "kind": "multiple", "words": {"fr": "Long"}, "options": [
            {"code": "y" * 39 + end, "words": {"fr": end}} for end in "ab"]},
    ]  # fmt: skip
    ids = make_answered(session, old)
    new = add_version(session, ids[0], results_document(questions=(*questions, *strange)))
    text = "Déçu… ☂\nPlus jamais. " * 200
    add_responses(session, *ids, [{**FULL, "why": "price"}], told={**TOLD, "more": text})
    add_responses(
        session, ids[0], new, [{**FULL, "by": 0, "2026": 1.25, "x" * 40: ["y" * 39 + "b"]}], told=TOLD
    )
    add_responses(session, ids[0], new, [{}])
    person = log_in(client, make_agent(session, role=Role.MARKETER))
    (first, second, skipped), about = read_sav(person, ids)
    assert (first["nps"], skipped["nps"], first["call"], skipped["call"]) == (0, None, 0, None)
    assert (second["by_"], skipped["by_"], second["q_2026"], skipped["q_2026"]) == (0, None, 1.25, None)
    assert [first[f"what_{code}"] for code in ("price", "advice", "welcome")] == [1, 0, 1]
    assert [skipped[f"what_{code}"] for code in ("price", "advice", "welcome")] == [None] * 3
    meaning = about.variable_value_labels
    assert meaning["why"][first["why"]] == "Price"
    assert meaning["why"][second["why"]] == "Other"
    assert meaning["grid_shop"][first["grid_shop"]] == "Good"
    assert (skipped["why"], skipped["grid_shop"], first["grid_site"]) == (None, None, None)
    assert meaning["nps"] == {0: "Jamais", 10: "Sûrement"}
    assert meaning["call"] == {0: "Non", 1: "Oui"}
    assert (first["day"], first["answered_on"], skipped["day"]) == (date(2026, 2, 1), date(2026, 3, 3), None)
    assert (first["more"], first["note"], skipped["more"]) == (text.strip(), "=HYPERLINK(1)", "")
    assert about.column_names_to_labels["csat"] == "Êtes-vous satisfait de votre visite ?"
    label = about.column_names_to_labels["note"]
    assert ("Été ? " * 60).startswith(label)
    assert 240 < len(label.encode()) <= 256
    long = [name for name in about.column_names if name.startswith("x")]
    assert [second[name] for name in long] == [0, 1]
    assert max(map(len, about.column_names)) <= 64
    assert (about.variable_measure["grid_shop"], about.variable_measure["nps"]) == ("ordinal", "scale")
    assert about.file_label == "Enquête nationale"
    assert len(about.column_names) == len(read_csv(person, ids)[0])


def test_a_row_of_an_anonymous_questionnaire_is_nobodys(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    ids = make_answered(session, results_document(mode="anonymous"))
    store, person = make_store(session).id, log_in(client, make_agent(session, role=Role.MARKETER))
    add_responses(session, *ids, [FULL] * 4, told=TOLD, store_id=store)
    for form in ("csv", "sav"):
        assert person.get(url(ids, f"answers.{form}")).status_code == 422
    add_responses(session, *ids, [{**FULL, "nps": each} for each in range(10)], told=TOLD, store_id=store)
    add_responses(session, *ids, [FULL] * 20, told=TOLD, at=TUESDAY + timedelta(days=40))
    add_responses(session, *ids, [FULL] * 2, told=TOLD, at=TUESDAY + timedelta(days=80))
    rows = read_csv(person, ids)
    assert not {
        "response",
        "store",
        "language",
        "answered_on",
        "note",
        "who_email",
        "day",
        "why_other_words",
    } & set(rows[0])
    assert [row["month"] for row in rows].count("2026-04") == 20
    assert {row["month"] for row in rows} == {"2026-04", ""}  # May's two would be alone: March goes with them
    told, about = read_sav(person, ids)
    assert not {"response", "store", "language", "answered_on", "note", "who_email", "day"} & set(
        about.column_names
    )
    assert Counter(row["month"] for row in told) == {"2026-04": 20, "": 16}
    later = add_version(session, ids[0], results_document(mode="anonymous"))
    add_responses(session, ids[0], later, [FULL] * 2, at=datetime(2026, 4, 30, 22, 30, tzinfo=UTC))
    add_responses(session, ids[0], later, [FULL] * 30, at=TUESDAY + timedelta(days=80))
    session.execute(text("SET LOCAL TIME ZONE 'Europe/Paris'"))  # where the 30th of April 22:30 UTC is May
    found = Counter((row["version"], row["month"]) for row in read_csv(person, ids))
    # 2 of version 2 in April and 2 of version 1 in May, hidden with March's 14, so that none is a rest
    assert found == {("1", "2026-04"): 20, ("2", "2026-05"): 30, ("", ""): 18}
    assert [row["nps"] for row in rows if row["nps"] != "0"] != [str(each) for each in range(1, 10)]


def test_a_large_questionnaire_keeps_how_far_people_came(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_chain(session)
    ids = make_answered(session)
    add_responses(session, *ids, [{}] * 3, state=ResponseState.PARTIAL, page_key="p1", shown=["csat"])
    monkeypatch.setattr(keeping, "LIVE_UP_TO", 2)
    live, at = follow(ids[0], now=TUESDAY)
    assert at is None
    keep_ways(now=TUESDAY)
    kept, at = follow(ids[0], now=TUESDAY)
    assert at == TUESDAY
    assert (
        (kept.partial, dict(kept.left), dict(kept.seen))
        == (3, dict(live.left), dict(live.seen))
        == (3, {"p1": 3}, {"csat": 3})
    )
    monkeypatch.setattr(keeping, "LIVE_UP_TO", 3)
    keep_ways(now=TUESDAY)
    assert follow(ids[0], now=TUESDAY)[1] is None
