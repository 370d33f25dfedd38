"""Commands of the knowledge base: bring articles in, search it, work out what articles mean, measure the search."""

import json
from pathlib import Path
from time import perf_counter

import click
from flask.cli import AppGroup

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.errors import HubError
from hub.core.words import Language
from hub.knowledge import evaluating, indexing, meaning
from hub.knowledge.importing import listing, running
from hub.knowledge.queries import search_articles
from hub.knowledge.words import RowOutcome, SearchPlace

SHOWN = 10
knowledge = AppGroup("knowledge", help="Articles and their search.")


@knowledge.command("search")
@click.option("--json", "as_json", is_flag=True, help="Print a list of {id, title, score, why}.")
@click.option("--language", type=click.Choice(list(Language)), default=Language.FRENCH)
@click.option(
    "--place", type=click.Choice(list(SearchPlace)), default=SearchPlace.STAFF, help="Who would be searching."
)
@click.option("--limit", type=click.IntRange(1, 100), default=SHOWN)
@click.argument("words")
def search(*, as_json: bool, language: str, place: str, limit: int, words: str) -> None:
    """Print the articles that bear on these words, best first, and why each was found."""
    hits = search_articles(words, Language(language), SearchPlace(place), limit)
    if as_json:
        lines = [{"id": hit.id, "title": hit.title, "score": hit.score, "why": hit.why} for hit in hits]
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    for hit in hits:
        click.echo(f"{hit.score:.2f}  {hit.title}  ({', '.join(hit.why)})")


@knowledge.command("import")
@click.option(
    "--keep-states", is_flag=True, help="Publish what the file calls published; else all are drafts."
)
@click.option("--dry-run", is_flag=True, help="Only say what would come of each article.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def bring_in(*, keep_states: bool, dry_run: bool, path: Path) -> None:
    """Bring in a folder or zip of Markdown files, a CSV table or a help centre's JSON export; the report is JSON."""
    now = clock.business_now()
    try:
        with transaction():
            import_id = running.begin_import(path, path.name, by=SYSTEM, now=now)
        if not dry_run:
            with transaction():
                running.apply_import(import_id, keeps_states=keep_states, by=SYSTEM, now=now)
    except HubError as error:
        raise click.ClickException(str(error)) from error
    found = listing.get_import(import_id, RowOutcome.REFUSED)
    refused = [
        {"place": row.place, "title": row.title, "why": row.problem % {"most": row.most}}
        for row in found.rows
    ]
    counts = {outcome.value: found.counts[outcome] for outcome in RowOutcome}
    click.echo(json.dumps({"import": import_id, **counts, "rows": refused}, ensure_ascii=False))


@knowledge.command("index")
def index() -> None:
    """Work out what the articles mean that changed; workers do the same after each change."""
    if not meaning.is_available():
        raise click.ClickException(
            "The model is switched off (KNOWLEDGE_MODEL) or its package is not installed."
        )
    start, count = perf_counter(), 0
    while handled := indexing.work_vectors(lambda: None):
        count += handled
    click.echo(f"{count} articles in {perf_counter() - start:.1f} s.")


@knowledge.command("evaluate")
@click.option("--typos", "has_typos", is_flag=True, help="Put one typo into each question.")
@click.option("--no-model", is_flag=True, help="Search by words alone.")
@click.option("--language", type=click.Choice(list(Language)), help="Of the file; found out when left away.")
@click.argument("file", type=click.Path(path_type=Path))
def evaluate(*, has_typos: bool, no_model: bool, language: str | None, file: Path) -> None:
    """Print as JSON how often the right article is among the first; needs no database and no Redis."""
    try:
        material = evaluating.read_material(file)
    except evaluating.UnreadableFileError as error:
        raise click.ClickException(str(error)) from error
    tongue = Language(language) if language else evaluating.language_of(material)
    figures = evaluating.evaluate(material, language=tongue, has_typos=has_typos, has_model=not no_model)
    click.echo(json.dumps(figures, ensure_ascii=False))
