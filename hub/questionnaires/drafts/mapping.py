"""By what questions and options of the version before were replaced, so that results of both stand together. Pure.

A question with the same key, an option with the same code, is the same one whatever its words.
"""

from collections.abc import Mapping
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.questionnaires.definitions import Definition, Question
from hub.questionnaires.words import QuestionKind

WRONG = N_("“%(old)s” cannot be replaced by “%(new)s”. Please choose another one of the list, or none.")
Moved = Mapping[str, Mapping[str, Any]]


def gone_questions(before: Definition, after: Definition) -> list[Question]:
    """Questions that were asked and are asked no more."""
    return [each for each in before.questions if each.asks and each.key not in after.by_key]


def heirs_of(question: Question, before: Definition, after: Definition) -> list[Question]:
    """New questions that may take the place of one: of its kind, and with the same scale."""
    return [
        each
        for each in after.questions
        if each.key not in before.by_key and each.kind is question.kind and each.range == question.range
    ]


def gone_codes(question: Question, after: Question) -> list[str]:
    """Options (rows of a matrix as `row:<code>`) of a question that its next version does not have."""
    kept = set(_codes(after))
    return [code for code in _codes(question) if code not in kept]


def heir_codes(question: Question, after: Question, code: str) -> list[str]:
    """New options that may take the place of one: a row for a row, an option for an option."""
    known, is_row = set(_codes(question)), code.startswith(ROW)
    return [each for each in _codes(after) if each not in known and each.startswith(ROW) == is_row]


ROW = "row:"


def _codes(question: Question) -> list[str]:
    options = [option.code for option in question.options]
    rows = question.rows if question.kind is QuestionKind.MATRIX else ()
    return [*options, *(f"{ROW}{row.code}" for row in rows)]


def read_moved(before: Definition, after: Definition, moved: Moved) -> dict[str, Any]:
    """What was chosen, checked. Raises Invalid on what cannot be."""
    found: dict[str, Any] = {}
    for key, told in moved.items():
        old = before.by_key.get(key)
        new = after.by_key.get(str(told.get("key") or key))
        if old is None or new is None or not (new.key == key or new in heirs_of(old, before, after)):
            raise Invalid(WRONG, old=key, new=str(told.get("key") or key))
        codes = {str(one): str(other) for one, other in dict(told.get("codes") or {}).items() if other}
        _check_codes(old, new, codes)
        entry = ({"key": new.key} if new.key != key else {}) | ({"codes": codes} if codes else {})
        if entry:
            found[key] = entry
    if len({entry.get("key", key) for key, entry in found.items()}) != len(found):
        raise Invalid(N_("Two questions cannot be replaced by the same one."))
    return found


def _check_codes(old: Question, new: Question, codes: Mapping[str, str]) -> None:
    gone = gone_codes(old, new)
    for code, other in codes.items():
        if code not in gone or other not in heir_codes(old, new, code):
            raise Invalid(WRONG, old=code, new=other)
