"""What other help centres export as JSON: Zendesk Guide, Freshdesk, Intercom, Help Scout; each article with its address."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.knowledge.importing.drafts import Draft, read_language
from hub.knowledge.importing.html_articles import looks_like_html, to_markdown
from hub.knowledge.words import ArticleState

LISTS = ("articles", "data", "items", "results", "solutions")
PUBLISHED = frozenset({"published", "public", "2", "true"})
NO_JSON = N_("This file is not JSON: line %(line)s cannot be read. Please export it again.")
NO_ARTICLES = N_(
    "No article was found in this file. It needs a list of articles with title, text and address."
)
DEEPEST = 6


def read_export(text: str) -> Iterator[Draft]:
    """A list of articles, or lists by page, or a line each. Raises Invalid for what holds none."""
    found = list(_articles(_parsed(text), DEEPEST))
    if not found:
        raise Invalid(NO_ARTICLES, field="file")
    for number, row in enumerate(found, 1):
        yield _draft(number, row)


def _parsed(text: str) -> Any:
    clean = text.removeprefix("\ufeff").strip()
    try:
        return json.loads(clean)
    except (ValueError, RecursionError):
        return [_line(number, line) for number, line in enumerate(clean.splitlines(), 1) if line.strip()]


def _line(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Invalid(NO_JSON, field="file", line=number) from error


def _articles(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _articles(each, depth)
    elif isinstance(value, dict) and depth:
        if _words(value, "title", "name") or "body" in value:
            yield value
        else:
            for name in LISTS:
                yield from _articles(value.get(name), depth - 1)


def _draft(number: int, row: Mapping[str, Any]) -> Draft:
    body = _words(row, "body", "description", "text", "content", "answer")
    address = _words(row, "html_url", "publicUrl", "url", "link", "id")
    return Draft(
        place=str(number),
        source=address or _words(row, "title", "name"),
        title=_words(row, "title", "name", "question"),
        body=to_markdown(body) if looks_like_html(body) else body,
        summary=_words(row, "summary", "preview"),
        language=_language(row),
        state=_state(row),
        reason=_words(row, "category", "section", "reason"),
    )


def _language(row: Mapping[str, Any]) -> Language | None:
    return read_language(_words(row, "locale", "language", "lang"))


def _state(row: Mapping[str, Any]) -> ArticleState:
    """Published only where the export says so."""
    if row.get("draft") is not None:
        return ArticleState.DRAFT if row["draft"] else ArticleState.PUBLISHED
    said = _words(row, "state", "status").lower()
    return ArticleState.PUBLISHED if said in PUBLISHED else ArticleState.DRAFT


def _words(row: Mapping[str, Any], *names: str) -> str:
    """The first of these that is text or a number."""
    found = (row.get(name) for name in names)
    return next(
        (str(value).strip() for value in found if isinstance(value, str | int) and str(value).strip()), ""
    )
