"""Answers of questionnaires in an export: under the words of their questions and options, not under keys and codes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale

from hub.core.words import Language
from hub.questionnaires.definitions import Question
from hub.questionnaires.responding.versions import get_definition

TABLE = "questionnaire_responses"
ANSWERS = ("answers", "words")


def in_words(table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row as it is, but for answers of a questionnaire. What its version does not know keeps its key."""
    if table != TABLE:
        return row
    known, language = get_definition(row["version_id"]).by_key, Language(str(get_locale()))
    told = {name: _answers(row[name], known, language) for name in ANSWERS if name in row}
    return {**row, **told}


def _answers(answers: Mapping[str, Any], known: Mapping[str, Question], language: Language) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in answers.items():
        key, _, other = name.partition(".")
        question = known.get(key)
        if question is None:
            found[name] = value
            continue
        codes = {each.code: each.words.say(language) for each in (*question.options, *question.rows)}
        title = question.words.say(language)
        found[f"{title} – {codes.get(other, other)}" if other else title] = _said(value, codes)
    return found


def _said(value: Any, codes: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {codes.get(key, key): _said(each, codes) for key, each in value.items()}
    if isinstance(value, list):
        return [_said(each, codes) for each in value]
    return codes.get(value, value) if isinstance(value, str) else value
