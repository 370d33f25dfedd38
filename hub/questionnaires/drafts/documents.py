"""A draft as it is stored: empty things left out, so that the same content is always the same document. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hub.questionnaires.reading import FORMAT

Document = dict[str, Any]
EMPTY: tuple[Any, ...] = (None, "", False, [], {}, ())
KEPT_EMPTY = frozenset({"pages", "questions"})


def tidy(value: Any) -> Any:
    """Without what says nothing; 0 says something."""
    if isinstance(value, Mapping):
        cleaned = {name: tidy(each) for name, each in value.items()}
        return {name: each for name, each in cleaned.items() if name in KEPT_EMPTY or not _is_empty(each)}
    if isinstance(value, list | tuple):
        return [tidy(each) for each in value]
    return value


def _is_empty(value: Any) -> bool:
    return not (isinstance(value, int | float) and not isinstance(value, bool)) and value in EMPTY


def new_document(title: Mapping[str, str]) -> Document:
    """An empty questionnaire: one page without a question."""
    return {
        "format": FORMAT,
        "title": dict(title),
        "mode": "identified",
        "languages": ["fr", "en"],
        "pages": [{"key": "page_1", "questions": []}],
    }


def fingerprint(document: Mapping[str, Any]) -> str:
    """What an editor saw: the same for the same content, whoever asks."""
    told = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def questions_of(document: Mapping[str, Any]) -> Iterator[Document]:
    for page in document["pages"]:
        yield from page.get("questions", ())
