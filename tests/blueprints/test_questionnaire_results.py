"""The page of results: figures with their intervals, filters, what stays hidden, and who sees which stores."""

import base64
import html
import re
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.customers.models import Customer
from hub.questionnaires.models import Questionnaire, QuestionnaireInvitation
from hub.questionnaires.results.counting import work_counts
from hub.questionnaires.results.listing import list_answered
from hub.questionnaires.words import ResponseState
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.questionnaires import clause
from tests.makers.responses import add_responses, add_version, draw_responses, make_answered, results_document
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_region, make_store

MOST_STATEMENTS = 12
Stores = dict[str, Any]


@pytest.fixture
def stores(session: Session) -> Stores:
    """Two regions: A and B in one, C, D and E in the other, F in none."""
    make_chain(session)
    north, south = make_region(session, "Nord"), make_region(session, "Sud")
    regions = {"A": north.id, "B": north.id, "C": south.id, "D": south.id, "E": south.id, "F": None}
    made = {
        code: make_store(session, f"Shop {code}", code=code, region_id=region)
        for code, region in regions.items()
    }
    return {**made, "north": north, "south": south}


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))
    return re.sub(r"[\s\u202f\u00a0]+", " ", plain)


def page(ids: tuple[int, int], **args: Any) -> str:
    return f"/questionnaires/{ids[0]}/results?lang=en&" + "&".join(
        f"{name}={value}" for name, value in args.items()
    )


def count() -> None:
    while work_counts(lambda: None):
        pass


def marketer(client: FlaskClient, session: Session) -> FlaskClient:
    return log_in(client, make_agent(session, role=Role.MARKETER))


