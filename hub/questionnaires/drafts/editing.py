"""What is done to the pages and questions of a draft: each takes the document and gives the new one. Pure.

Questions and options keep their keys and codes for ever: answers and exports know them by these. `taken` are the keys
that earlier versions had: they are never given to another question.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_, slug
from hub.questionnaires.drafts.documents import Document, questions_of, tidy
from hub.questionnaires.words import QuestionKind

NOTHING: frozenset[str] = frozenset()
NO_PAGE = N_("This page is not in the questionnaire any more. Somebody else may have taken it out.")
NO_QUESTION = N_("This question is not in the questionnaire any more. Somebody else may have taken it out.")
LAST_PAGE = N_("A questionnaire has at least one page.")
STUCK = N_("This cannot be moved any further.")
KEY_TAKEN = N_("Another question has this name, or had it in an earlier version. Please choose another one.")
LONGEST_KEY = 36


def fresh(wished: str, taken: Iterable[str]) -> str:
    """A key made of a word: `nps`, then `nps_2`."""
    root = slug(wished).replace("-", "_")[:LONGEST_KEY] or "q"
    found = set(taken)
    numbered = (f"{root[: LONGEST_KEY - 4]}_{number}" for number in range(2, len(found) + 3))
    return next(key for key in (root, *numbered) if key not in found)


def fill_codes(options: Iterable[Mapping[str, Any]]) -> list[Document]:
    """Each option with a code: the one it has, else one made of its words."""
    given = [dict(each) for each in options]
    codes = [str(each.get("code") or "") for each in given]
    for place, option in enumerate(given):
        if not codes[place]:
            words = option.get("words", {})
            codes[place] = fresh(words.get("fr") or words.get("en") or "option", filter(None, codes))
        option["code"] = codes[place]
    return given


def _edit(document: Mapping[str, Any], act: Callable[[Document], None]) -> Document:
    changed = deepcopy(dict(document))
    act(changed)
    found: Document = tidy(changed)
    return found


def _page_place(document: Mapping[str, Any], key: str) -> int:
    for place, page in enumerate(document["pages"]):
        if page["key"] == key:
            return place
    raise Invalid(NO_PAGE)


def _question_place(document: Mapping[str, Any], key: str) -> tuple[int, int]:
    for page_place, page in enumerate(document["pages"]):
        for place, question in enumerate(page["questions"]):
            if question["key"] == key:
                return page_place, place
    raise Invalid(NO_QUESTION)


def find_page(document: Mapping[str, Any], key: str) -> Document:
    """Raises Invalid."""
    found: Document = document["pages"][_page_place(document, key)]
    return found


def find_question(document: Mapping[str, Any], key: str) -> Document:
    """Raises Invalid."""
    page, place = _question_place(document, key)
    found: Document = document["pages"][page]["questions"][place]
    return found


def set_about(document: Mapping[str, Any], fields: Mapping[str, Any]) -> Document:
    """What holds for the whole: title, introduction, thanks, mode, languages, hidden fields, overall quota."""
    return _edit(document, lambda changed: changed.update(fields))


def add_page(document: Mapping[str, Any], *, after: str | None = None) -> tuple[Document, str]:
    """An empty page, at the end or behind another one. Returns the document and the page's key."""
    key = fresh("page_1", (page["key"] for page in document["pages"]))
    place = len(document["pages"]) if after is None else _page_place(document, after) + 1
    return _edit(document, lambda changed: changed["pages"].insert(place, {"key": key, "questions": []})), key


def set_page(document: Mapping[str, Any], key: str, fields: Mapping[str, Any]) -> Document:
    place = _page_place(document, key)
    return _edit(document, lambda changed: changed["pages"][place].update(fields))


def remove_page(document: Mapping[str, Any], key: str) -> Document:
    """With its questions."""
    place = _page_place(document, key)
    if len(document["pages"]) == 1:
        raise Invalid(LAST_PAGE)
    return _edit(document, lambda changed: changed["pages"].pop(place))


def copy_page(
    document: Mapping[str, Any], key: str, *, taken: frozenset[str] = NOTHING
) -> tuple[Document, str]:
    """Behind it; its questions get keys of their own. Conditions stay: they look at pages before."""
    place = _page_place(document, key)
    made = fresh("page_1", (page["key"] for page in document["pages"]))
    used = taken | {each["key"] for each in questions_of(document)}
    questions = []
    for question in document["pages"][place]["questions"]:
        own = fresh(question["key"], used)
        used |= {own}
        questions.append({**question, "key": own})
    page = {**document["pages"][place], "key": made, "questions": questions}
    return _edit(document, lambda changed: changed["pages"].insert(place + 1, page)), made


def move_page(document: Mapping[str, Any], key: str, by: int) -> Document:
    place = _page_place(document, key)
    if not 0 <= place + by < len(document["pages"]):
        raise Invalid(STUCK)

    def move(changed: Document) -> None:
        changed["pages"].insert(place + by, changed["pages"].pop(place))

    return _edit(document, move)


def add_question(
    document: Mapping[str, Any],
    page_key: str,
    fields: Mapping[str, Any],
    *,
    kind: QuestionKind,
    after: str | None = None,
    key: str = "",
    taken: frozenset[str] = NOTHING,
) -> tuple[Document, str]:
    """At the end of a page, or behind a question. `key`: wished for it, else made of the kind. Returns it."""
    used = taken | {each["key"] for each in questions_of(document)}
    if key and key in used:
        raise Invalid(KEY_TAKEN, field="key")
    made = key or fresh(kind.value, used)
    page = _page_place(document, page_key)
    questions = document["pages"][page]["questions"]
    places = [place + 1 for place, each in enumerate(questions) if each["key"] == after]
    place = places[0] if places else len(questions)
    question = {**fields, "key": made, "kind": kind.value}
    return _edit(document, lambda changed: changed["pages"][page]["questions"].insert(place, question)), made


def set_question(document: Mapping[str, Any], key: str, fields: Mapping[str, Any]) -> Document:
    """The fields of its form; its key and kind stay."""
    page, place = _question_place(document, key)
    own = {name: value for name, value in fields.items() if name not in {"key", "kind"}}
    return _edit(document, lambda changed: changed["pages"][page]["questions"][place].update(own))


def remove_question(document: Mapping[str, Any], key: str) -> Document:
    page, place = _question_place(document, key)
    return _edit(document, lambda changed: changed["pages"][page]["questions"].pop(place))


def copy_question(
    document: Mapping[str, Any], key: str, *, taken: frozenset[str] = NOTHING
) -> tuple[Document, str]:
    page, place = _question_place(document, key)
    question = document["pages"][page]["questions"][place]
    fields = {name: value for name, value in question.items() if name not in {"key", "kind"}}
    return add_question(
        document,
        document["pages"][page]["key"],
        fields,
        kind=QuestionKind(question["kind"]),
        after=key,
        key=fresh(key, taken | {each["key"] for each in questions_of(document)}),
    )


def move_question(document: Mapping[str, Any], key: str, by: int) -> Document:
    """One place up or down; from the edge of a page to the next page."""
    page, place = _question_place(document, key)
    pages = document["pages"]
    target, index = page, place + by
    if not 0 <= index < len(pages[page]["questions"]):
        target = page + by
        if not 0 <= target < len(pages):
            raise Invalid(STUCK)
        index = len(pages[target]["questions"]) if by < 0 else 0

    def move(changed: Document) -> None:
        question = changed["pages"][page]["questions"].pop(place)
        changed["pages"][target]["questions"].insert(index, question)

    return _edit(document, move)
