"""Counts of earlier versions under the keys and codes of the one that is looked at. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.core.text import fold
from hub.core.words import Language
from hub.questionnaires.definitions import Definition, Question


@dataclass(frozen=True)
class Version:
    """One published version: `moved` says where the codes of the one before it went."""

    id: int
    number: int
    definition: Definition
    moved: Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """From the cells of one version to those of a later one, step by step."""

    steps: tuple[Mapping[str, Any], ...] = ()

    def key(self, key: str) -> str:
        for moved in self.steps:
            key = moved.get(key, {}).get("key", key)
        return key

    def code(self, key: str, code: str) -> str:
        """A code of a matrix (`row=code`) or of a ranking (`code@place`) is moved part by part."""
        for moved in self.steps:
            told = moved.get(key, {})
            code = _moved(code, told.get("codes", {}))
            key = told.get("key", key)
        return code


def _moved(code: str, codes: Mapping[str, str]) -> str:
    if code in codes:
        return codes[code]
    for sign in ("=", "@"):
        before, found, after = code.partition(sign)
        if found:
            return f"{codes.get(before, before)}{sign}{codes.get(after, after)}"
    return code


def way_to(target: Version, source: Version, versions: Sequence[Version]) -> Way:
    """From an older version through all between; a newer one is read as it is."""
    return Way(tuple(each.moved for each in versions if source.number < each.number <= target.number))


def are_counted_together(question: Question, other: Question | None) -> bool:
    """Two versions of a question whose answers mean the same: the same kind and the same scale; words may have changed."""
    return other is not None and (other.kind, other.range, other.unit) == (
        question.kind,
        question.range,
        question.unit,
    )


def are_comparable(question: Question, other: Question | None) -> bool:
    """With another questionnaire also the words must be the same, those of the options too."""
    if other is None or not are_counted_together(question, other):
        return False
    return _words(question) == _words(other)


def _words(question: Question) -> tuple[str, frozenset[str]]:
    said = frozenset(fold(part.words.say(Language.FRENCH)) for part in (*question.options, *question.rows))
    return fold(question.words.say(Language.FRENCH)), said