def test_each_question_has_its_figure_its_interval_and_its_definition(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    ids = make_answered(session)
    store = stores["A"].id
    answers: list[dict[str, Any]] = (
        [{"csat": 5, "nps": 10, "call": False}] * 60 + [{"csat": 1, "nps": 0}] * 15 + [{"nps": 8}] * 25
    )
    add_responses(session, *ids, answers, store_id=store)
    add_responses(session, *ids, [{"csat": 1}] * 3, state=ResponseState.SCREENED)
    add_responses(session, *ids, [{}] * 25, state=ResponseState.PARTIAL, page_key="p1", shown=["csat"])
    count()
    person = marketer(client, session)
    french = person.get(page(ids).replace("lang=en", "lang=fr")).get_data(as_text=True)
    assert "Satisfaits (CSAT)\u00a0: 80" in french
    assert '<th scope="col">Réponse</th>' in french  # the noun
    assert 'href="/questionnaires/">Questionnaires</a>' in french.partition("<h1>")[0]
    found = text_of(person, page(ids))
    assert "Answers 100 How it is counted" in found
    assert "Filled in to the end 80%" in found
    assert "75 answers · 25 skipped it" in found
    assert "Satisfied (CSAT): 80% (70% to 88%)" in found
    assert "CSAT: the share of 4 and 5 among all who answered" in found
    assert "Recommendation (NPS): +45 (+29 to +58)" in found
    assert "0 15 15% (9% to 23%)" in found  # a zero is an answer
    assert "No 60 100% (94% to 100%)" in found
    assert "Page 1 125 25 20%" in found
    assert "Shop A 75 80% (70% to 88%)" in found


def test_the_address_narrows_and_weeks_name_a_sure_change_only(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    ids = make_answered(session)
    before, later = TUESDAY - timedelta(days=7), TUESDAY
    add_responses(session, *ids, [{"csat": 5}] * 40 + [{"csat": 1}] * 10, store_id=stores["A"].id, at=before)
    add_responses(
        session,
        *ids,
        [{"csat": 5}] * 20 + [{"csat": 1}] * 30,
        store_id=stores["C"].id,
        language=Language.ENGLISH,
    )
    add_responses(
        session,
        *ids,
        [{"csat": 5}] * 19 + [{"csat": 1}] * 31,
        store_id=stores["C"].id,
        at=later + timedelta(days=7),
    )
    count()
    person = marketer(client, session)
    found = text_of(person, page(ids))
    assert "40% (28% to 54%) down: −40 (−55" in found
    assert "38% (26% to 52%) no sure change" in found
    for narrowed, answers in (
        ({"store": "A"}, 50), ({"region": stores["south"].id}, 100), ({"language": "en"}, 50),
        ({"since": "2026-03-02"}, 100), ({"until": "2026-02-27"}, 50), ({"version": 1}, 150),
    ):  # fmt: skip
        assert f"Answers {answers} How" in text_of(person, page(ids, **narrowed)), narrowed
    assert person.get(page(ids, since="soon")).status_code == 422


def test_a_version_brings_its_codes_along_and_another_scale_is_left_out(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    old = results_document()
    ids = make_answered(session, old)
    add_responses(session, *ids, [{"csat": 5, "why": "price", "mark": 10}] * 6)
    questions = [{**each} for part in old["pages"] for each in part["questions"]]
    for question in questions:
        if question["key"] == "why":
            question["key"] = "reason"
            question["options"] = [{"code": "cost", "words": {"fr": "Coût"}}, *question["options"][1:]]
        if question["key"] == "mark":
            question["most"] = 5
    new = add_version(
        session, ids[0], results_document(questions=tuple(questions)),
        {"why": {"key": "reason", "codes": {"price": "cost"}}},
    )  # fmt: skip
    add_responses(
        session, ids[0], new, [{"csat": 4, "reason": "cost", "mark": 5}] * 2, shown=["csat", "reason", "mark"]
    )
    count()
    person = marketer(client, session)
    found = text_of(person, page(ids))
    assert "Coût 8 100%" in found
    assert "Without the answers of version 1, which asked on another scale" in found
    assert "2 answers · indicative Mean: 5" in found
    assert "Price (en) 6 100%" in text_of(person, page(ids, version=1))


def test_last_years_questionnaire_stands_beside_where_words_and_scale_are_the_same(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    last = make_answered(session, key="last")
    add_responses(session, *last, [{"csat": 5, "nps": 9}] * 20 + [{"csat": 1, "nps": 9}] * 80)
    document = results_document()
    document["pages"][0]["questions"][1] = {
        **document["pages"][0]["questions"][1],
        "words": {"fr": "Tout autre question"},
    }
    ids = make_answered(session, document, earlier_id=last[0])
    session.execute(update(Questionnaire).where(Questionnaire.id == last[0]).values(name="Enquête 2025"))
    add_responses(session, *ids, [{"csat": 5, "nps": 9}] * 60 + [{"csat": 1, "nps": 9}] * 40)
    count()
    found = text_of(marketer(client, session), page(ids))
    assert "“Enquête 2025”: 20% (13% to 29%). up: 40 (26.8 to" in found
    assert "Not comparable with “Enquête 2025”: words or scale differ." in found


def test_a_store_counts_by_its_size_and_a_sending_by_who_was_reached(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    ids = make_answered(session)
    for code, answers, asked in (("A", [{"csat": 5}] * 10, 12), ("C", [{"csat": 1}] * 10, 36)):
        add_responses(session, *ids, answers, store_id=stores[code].id)
        for number in range(asked):
            who: Customer = make_customer(session, mail=f"{code}{number}@client.example", phone=None)
            session.add(
                QuestionnaireInvitation(
                    questionnaire_id=ids[0],
                    customer_id=who.id,
                    store_id=stores[code].id,
                    language=Language.FRENCH,
                    created_at=TUESDAY,
                    delivered_at=TUESDAY,
                    has_answered=number < 10,
                    answered_at=TUESDAY + timedelta(days=40 if number == 0 else 1) if number < 10 else None,
                )
            )
    count()
    found = text_of(marketer(client, session), page(ids))
    assert "Weighted by the size of stores 25%" in found
    assert "without weights: 50%" in found
    assert "48 18 38%" in found


def anonymous(session: Session, stores: Stores, sizes: dict[str, int]) -> tuple[int, int]:
    ids = make_answered(session, results_document(mode="anonymous"))
    for code, number in sizes.items():
        answers = [{"csat": 1 + (each + ord(code)) % 5, "nps": each % 11} for each in range(number)]
        add_responses(session, *ids, answers, store_id=stores[code].id, at=TUESDAY.replace(hour=0))
    count()
    return ids


def test_in_an_anonymous_questionnaire_no_page_gives_a_small_store_away(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    """Every address that filters is asked; the answers of each place that it shows are rows of one linear system."""
    sizes = {"A": 3, "B": 30, "C": 2, "D": 12, "E": 40, "F": 9}
    ids = anonymous(session, stores, sizes)
    person = marketer(client, session)
    codes, sums, shown = list(sizes), [], {}
    places = [
        {},
        *({"store": code} for code in codes),
        *({"region": stores[name].id} for name in ("north", "south")),
    ]
    for place, more in product(places, ({}, {"language": "fr"}, {"version": 1}, {"since": "2026-03-02"})):
        told = re.search(
            r"Êtes-vous satisfait de votre visite \? \(en\) (\d+) answers",
            text_of(person, page(ids, **place, **more)),
        )
        number = int(told.group(1)) if told else None
        shown.setdefault(str(place), number)
        assert shown[str(place)] == number, (place, more)
        if told:
            within = [
                code
                for code in codes
                if place.get("store", code) == code
                and place.get("region", stores[code].region_id) == stores[code].region_id
            ]
            sums.append([float(code in within) for code in codes])
            assert number == sum(sizes[code] for code in within)
    rows = np.array(sums)
    hidden = [code for code in codes if shown[str({"store": code})] is None]
    assert {"A", "C"} < set(hidden)
    for code in hidden:
        wanted = np.array([[float(each == code) for each in codes]])
        assert np.linalg.matrix_rank(np.vstack([rows, wanted])) > np.linalg.matrix_rank(rows)
    found = text_of(person, page(ids))
    assert "Shop A – hidden: too few answers" in found
    assert "By week" not in found
    assert 'name="since"' not in person.get(page(ids)).get_data(as_text=True)


def test_few_anonymous_answers_are_not_shown_at_all(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    ids = anonymous(session, stores, {"A": 4})
    found = text_of(marketer(client, session), page(ids))
    assert "Too few answers to be shown" in found
    assert "CSAT" not in found
    add_responses(session, *ids, [{}] * 9, state=ResponseState.PARTIAL, page_key="p1", shown=["csat"])
    assert "Where people stopped" not in text_of(client, page(ids)), "no way either"


def test_anonymous_pages_and_months_are_told_in_stretches_of_five(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    """And the months are those of the files: hidden there, hidden here."""
    ids = anonymous(session, stores, {"B": 20})
    for page_key, number in (("p1", 1), ("p2", 4)):
        shown = ["csat", "note"][: int(page_key[1])]
        answers = [{"csat": 5}] * number
        add_responses(
            session, *ids, answers, state=ResponseState.PARTIAL, page_key=page_key, shown=shown
        )  # fmt: skip
    for days, number in ((40, 9), (80, 7)):
        add_responses(session, *ids, [{"csat": 3}] * number, at=TUESDAY + timedelta(days=days))
    again = add_version(session, ids[0], results_document(mode="anonymous"))
    add_responses(session, ids[0], again, [{"csat": 4}] * 2, at=TUESDAY + timedelta(days=80))
    count()
    found = text_of(marketer(client, session), page(ids))
    assert "Pages 1 to 2 43 5" in found
    assert "Page 2" not in found
    assert "By week" not in found
    # in the files version 2's two of May are hidden, with them the smallest other part, May's seven
    months = re.search(r"By month: (.*?) How it is counted", found)
    assert months is not None
    assert "March 2026 20" in months.group(1)
    assert "April 2026 –" in months.group(1)
    assert "May 2026 –" in months.group(1)


def test_a_place_hidden_of_all_answers_is_hidden_in_a_question_after_a_branch(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    ids = make_answered(session, results_document(mode="anonymous"))
    for code, number, scored in (("A", 5, 5), ("B", 2, 0), ("F", 50, 10)):
        answers = [{"csat": 5, "nps": 9}] * scored + [{"csat": 5}] * (number - scored)
        add_responses(session, *ids, answers, store_id=stores[code].id)
    count()
    person = marketer(client, session)
    for question in ("csat", "nps"):
        found = text_of(person, page(ids, question=question))
        assert "Answers 57 How" in found
        for shop in "AB":
            assert f"Shop {shop} – hidden: too few answers" in found, question
    assert "Shop F – hidden: too few answers" in found, "or A were the rest"


def test_answers_are_counted_once_however_often_the_questions_changed(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    """On the page and in the list; also where every question stands behind a condition."""
    csat, nps = ({**each} for each in results_document()["pages"][0]["questions"][:2])
    ids = make_answered(session, results_document(questions=(csat,)))
    add_responses(session, *ids, [{"csat": 5}] * 3, store_id=stores["A"].id, shown=["csat"])
    second = add_version(session, ids[0], results_document(questions=(nps,)))
    add_responses(session, ids[0], second, [{"nps": 9}] * 4, store_id=stores["A"].id, shown=["nps"])
    held = {**csat, "show_if": {"clauses": [clause("nps", "any_of", "9")]}}
    third = add_version(
        session, ids[0], results_document(questions=({**nps, "show_if": held["show_if"]}, held))
    )
    add_responses(session, ids[0], third, [{}] * 2, store_id=stores["A"].id, shown=[])
    count()
    person = marketer(client, session)
    assert "Answers 9 How" in text_of(person, page(ids))
    assert "Answers 9 How" in text_of(person, page(ids, since="0001-01-01", until="9999-12-31"))
    assert "Answers 4 How" in text_of(person, page(ids, version=2))
    assert [row.answers for row in list_answered(None).rows] == [9]


def test_a_manager_sees_his_store_and_of_an_anonymous_one_only_what_is_shown(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    ids = anonymous(session, stores, {"A": 3, "B": 30, "C": 12})
    named = make_answered(session, key="named")
    for code, number in {"A": 3, "B": 30}.items():
        add_responses(session, *named, [{"csat": 5}] * number, store_id=stores[code].id)
    count()
    person = log_in(client, make_agent(session, role=Role.STORE_MANAGER, store_ids=[stores["A"].id]))
    assert "Too few answers to be shown" in text_of(person, page(ids))
    assert "Too few answers to be shown" in text_of(person, page(ids, store="B"))
    found = text_of(person, page(named))
    assert "Answers 3 How" in found
    assert "indicative" in found
    assert "Shop B" not in found


def test_the_page_asks_the_database_a_fixed_number_of_times(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    last = make_answered(session, key="last")
    ids = make_answered(session, earlier_id=last[0])
    draw_responses(session, *last, 20, stores=[stores["A"].id], seed=1)
    draw_responses(session, *ids, 60, stores=[stores[code].id for code in "ABCDEF"], seed=2)
    count()
    person = marketer(client, session)
    text_of(person, page(ids))
    with counted_statements() as seen:
        text_of(person, page(ids))
    assert len(seen) <= MOST_STATEMENTS, "\n".join(seen)


def test_addresses_that_nobody_of_ours_made_are_refused_with_a_sentence(
    client: FlaskClient, session: Session, stores: Stores
) -> None:
    """Page keys of another shape, days before all calendars, signs without a word, a reason that does not exist."""
    ids = make_answered(session)
    person = marketer(client, session)
    moment = '{"t": "2026-01-01T00:00:00+00:00"}'
    shapes = ("[1]", "[1,2]", '["x","y"]', "[" * 2900, f"[{moment},null]", f'[{moment},"a"]', f"[{moment},true]",
              f"[{moment},{'9' * 40}]", '[{"t": "2026-01-01T00:00:00"},1]', '{"t": 1}')  # fmt: skip
    for shape in shapes:
        key = base64.urlsafe_b64encode(shape.encode()).decode().rstrip("=")
        for door in ("/questionnaires/results", "/questionnaires/"):
            assert person.get(f"{door}?after={key}").status_code == 422, (door, shape[:40])
    for address in ("?since=0001-01-01", "?until=9999-12-31", "/comments?word=%00"):
        assert person.get(f"/questionnaires/{ids[0]}/results{address}").status_code == 200, address
    theme = {"name_fr": "Prix", "keywords": "cher", "reason": "987654321"}
    assert person.post("/questionnaires/themes", data=theme).status_code == 422
