"""What a file says of one article, before anybody checks it against the base. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.core.errors import Invalid
from hub.core.text import N_, SPACES
from hub.core.words import Language
from hub.knowledge import rules
from hub.knowledge.terms import guess_language
from hub.knowledge.words import ArticleState

NO_TITLE = N_("This article has no title.")
NO_BODY = N_("This article has no text.")
TWICE = N_("The file says this article twice; the first one was taken.")
STATES = {
    "draft": ArticleState.DRAFT,
    "brouillon": ArticleState.DRAFT,
    "internal": ArticleState.INTERNAL,
    "interne": ArticleState.INTERNAL,
    "published": ArticleState.PUBLISHED,
    "public": ArticleState.PUBLISHED,
    "publie": ArticleState.PUBLISHED,
    "archived": ArticleState.ARCHIVED,
    "archive": ArticleState.ARCHIVED,
}
TAG = re.compile(r"^[a-z]{2}\b")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One article of a file. `place`: its file or line. `source`: what names it there for ever (an address, a path).

    `problem`: why it cannot be brought in (a msgid; `most` is its number), "" when it can; the text is kept either way.
    """

    place: str
    source: str
    title: str
    body: str
    summary: str = ""
    language: Language | None = None
    state: ArticleState = ArticleState.DRAFT
    reason: str = ""
    problem: str = ""
    most: int = 0


def check(draft: Draft, *, seen: set[str]) -> Draft:
    """The draft in clean words, its language found out; with its problem when it cannot be an article. Fills `seen`."""
    clean = replace(
        draft,
        title=SPACES.sub(" ", draft.title.replace("\x00", "")).strip(),
        summary=SPACES.sub(" ", draft.summary.replace("\x00", "")).strip(),
        body=draft.body.replace("\x00", "").replace("\r\n", "\n").strip(),
    )
    if clean.problem:
        return clean
    problem, most = _problem(clean, seen)
    seen.add(clean.source)
    language = clean.language or guess_language([clean.title, clean.body[: rules.LONGEST_REPLY]])
    return replace(clean, language=language, problem=problem, most=most)


def read_language(words: str) -> Language | None:
    """`fr`, `fr-FR`, `Français`, `english`; None for another one or none."""
    found = TAG.match(words.strip().lower().replace("_", "-"))
    named = {"français": "fr", "francais": "fr", "french": "fr", "english": "en", "anglais": "en"}
    tag = named.get(words.strip().lower(), found[0] if found else "")
    return Language(tag) if tag in set(Language) else None


def read_state(words: str) -> ArticleState:
    """A draft unless the file says something else that we know."""
    return STATES.get(words.strip().lower().replace("é", "e"), ArticleState.DRAFT)


def pick(row: Mapping[str, str], *names: str) -> str:
    """The first of these columns that says something."""
    return next((row[name].strip() for name in names if row.get(name, "").strip()), "")


def _problem(draft: Draft, seen: set[str]) -> tuple[str, int]:
    if draft.source in seen:
        return TWICE, 0
    if not draft.title or not draft.body:
        return (NO_BODY if draft.title else NO_TITLE), 0
    try:
        rules.check_article(title=draft.title, summary=draft.summary, body=draft.body)
    except Invalid as error:
        return error.text, int(str(error.values.get("most", 0)))
    return "", 0
