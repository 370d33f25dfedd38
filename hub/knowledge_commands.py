"""Commands of the knowledge base: search it, work out what articles mean, measure the search."""

import json
from pathlib import Path
from time import perf_counter

import click
from flask.cli import AppGroup

from hub.core.words import Language
from hub.knowledge import evaluating, indexing, meaning
from hub.knowledge.queries import search_articles
from hub.knowledge.words import SearchPlace

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
