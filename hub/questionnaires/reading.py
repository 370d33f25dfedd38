"""A stored definition becomes a questionnaire. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires.definitions import (
    UNSTORED,
    Clause,
    Condition,
    Definition,
    Option,
    Page,
    Question,
    Wording,
)
from hub.questionnaires.words import ContactField, Join, Mode, QuestionKind, Test

FORMAT = 1
KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
MOST_PAGES = 60
MOST_QUESTIONS = 150
MOST_OPTIONS = 100
MOST_HIDDEN = 20
WIDEST = 100
"""The ends of a scale: a page shows each of its numbers."""
LONGEST_WORDS = 4_000
UNREADABLE = N_("This questionnaire cannot be read: %(detail)s.")


def read_definition(data: Mapping[str, Any]) -> Definition:
    """Raises Invalid on what no page of ours can show. What merely lacks something is for the checks."""
    try:
        found = _definition(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Invalid(UNREADABLE, detail=f"{type(error).__name__} {error}"[:120]) from None
    _check_size(found)
    return found


def _definition(data: Mapping[str, Any]) -> Definition:
    if data["format"] != FORMAT:
        raise ValueError("format")
    return Definition(
        title=_wording(data.get("title")),
        introduction=_wording(data.get("introduction")),
        thanks=_wording(data.get("thanks")),
        mode=Mode(data.get("mode", Mode.IDENTIFIED)),
        languages=tuple(Language(each) for each in data.get("languages", ["fr", "en"])) or (Language.FRENCH,),
        hidden=tuple(_key(each) for each in data.get("hidden", ()))[:MOST_HIDDEN],
        most=_whole(data.get("most")),
        pages=tuple(_page(each) for each in data["pages"]),
    )


def _check_size(found: Definition) -> None:
    keys = [question.key for question in found.questions]
    pages = [page.key for page in found.pages]
    if len(set(keys)) != len(keys) or len(set(pages)) != len(pages):
        raise Invalid(UNREADABLE, detail="two of the same key")
    if any(
        low < -WIDEST or high > WIDEST for low, high in filter(None, (each.range for each in found.questions))
    ):
        raise Invalid(UNREADABLE, detail="scale")
    if len(keys) > MOST_QUESTIONS or len(pages) > MOST_PAGES:
        raise Invalid(
            N_("A questionnaire has %(pages)s pages and %(questions)s questions at most."),
            pages=MOST_PAGES,
            questions=MOST_QUESTIONS,
        )


def _page(data: Mapping[str, Any]) -> Page:
    return Page(
        key=_key(data["key"]),
        title=_wording(data.get("title")),
        show_if=_condition(data.get("show_if")),
        ends_if=_condition(data.get("ends_if")),
        is_shuffled=bool(data.get("is_shuffled", False)),
        questions=tuple(_question(each) for each in data.get("questions", ())),
    )


def _question(data: Mapping[str, Any]) -> Question:
    return Question(
        key=_key(data["key"]),
        kind=QuestionKind(data["kind"]),
        words=_wording(data.get("words")),
        help=_wording(data.get("help")),
        is_required=bool(data.get("is_required", False)),
        show_if=_condition(data.get("show_if")),
        options=_options(data.get("options", ())),
        rows=_options(data.get("rows", ())),
        is_shuffled=bool(data.get("is_shuffled", False)),
        least=_number(data.get("least")),
        most=_number(data.get("most")),
        low=_wording(data.get("low")),
        high=_wording(data.get("high")),
        unit=_wording(data.get("unit")),
        least_count=_whole(data.get("least_count")),
        most_count=_whole(data.get("most_count")),
        fields=tuple(ContactField(each) for each in data.get("fields", ())),
    )


def _options(data: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    found = tuple(
        Option(
            code=_key(each["code"]),
            words=_wording(each.get("words")),
            is_exclusive=bool(each.get("is_exclusive", False)),
            is_fixed=bool(each.get("is_fixed", False)),
            most=_whole(each.get("most")),
        )
        for each in data
    )
    if len(found) > MOST_OPTIONS or len({option.code for option in found}) != len(found):
        raise ValueError("options")
    return found


def _condition(data: Mapping[str, Any] | None) -> Condition:
    if not data:
        return Condition()
    clauses = tuple(
        Clause(
            question=_key(each["question"]),
            test=Test(each["test"]),
            codes=tuple(str(code) for code in each.get("codes", ())),
            number=_number(each.get("number")),
        )
        for each in data.get("clauses", ())
    )
    return Condition(clauses, Join(data.get("join", Join.ALL)))


def _wording(data: Mapping[str, str] | None) -> Wording:
    told = {name: words for name, words in (data or {}).items() if words is not None}
    if not all(isinstance(words, str) for words in told.values()):
        raise ValueError("words")
    return Wording(**{name: words.translate(UNSTORED)[:LONGEST_WORDS] for name, words in told.items()})


def _key(value: Any) -> str:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise ValueError(f"key {value!r}")
    return value


def _whole(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _number(value: Any) -> float | None:
    found = None if value in (None, "") else float(value)
    if found is not None and not math.isfinite(found):
        raise ValueError("number")
    return found
