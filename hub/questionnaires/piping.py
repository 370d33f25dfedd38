"""Words of a page that repeat what is known: `{{first_name}}`, `{{store}}`, `{{<key of an earlier question>}}`. Pure.

`{{first_name|dear customer}}` says the words after the bar when nothing is known; without a bar nothing stands there.
What is put in is text: it is not looked through again, and pages escape it like all other text.
"""

import re
from collections.abc import Mapping
from typing import Any

from hub.core.text import shorten
from hub.core.words import Language
from hub.questionnaires.definitions import OTHER, Answers, Definition, Page, Question
from hub.questionnaires.words import SCORES, WORDS, QuestionKind

FIRST_NAME = "first_name"
STORE = "store"
KNOWN = frozenset({FIRST_NAME, STORE})
PIPED = (
    SCORES
    | WORDS
    | {
        QuestionKind.SINGLE,
        QuestionKind.MULTIPLE,
        QuestionKind.RANKING,
        QuestionKind.NUMBER,
        QuestionKind.DATE,
    }
)
"""Kinds whose answer can be said in a few words."""
LONGEST = 120
PLACE = re.compile(
    r"(?P<space>[ \u00a0]?)\{\{ *(?P<name>[a-z0-9][a-z0-9_]{0,39}) *(?:\|(?P<otherwise>[^{}]{0,200}))?\}\}"
)
"""With the space before it, which goes when nothing is put in: `Hello {{first_name}},` becomes `Hello,`."""


def pipe(text: str, places: Mapping[str, str]) -> str:
    """The text with each place filled that `places` knows, "" for what is known to be unknown. Others stay as written."""

    def fill(found: re.Match[str]) -> str:
        if found["name"] not in places:
            return found[0]
        said = places[found["name"]] or (found["otherwise"] or "").strip()
        return found["space"] + said if said else ""

    return PLACE.sub(fill, text)


def places_in(text: str) -> tuple[str, ...]:
    """The names that a text asks for, each once, in the order they come."""
    return tuple(dict.fromkeys(found["name"] for found in PLACE.finditer(text)))


def places_of(
    definition: Definition, answers: Answers, language: Language, *, first_name: str = "", store: str = ""
) -> dict[str, str]:
    """What there is to put in. `answers`: those on the way so far, as `Walk.answers`. Nobody has a name in anonymous mode."""
    known = {FIRST_NAME: "" if definition.is_anonymous else first_name, STORE: store}
    told = {each.key: say_answer(each, answers, language) for each in definition.questions}
    return told | {name: shorten(words, LONGEST) for name, words in known.items()}


def words_of_page(page: Page) -> list[tuple[str, str]]:
    """Every text of a page, with the key of its question, "" for the page's own."""
    found = [("", page.title)]
    for question in page.questions:
        parts = [each.words for each in (*question.options, *question.rows)]
        mine = [question.words, question.help, question.low, question.high, question.unit, *parts]
        found += [(question.key, each) for each in mine]
    return [(key, text) for key, wording in found for text in (wording.fr, wording.en) if text]


def say_answer(question: Question, answers: Answers, language: Language) -> str:
    """An answer in the words of the page; "" when it was skipped or has none."""
    value = answers.get(question.key)
    if value is None or question.kind not in PIPED:
        return ""
    return shorten(_say(question, value, answers, language), LONGEST)


def _say(question: Question, value: Any, answers: Answers, language: Language) -> str:
    def option(code: str) -> str:
        own = answers.get(f"{question.key}.{OTHER}") if code == OTHER else None
        return own or next((each.words.say(language) for each in question.options if each.code == code), "")

    match question.kind:
        case QuestionKind.SINGLE:
            return option(value)
        case QuestionKind.MULTIPLE:
            return ", ".join(filter(None, map(option, value)))
        case QuestionKind.RANKING:
            return option(value[0]) if value else ""
        case QuestionKind.DATE:
            return "/".join(reversed(str(value).split("-")))
        case _:
            return str(value)
