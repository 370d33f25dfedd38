"""Tables (CSV): one article a line, its text as Markdown or HTML."""

from collections.abc import Iterator
from pathlib import Path

from hub.core.errors import Invalid
from hub.core.text import N_, fold
from hub.customers.hygiene.delimited import read_text
from hub.knowledge.importing.drafts import Draft, pick, read_language, read_state
from hub.knowledge.importing.html_articles import looks_like_html, to_markdown

TITLES, BODIES = (
    ("title", "titre", "name", "question"),
    ("body", "texte", "text", "contenu", "content", "description", "answer", "reponse"),
)
NO_COLUMNS = N_("This table needs a column “title” and a column “body”.")


def read_table(path: Path) -> Iterator[Draft]:
    """Raises Invalid for a file that is no table or has no title and body."""
    _, rows = read_text(path)
    names = [fold(name).strip() for name in next(rows, [])]
    if not {*TITLES} & {*names} or not {*BODIES} & {*names}:
        raise Invalid(NO_COLUMNS, field="file")
    for number, cells in enumerate(rows, 2):
        if not cells:
            continue
        row = dict(zip(names, cells, strict=False))
        body = pick(row, *BODIES)
        yield Draft(
            place=str(number),
            source=pick(row, "url", "html_url", "source", "key", "cle", "id") or fold(pick(row, *TITLES)),
            title=pick(row, *TITLES),
            body=to_markdown(body) if looks_like_html(body) else body,
            summary=pick(row, "summary", "resume"),
            language=read_language(pick(row, "language", "langue", "locale", "lang")),
            state=read_state(pick(row, "state", "etat", "status", "statut")),
            reason=pick(row, "reason", "motif", "category", "categorie", "section"),
        )
