"""What one complete response adds to the counts. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.questionnaires.definitions import Definition, Question
from hub.questionnaires.walking import codes_of
from hub.questionnaires.words import TOLD, WORDS, QuestionKind

SHOWN = ""
ANSWERED = "*"
TOLD_SOMETHING = "+"


@dataclass
class Sum:
    """One cell of the counts."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, other: "Sum") -> None:
        self.count += other.count
        self.total += other.total
        self.squares += other.squares


def tally(
    definition: Definition, answers: Mapping[str, Any], told: Mapping[str, Any], shown: Iterable[str]
) -> Iterator[tuple[str, str, float]]:
    """Question, code and number (0 where there is none) of each cell that one more response is added to.

    What was skipped is shown and not answered; 0 and False are answers.
    """
    seen = set(shown)
    for question in definition.questions:
        if not question.asks:
            continue
        value = (told if question.kind in TOLD else answers).get(question.key)
        if value is None and question.key not in seen:
            continue
        yield question.key, SHOWN, 0.0
        if value is not None:
            yield question.key, ANSWERED, _number(value)
            yield from ((question.key, code, 0.0) for code in _codes(question, value))


def _codes(question: Question, value: Any) -> Iterable[str]:
    if question.kind is QuestionKind.RANKING:
        return (f"{code}@{place}" for place, code in enumerate(value, 1))
    if question.kind in TOLD or question.kind is QuestionKind.FILE:
        return (TOLD_SOMETHING,)
    if question.kind is QuestionKind.NUMBER:
        return ()
    return codes_of(value)


def _number(value: Any) -> float:
    """Of a score or a number; of anything else nothing is summed."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def comments_of(definition: Definition, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Words a person wrote, by question; those beside "other" under `<key>.other`."""
    for question in definition.questions:
        names = (question.key,) if question.kind in WORDS else (f"{question.key}.other",)
        for name in names:
            words = str(told.get(name) or "").strip()
            if words:
                yield name, words
