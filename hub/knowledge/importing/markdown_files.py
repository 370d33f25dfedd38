"""Markdown files: one article each. Their head, between two lines of dashes, may say title, language, state, reason."""

import re
from pathlib import PurePosixPath

from hub.core.words import Language
from hub.knowledge.importing.drafts import Draft, pick, read_language, read_state

HEAD = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
FIELD = re.compile(r"^([A-Za-zÀ-ÿ_ -]+?)\s*:\s*(.*)$", re.MULTILINE)
FIRST_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
MARK = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2})?")
ENDINGS = (".md", ".markdown")


def read_markdown(name: str, text: str) -> Draft:
    """`name` is the path within the folder or archive; its folder or `.en` before the ending may tell the language."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found = HEAD.match(text)
    fields = (
        {key.strip().lower(): _unquoted(value) for key, value in FIELD.findall(found[1])} if found else {}
    )
    body = text[found.end() :] if found else text
    heading = FIRST_HEADING.match(body)
    title = pick(fields, "title", "titre")
    if heading and (not title or heading[1].strip() == title):
        title, body = heading[1], body[heading.end() :]
    path = PurePosixPath(name)
    return Draft(
        place=name,
        source=pick(fields, "source", "url", "key", "id") or name,
        title=title or path.name.split(".")[0].replace("-", " ").replace("_", " ").capitalize(),
        body=body,
        summary=pick(fields, "summary", "résumé", "resume", "description"),
        language=read_language(pick(fields, "language", "langue", "lang", "locale")) or _language_of(path),
        state=read_state(pick(fields, "state", "état", "etat", "status", "statut")),
        reason=pick(fields, "reason", "motif", "category", "catégorie", "categorie"),
    )


def _language_of(path: PurePosixPath) -> Language | None:
    marks = [*path.name.lower().split(".")[1:-1], *path.parts[:-1]]
    return next((found for mark in marks if MARK.fullmatch(mark) and (found := read_language(mark))), None)


def _unquoted(value: str) -> str:
    clean = value.strip()
    return clean[1:-1] if len(clean) > 1 and clean[0] == clean[-1] and clean[0] in "\"'" else clean
