"""By what questions and options of the version before were replaced, so that results of both stand together. Pure.

A question with the same key, an option with the same code, is the same one whatever its words.
"""

from collections.abc import Mapping
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.questionnaires.definitions import Definition, Question

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
    """Options, and rows of a matrix, of a question that its next version does not have.

    A code that a row and a column share is not asked about: in an answer nobody could tell which of them was moved.
    """
    (options, rows), (new_options, new_rows) = _codes(question), _codes(after)
    shared = (options & rows) | (new_options & new_rows) | (options & new_rows) | (rows & new_options)
    gone = ((options - new_options) | (rows - new_rows)) - shared
    return [each.code for each in (*question.options, *question.rows) if each.code in gone]


def heir_codes(question: Question, after: Question, code: str) -> list[str]:
    """New options that may take the place of one: a row for a row, an option for an option."""
    is_row = code in _codes(question)[1]
    known = _codes(question)[is_row]
    return [each.code for each in (after.rows if is_row else after.options) if each.code not in known]


def _codes(question: Question) -> tuple[set[str], set[str]]:
    """Of the options, and of the rows."""
    return {each.code for each in question.options}, {each.code for each in question.rows}


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
