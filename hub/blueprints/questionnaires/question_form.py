"""The form of a question: what each kind is told, read into the stored question, wrong numbers kept as they were typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from hub.blueprints.questionnaires.conditions import check_condition, read_condition, read_number
from hub.blueprints.questionnaires.options_form import check_rows, read_rows, told_rows
from hub.core.text import N_
from hub.questionnaires.definitions import Definition
from hub.questionnaires.reading import KEY
from hub.questionnaires.words import CHOICES, SCORES, ContactField, QuestionKind

Sent = MultiDict[str, str]
Stored = dict[str, Any]
WORDS = ("words", "help", "low", "high", "unit")
NUMBERS = ("least", "most", "least_count", "most_count")
SHOWN: Mapping[QuestionKind, frozenset[str]] = {
    QuestionKind.SINGLE: frozenset({"options", "is_shuffled", "quota"}),
    QuestionKind.MULTIPLE: frozenset({"options", "is_shuffled", "quota", "exclusive", "counts"}),
    QuestionKind.RANKING: frozenset({"options", "is_shuffled"}),
    QuestionKind.MATRIX: frozenset({"options", "rows", "is_shuffled"}),
    QuestionKind.SCALE: frozenset({"ends", "limits"}),
    QuestionKind.NUMBER: frozenset({"limits", "unit"}),
    QuestionKind.CONTACT: frozenset({"fields"}),
} | dict.fromkeys(SCORES - {QuestionKind.SCALE}, frozenset({"ends"}))
"""What a kind is told beside its words; of the others nothing."""
START: Mapping[QuestionKind, Stored] = {
    QuestionKind.SCALE: {"least": 1, "most": 5},
    QuestionKind.CONTACT: {"fields": [ContactField.FIRST_NAME.value, ContactField.EMAIL.value]},
}
BAD_NUMBER = N_("Please give a number.")
BAD_WHOLE = N_("Please give a whole number.")
BAD_SCALE = N_("A scale has whole numbers from 0 to 10, two at least.")
BAD_KEY = N_("A name is of small letters, digits and underscores.")
MOST_SCALE = 10


@dataclass
class Filled:
    """What stands in the form. `errors` by field, in the reader's words."""

    kind: QuestionKind
    question: Stored
    key: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> frozenset[str]:
        return SHOWN.get(self.kind, frozenset())

    @property
    def option_marks(self) -> frozenset[str]:
        """What may be said of an option: the columns of a table keep their order, its lines are shuffled."""
        return frozenset() if self.kind is QuestionKind.MATRIX else self.shown

    def stored(self) -> Stored:
        """As it is kept: rows without words left out, each with a code."""
        found = dict(self.question)
        for name in ("options", "rows"):
            found[name] = told_rows(found.get(name, ()))
        return found

    def check(self, definition: Definition) -> bool:
        """Whether it can be kept; what is wrong is said beside it."""
        found = {name: check_rows(self.question.get(name, ())) for name in ("options", "rows")}
        found["show_if"] = check_condition(self.question.get("show_if", {}), definition)
        found |= {name: self._wrong_number(name) for name in NUMBERS}
        if self.key and not KEY.fullmatch(self.key):
            found["key"] = gettext(BAD_KEY)
        if self.kind is QuestionKind.SCALE and not found["least"] and not found["most"]:
            found["most"] = self._wrong_scale()
        self.errors |= {name: words for name, words in found.items() if words}
        return not self.errors

    def _wrong_number(self, name: str) -> str:
        value = self.question.get(name)
        if value in (None, ""):
            return ""
        if isinstance(value, str):
            return str(gettext(BAD_NUMBER))
        is_whole = isinstance(value, int)
        return "" if is_whole or name in {"least", "most"} else str(gettext(BAD_WHOLE))

    def _wrong_scale(self) -> str:
        least, most = self.question.get("least"), self.question.get("most")
        fits = isinstance(least, int) and isinstance(most, int) and 0 <= least < most <= MOST_SCALE
        return "" if fits else str(gettext(BAD_SCALE))


def open_form(question: Mapping[str, Any], kind: QuestionKind) -> Filled:
    return Filled(kind, {**START.get(kind, {}), **question} if not question else dict(question))


def read_form(sent: Sent, kind: QuestionKind, definition: Definition) -> Filled:
    """What was sent, with a row or a condition more or less when such a button was pressed."""
    shown = SHOWN.get(kind, frozenset())
    found: Stored = {name: _wording(sent, name) for name in WORDS}
    found |= {name: read_number(sent.get(name, "")) for name in NUMBERS}
    found["is_required"] = sent.get("is_required") == "1" and kind is not QuestionKind.INFORMATION
    found["is_shuffled"] = sent.get("is_shuffled") == "1" and "is_shuffled" in shown
    found["options"] = read_rows(sent, "options") if kind in CHOICES else []
    found["rows"] = read_rows(sent, "rows") if kind is QuestionKind.MATRIX else []
    found["fields"] = [each.value for each in ContactField if each.value in sent.getlist("fields")]
    found["show_if"] = read_condition(sent, "show_if", definition)
    return Filled(kind, found, key=sent.get("key", "").strip())


def _wording(sent: Sent, name: str) -> Stored:
    return {each: sent.get(f"{name}_{each}", "").strip().replace("\r\n", "\n") for each in ("fr", "en")}
