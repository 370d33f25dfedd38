"""Kept answers become what the form would have said: the page of somebody who comes back is filled in. Pure."""

from collections.abc import Sequence

from hub.questionnaires.definitions import OTHER, Answers, Question
from hub.questionnaires.taking import Form
from hub.questionnaires.words import QuestionKind


def as_form(questions: Sequence[Question], answers: Answers) -> Form:
    """What `taking.take` reads as these answers."""
    found: dict[str, list[str]] = {}
    for question in questions:
        found |= _fields_of(question, answers)
        beside = answers.get(f"{question.key}.{OTHER}")
        if beside:
            found[f"{question.key}.{OTHER}"] = [beside]
    return found


def _fields_of(question: Question, answers: Answers) -> dict[str, list[str]]:
    key, value = question.key, answers.get(question.key)
    match value:
        case None:
            return {}
        case bool():
            return {key: ["yes"]} if value else {}
        case dict():
            return {f"{key}.{name}": [words] for name, words in value.items()}
        case list() if question.kind is QuestionKind.RANKING:
            return {f"{key}.{code}": [str(place)] for place, code in enumerate(value, 1)}
        case list():
            return {key: list(value)}
        case _:
            return {key: [str(value)]}
