"""The ground of questionnaires: what is read is what was written, the way through, what a form may say."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid, NotFound
from hub.questionnaires import links
from hub.questionnaires.definitions import Definition, Question
from hub.questionnaires.reading import FORMAT, read_definition
from hub.questionnaires.taking import REQUIRED, take
from hub.questionnaires.walking import holds, walk
from hub.questionnaires.words import QuestionKind
from tests.makers.questionnaires import FORMS, clause, document, every_kind, option, question
from tests.questionnaires import drawn


def as_form(fields: dict[str, Any]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in fields.items()}


EVERY = read_definition(every_kind())


@given(told=drawn.documents())
def test_what_is_written_is_read_again(told: dict[str, Any]) -> None:
    found = read_definition(told)
    again = json.loads(json.dumps({"format": FORMAT, **asdict(found)}))
    assert read_definition(again) == found
    assert [question.key for question in found.questions] == list(found.by_key)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@given(told=drawn.documents(), where=st.randoms(use_true_random=False), garbage=JSON)
def test_garbage_anywhere_is_invalid_or_harmless(told: dict[str, Any], where: Any, garbage: Any) -> None:
    """One part of a good document is replaced by anything."""
    parts: list[tuple[Any, Any]] = []
    left: list[Any] = [told]
    while left:
        part = left.pop()
        names = list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
        parts += [(part, name) for name in names]
        left += [part[name] for name in names]
    holder, name = where.choice(parts)
    holder[name] = garbage
    try:
        found = read_definition(told)
    except Invalid:
        return
    for each in found.questions:
        assert len(each.codes) <= 201
    walk(found, {})


@pytest.mark.parametrize("garbage", [None, [], "x", 3, {}, {"format": 2}, {"format": 1}, {"format": 1, "pages": [{}]},
    document({"key": "a", "questions": [question("a", "csat"), question("a", "nps")]}),
    document({"key": "a", "questions": [question("é", "csat")]}),
    document({"key": "a", "questions": [question("a", "scale", least=float("nan"))]}),
    document({"key": "a", "questions": [question("a", "scale", most=1e9)]}),
    document(most=float("inf")),
    document(title={"fr": 3}), document(title={"de": "Titel"}),
])  # fmt: skip
def test_what_no_page_can_show_is_refused(garbage: Any) -> None:
    with pytest.raises(Invalid):
        read_definition(garbage)


def test_words_stand_in_for_each_other_and_a_scale_may_begin_at_nought() -> None:
    found = read_definition(document(title={"fr": "Titre", "en": None}))
    assert found.title.say(found.languages[1]) == "Titre"
    assert EVERY.by_key["scale"].range == (0, 4)
    assert read_definition(document({"key": "a", "questions": [question("s", "scale")]})).by_key[
        "s"
    ].range == (1, 5)


@given(told=drawn.documents(), answers=drawn.ANSWERS, other=drawn.ANSWERS, seed=st.text(max_size=4))
def test_only_answers_on_the_way_count(told: dict[str, Any], answers: Any, other: Any, seed: str) -> None:
    found = read_definition(told)
    way = walk(found, answers, seed=seed)
    assert set(way.answers) <= set(way.shown)
    assert all(way.answers[key] == answers[key] for key in way.answers)
    off = {key: value for key, value in other.items() if key not in way.shown}
    kept = {key: value for key, value in answers.items() if key in way.shown}
    assert walk(found, {**kept, **off}, seed=seed) == way, "whatever was answered on a way that was left"
    assert walk(found, answers, seed=seed) == way, "the same order each time"


@given(told=drawn.documents(), answers=drawn.ANSWERS)
def test_the_way_is_a_part_of_the_questionnaire_in_its_order(told: dict[str, Any], answers: Any) -> None:
    found = read_definition(told)
    way = walk(found, answers, seed="s")
    keys = [page.key for page in found.pages]
    places = [keys.index(page.key) for page in way.pages]
    assert places == sorted(set(places))
    for page in way.pages:
        asked = found.find_page(page.key)
        assert asked is not None
        whole = {each.key: each for each in asked.questions}
        for each in page.questions:
            assert sorted(each.codes) == sorted(whole[each.key].codes), "shuffled, none lost"
            fixed = [
                (place, option.code)
                for place, option in enumerate(whole[each.key].options)
                if option.is_fixed
            ]
            assert all(each.options[place].code == code for place, code in fixed)
    seen, key = [], None
    while (page := way.page_after(key)) is not None:
        if key is not None:
            before = way.page_before(page.key)
            assert before is not None
            assert before.key == key
        seen.append(key := page.key)
    assert seen == [page.key for page in way.pages]


def test_a_condition_sees_earlier_pages_only() -> None:
    """Of its own page an answer decides what ends it, of later ones nothing."""
    ends = {"clauses": [clause("here", "any_of", "a")]}
    told = document(
        {"key": "one", "ends_if": ends, "questions": [question("here", "single", options=[option("a"), option("b")])]},
        {"key": "two", "show_if": {"clauses": [clause("later", "answered")]}, "questions": [question("x", "text")]},
        {"key": "three", "questions": [question("later", "text"),
                                       question("sister", "text", show_if={"clauses": [clause("later", "answered")]})]},
    )  # fmt: skip
    found = read_definition(told)
    assert walk(found, {"here": "a"}).is_ended
    assert walk(found, {"here": "b", "later": "z"}).shown == ("here", "later")


def test_what_tests_ask_for() -> None:
    def says(test: str, *codes: str, number: float | None = None, **answers: Any) -> bool:
        told = document(
            {"key": "p", "questions": [], "show_if": {"clauses": [clause("q", test, *codes, number=number)]}}
        )
        return holds(read_definition(told).pages[0].show_if, answers)  # fmt: skip

    assert says("at_least", number=0, q=0), "nought is a value"
    assert not says("at_least", number=0)
    assert not says("at_most", number=9, q="text")
    assert not says("at_least", number=1, q=True)
    assert says("any_of", "7", q=7)
    assert says("any_of", "no", q=False)
    assert says("any_of", "r=c", q={"r": "c"})
    assert says("none_of", "a"), "skipped is none of it"
    assert says("answered", q=False)
    assert says("not_answered", other=1)


def test_a_whole_way_is_taken_as_it_was_told() -> None:
    found: dict[str, Any] = {}
    for page, form in zip(EVERY.pages, FORMS, strict=True):
        taken = take(page.questions, as_form(form))
        assert taken.errors == {}
        found |= taken.answers
    assert found == {
        "csat": 4, "nps": 7, "ces": 6, "scale": 0, "single": "car", "multiple": ["price", "other"],
        "multiple.other": "La vue", "ranking": ["find", "pay", "park"], "matrix": {"range": "good", "order": "fair"},
        "text": "Bien", "long_text": "Très bien.\nMerci.", "date": "2026-03-01", "number": 12.5,
        "contact": {"first_name": "Eva", "email": "eva@client.example", "phone": "06 12 34 56 78"}, "consent": True,
    }  # fmt: skip
    assert walk(EVERY, found).answers == found


def take_one(key: str, fields: dict[str, Any], **changes: Any) -> Any:
    """The answer, or the error's text."""
    page = next(page for page in EVERY.pages if key in [each.key for each in page.questions])
    asked = next(each for each in page.questions if each.key == key)
    taken = take([Question(**{**vars(asked), **changes})], as_form(fields))
    return taken.errors[key].text if taken.errors else taken.answers.get(key)


