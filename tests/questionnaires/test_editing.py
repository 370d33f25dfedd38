"""Editing a draft: whatever is pressed in whatever order, it stays a questionnaire, and nothing is lost but what was taken out."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.questionnaires.drafts import editing
from hub.questionnaires.drafts.documents import fingerprint, new_document, questions_of, tidy
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from hub.questionnaires.reading import read_definition
from hub.questionnaires.words import QuestionKind

WHOLE = tidy(TEMPLATES[Template.STORE_VISIT][1])
TAKEN = frozenset({"nps_2", "text"})
PRESSES = st.lists(
    st.tuples(
        st.sampled_from(["up", "down", "copy", "remove", "page-up", "page-down", "page-copy", "page-remove", "page-add", "add"]),
        st.integers(0, 30),
    ),
    max_size=12,
)  # fmt: skip


def press(document: dict[str, Any], verb: str, place: int) -> dict[str, Any]:
    keys = [question["key"] for question in questions_of(document)] or ["none"]
    pages = [page["key"] for page in document["pages"]]
    key, page = keys[place % len(keys)], pages[place % len(pages)]
    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "up": lambda: editing.move_question(document, key, -1),
        "down": lambda: editing.move_question(document, key, 1),
        "copy": lambda: editing.copy_question(document, key, taken=TAKEN)[0],
        "remove": lambda: editing.remove_question(document, key),
        "page-up": lambda: editing.move_page(document, page, -1),
        "page-down": lambda: editing.move_page(document, page, 1),
        "page-copy": lambda: editing.copy_page(document, page, taken=TAKEN)[0],
        "page-remove": lambda: editing.remove_page(document, page),
        "page-add": lambda: editing.add_page(document, after=page)[0],
        "add": lambda: editing.add_question(document, page, {}, kind=QuestionKind.TEXT, taken=TAKEN)[0],
    }
    return acts[verb]()


@given(PRESSES)
def test_every_press_leaves_a_questionnaire(presses: list[tuple[str, int]]) -> None:
    document, known = WHOLE, {question["key"]: question for question in questions_of(WHOLE)}
    for verb, place in presses:
        before = document
        try:
            document = press(document, verb, place)
        except Invalid:
            continue
        read_definition(document)
        assert fingerprint(before) != fingerprint(document)
        keys = [question["key"] for question in questions_of(document)]
        assert not TAKEN & set(keys), "a key of an earlier version is never given again"
        if "remove" not in verb:
            assert {question["key"] for question in questions_of(before)} <= set(keys)
        for question in questions_of(document):
            assert question == known.setdefault(question["key"], question)


def test_codes_are_made_of_words_and_never_twice() -> None:
    rows: list[dict[str, Any]] = [
        {"words": {"fr": "L’accueil"}},
        {"words": {"fr": "l'accueil"}},
        {"code": "l_accueil", "words": {}},
        {"words": {"en": "Price"}},
    ]
    assert [row["code"] for row in editing.fill_codes(rows)] == [
        "l_accueil_2",
        "l_accueil_3",
        "l_accueil",
        "price",
    ]


def test_the_same_content_is_the_same_document() -> None:
    assert tidy({"a": "", "b": 0, "c": None, "d": {"e": []}, "pages": [], "f": False}) == {
        "b": 0,
        "pages": [],
    }
    changed = editing.set_page(
        new_document({"fr": "T"}), "page_1", {"title": {"fr": "", "en": ""}, "show_if": {}}
    )
    assert changed == new_document({"fr": "T"})
    with pytest.raises(Invalid):
        editing.remove_page(changed, "page_1")
    with pytest.raises(Invalid):
        editing.add_question(changed, "page_1", {}, kind=QuestionKind.TEXT, key="text", taken=TAKEN)
