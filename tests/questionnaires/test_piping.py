"""Piped words: known places are filled and nothing else, and what is put in is never looked through again."""

from hypothesis import given
from hypothesis import strategies as st

from hub.core.words import Language
from hub.questionnaires.definitions import Definition, Option, Page, Question, Wording
from hub.questionnaires.piping import pipe, places_in, places_of
from hub.questionnaires.words import Mode, QuestionKind

FR = Language.FRENCH
NAMES = st.sampled_from(["first_name", "store", "q1", "unknown"])
PLAIN = st.text(alphabet="ab {}|,é<&", max_size=8)
VALUES = st.text(alphabet="xy{}|<&_", max_size=14) | st.sampled_from(
    ["{{store}}", "{{q1|z}}", "\\1", "\\g<0>"]
)


@given(st.lists(st.tuples(PLAIN, NAMES), max_size=4), PLAIN, st.dictionaries(NAMES, VALUES.filter(bool)))
def test_known_places_are_filled_once_and_the_rest_stays(
    parts: list[tuple[str, str]], end: str, places: dict[str, str]
) -> None:
    # the braces of the plain parts would join those of a place
    parts = [(words.replace("{", "(").replace("}", ")"), name) for words, name in parts]
    end = end.replace("{", "(").replace("}", ")")
    text = "".join(f"{words}{{{{{name}}}}}" for words, name in parts) + end
    wanted = "".join(f"{words}{places.get(name, f'{{{{{name}}}}}')}" for words, name in parts) + end
    assert pipe(text, places) == wanted
    assert places_in(text) == tuple(dict.fromkeys(name for _, name in parts))


@given(st.text(alphabet="ab {}|_1é", max_size=40))
def test_a_text_without_a_known_place_is_not_touched(text: str) -> None:
    assert pipe(text, {}) == text
    if not places_in(text):
        assert pipe(text, {"a": "1", "b": "2", "ab": "3"}) == text


def test_what_is_unknown_leaves_no_hole() -> None:
    places = {"first_name": "", "store": "Lyon"}
    assert pipe("Bonjour {{first_name}}, merci", places) == "Bonjour, merci"
    assert (
        pipe("Bonjour {{ first_name | cher client }} de {{store}}", places) == "Bonjour cher client de Lyon"
    )
    assert pipe("{{first_name|{{store}}}}", places) == "{{first_name|Lyon}}"


def test_answers_are_said_in_the_words_of_the_page() -> None:
    options = (
        Option(code="a", words=Wording("Le <prix>", "Price")),
        Option(code="b", words=Wording("L’accueil", "Welcome")),
        Option(code="other", words=Wording("Autre", "Other")),
    )
    kinds = {"one": QuestionKind.SINGLE, "many": QuestionKind.MULTIPLE, "rank": QuestionKind.RANKING, "day": QuestionKind.DATE,
        "nps": QuestionKind.NPS, "who": QuestionKind.CONTACT}  # fmt: skip
    questions = tuple(
        Question(
            key=key, kind=kind, words=Wording(key), options=options if "a" in key or key == "one" else ()
        )
        for key, kind in kinds.items()
    )
    definition = Definition(title=Wording("T"), pages=(Page(key="p", questions=questions),))
    answers = {"one": "other", "one.other": "le {{store}}", "many": ["a", "b"], "rank": ["b", "a", "other"],
        "day": "2026-03-31", "nps": 0, "who": {"email": "anne@example.org"}}  # fmt: skip
    places = places_of(definition, answers, FR, first_name="Anne", store="Lyon")
    assert places == {"one": "le {{store}}", "many": "Le <prix>, L’accueil", "rank": "L’accueil", "day": "31/03/2026",
        "nps": "0", "who": "", "first_name": "Anne", "store": "Lyon"}  # fmt: skip
    assert pipe("Pourquoi {{one}} ?", places) == "Pourquoi le {{store}} ?"
    hidden = Definition(title=definition.title, pages=definition.pages, mode=Mode.ANONYMOUS)
    assert places_of(hidden, {}, FR, first_name="Anne", store="Lyon")["first_name"] == ""
    assert places_of(definition, {"one": "a"}, Language.ENGLISH)["one"] == "Price"