@pytest.mark.parametrize(
    ("key", "fields", "answer"),
    [
        ("nps", {"nps": "0"}, 0),
        ("nps", {}, None),
        ("single", {"single": " foot "}, "foot"),
        ("multiple", {"multiple": ["advice", "price", "advice"]}, ["price", "advice"]),
        ("multiple", {"multiple": ["none"]}, ["none"]),
        ("matrix", {"matrix.range": "bad"}, {"range": "bad"}),
        ("ranking", {}, None),
        ("text", {"text": " \x00 "}, None),
        ("text", {"text": "x" * 999}, "x" * 300),
        ("long_text", {"long_text": "é\ud800" * 3}, "ééé"),
        ("number", {"number": "1 200"}, "Please give a number of at most %(most)s."),
        ("number", {"number": "0"}, 0),
        ("consent", {}, False),
        ("information", {"information": "x"}, None),
        ("file", {"file": "x"}, None),
    ],
)
def test_a_good_answer(key: str, fields: dict[str, Any], answer: Any) -> None:
    found = take_one(key, fields)
    assert (found, type(found)) == (answer, type(answer))


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("csat", {"csat": "6"}),
        ("csat", {"csat": "٣"}),
        ("nps", {"nps": "-1"}),
        ("scale", {"scale": "4.0"}),
        ("single", {"single": "FOOT"}),
        ("single", {"single": "'; DROP TABLE stores; --"}),
        ("multiple", {"multiple": ["price", "bus"]}),
        ("multiple", {"multiple": ["price", "none"]}),
        ("multiple", {"multiple": ["price", "advice", "other"]}),
        ("ranking", {"ranking.pay": "1"}),
        ("ranking", {"ranking.pay": "1", "ranking.park": "1", "ranking.find": "2"}),
        ("ranking", {"ranking.pay": "1", "ranking.park": "2", "ranking.find": "4"}),
        ("matrix", {"matrix.range": "great"}),
        ("date", {"date": "2026-02-30"}),
        ("date", {"date": "hier"}),
        ("number", {"number": "-1"}),
        ("number", {"number": "1e99"}),
        ("number", {"number": "nan"}),
        ("contact", {"contact.email": "eva(at)client"}),
        ("contact", {"contact.phone": "appelez-moi"}),
    ],
)
def test_a_bad_answer_is_an_error_of_its_question(key: str, fields: dict[str, Any]) -> None:
    found = take_one(key, fields)
    assert isinstance(found, str)
    assert found != REQUIRED
    assert found not in fields.values()


