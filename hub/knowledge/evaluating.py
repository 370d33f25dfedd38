"""How well the search finds the right article: a file of articles and questions, no database. See the command."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from hub.core.words import Language
from hub.knowledge import meaning
from hub.knowledge.ranking import Text
from hub.knowledge.searching import Search
from hub.knowledge.terms import guess_language

DEPTHS = (1, 3, 5, 10)
SEED = 20260303
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LONG_WORD = re.compile(r"[^\W\d_]{4,}")


class UnreadableFileError(ValueError):
    """The file is not what the command reads; the text says where."""


@dataclass(frozen=True)
class Question:
    """What somebody asked and the article that answers; ids as they stand in the file."""

    text: str
    article_id: str


@dataclass(frozen=True)
class Material:
    articles: tuple[Text, ...]
    questions: tuple[Question, ...]
    names: tuple[str, ...]


def read_material(path: Path) -> Material:
    """Read `{"articles": [{id, title, body}], "questions": [{text, article_id}]}`. Raises UnreadableFileError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        names = [str(row["id"]) for row in data["articles"]]
        articles = tuple(_text(place, row) for place, row in enumerate(data["articles"]))
        questions = tuple(Question(str(row["text"]), str(row["article_id"])) for row in data["questions"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UnreadableFileError(f"{path} cannot be read as articles and questions ({reason}).") from error
    return Material(articles, questions, tuple(names))


def language_of(material: Material) -> Language:
    """The language the questions are asked in."""
    return guess_language([row.text for row in material.questions] + [row.title for row in material.articles])


def evaluate(
    material: Material, *, language: Language, has_typos: bool = False, has_model: bool = True
) -> dict[str, Any]:
    """Share of questions whose article is among the first 1, 3, 5 and 10, and the time a search takes (ms).

    `has_model` says whether search may ask the model where its package is there, as it does in the pages.
    """
    model = meaning.MODEL if has_model and meaning.is_available() else None
    search = Search(language)
    texts = [(text.title, f"{text.summary}\n{text.body}") for text in material.articles]
    vectors = meaning.encode_articles(texts) if model else [None] * len(texts)
    for text, found in zip(material.articles, vectors, strict=True):
        search.add(text, found)
    random = Random(SEED)  # noqa: S311 - the same typos at each run, nothing secret
    ranks, times = [], []
    for question in material.questions:
        asked = misspell(question.text, random) if has_typos else question.text
        start = perf_counter()
        hits = search.find(asked, meaning.encode([asked])[0] if model else None, limit=max(DEPTHS))
        times.append((perf_counter() - start) * 1000)
        ranks.append(_rank([material.names[each.id] for each in hits], question.article_id))
    return {
        "articles": len(material.articles),
        "questions": len(ranks),
        "language": language.value,
        "typos": has_typos,
        "model": model,
        **{f"hit@{depth}": _share([rank <= depth for rank in ranks]) for depth in DEPTHS},
        "mrr": round(sum(1 / rank for rank in ranks) / max(1, len(ranks)), 4),
        "p50_ms": _percentile(times, 0.5),
        "p95_ms": _percentile(times, 0.95),
    }


def misspell(text: str, random: Random) -> str:
    """One typo in one word of at least four letters: letters swapped, left out, added or mistaken."""
    words = list(LONG_WORD.finditer(text))
    if not words:
        return text
    word = random.choice(words)
    place = random.randrange(word.start(), word.end() - 1)
    one, two, rest = text[place], text[place + 1], text[place + 2 :]
    letter = random.choice(LETTERS)
    kinds = (two + one, two, letter + one + two, letter + two)
    return text[:place] + random.choice(kinds) + rest


def _text(place: int, row: dict[str, Any]) -> Text:
    return Text(place, str(row["title"]), str(row.get("body", "")), str(row.get("summary", "")))


def _rank(found: Sequence[str], wanted: str) -> float:
    return found.index(wanted) + 1 if wanted in found else float("inf")


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / max(1, len(hits)), 4)


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else 0.0