def test_what_is_required_is_asked_for() -> None:
    for kind in QuestionKind:
        found = take_one(kind.value, {}, is_required=True)
        assert isinstance(found, str) is (kind not in {QuestionKind.INFORMATION, QuestionKind.FILE}), kind
    half = {"matrix.range": "bad"}
    assert isinstance(take_one("matrix", half, is_required=True), str)
    assert isinstance(take_one("contact", {"contact.first_name": "E"}, is_required=True), str)


def test_words_beside_other_are_kept_with_other_only() -> None:
    single = EVERY.by_key["single"]
    assert take([single], as_form({"single": "foot", "single.other": "x"})).answers == {"single": "foot"}
    told = read_definition(document({"key": "p", "questions": [
        question("r", "ranking", options=[option("a"), option("other")]), question("t", "text"),
    ]}))  # fmt: skip
    form = as_form({"r.a": "1", "r.other": "2", "t": "other", "t.other": "x"})
    assert take(list(told.questions), form).answers == {"r": ["a", "other"], "t": "other"}


@given(told=drawn.documents(), form=drawn.FORMS)
def test_no_form_makes_more_than_errors(told: dict[str, Any], form: Any) -> None:
    found: Definition = read_definition(told)
    questions = list(found.questions)
    taken = take(questions, form)
    assert not set(taken.answers) & set(taken.errors)
    assert "\x00" not in json.dumps(taken.answers, ensure_ascii=False)
    walk(found, taken.answers)
    for each in questions:
        if each.is_required and each.kind not in {QuestionKind.INFORMATION, QuestionKind.FILE}:
            assert each.key in {**taken.answers, **taken.errors}


@given(number=st.integers(1, 2**63 - 1))
def test_tokens_and_tickets_say_what_they_were_made_of(app: object, number: int) -> None:
    del app  # the secret
    token = links.invitation_token(number)
    assert links.read_token(token.upper()) == (links.Way.INVITATION, number)
    assert links.read_token(links.open_link_token(number)) == (links.Way.OPEN, number)
    assert len(f"https://relation.verel.example/q/{token}") <= 80
    with pytest.raises(NotFound):
        links.read_token("l" + token[1:])
    key = links.new_key()
    for ticket in (links.Ticket(key), links.Ticket(key, number)):
        assert links.read_ticket(links.write_ticket(ticket)) == ticket
    other = links.write_ticket(links.Ticket(links.new_key(), number))
    assert f"{number:x}" not in other.partition("-")[2] or number < 2**20
    with pytest.raises(NotFound):
        links.read_ticket(key + other[32:])


@given(
    text=st.text()
    | st.from_regex(r"[il][0-9a-z]{0,9}-[a-z2-7]{0,26}|[0-9a-f]{32}-[0-9a-f]{0,48}", fullmatch=True)
)
def test_no_text_is_a_link_of_ours(app: object, text: str) -> None:
    del app
    with pytest.raises(NotFound):
        links.read_token(text)
    if len(text) != 32:
        with pytest.raises(NotFound):
            links.read_ticket(text)
