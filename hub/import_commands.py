"""flask customers import: a contact file of any size brought in from the command line, by the same code as the pages."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import sleep
from typing import Any

import click
from flask.cli import with_appcontext

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.core.words import Channel
from hub.customers.imports import actions, queries, working
from hub.customers.imports.choosing import CHANNELS, Choices
from hub.customers.imports.rows import ImportFile
from hub.customers.imports.words import Clash, ImportState

CLASHES = click.Choice([each.value for each in Clash])


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--apply", "is_applied", is_flag=True, help="Write to the customers; else only the report is made."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=FIELD",
    help="What a column holds; FIELD may be empty.",
)
@click.option("--known", type=CLASHES, default=Clash.FILL.value, help="Customers the base knows already.")
@click.option(
    "--twice", type=CLASHES, default=Clash.FILL.value, help="Customers who stand twice in the file."
)
@click.option("--consent-source", default="", help="Where they agreed, for the whole file.")
@click.option("--consent-date", type=click.DateTime(["%Y-%m-%d"]), help="When they agreed.")
@click.option("--consent-wording", default="", help="By which words.")
@click.option(
    "--covers",
    multiple=True,
    type=click.Choice([each.value for each in CHANNELS]),
    help="All agreed to this.",
)
@with_appcontext
def import_file(*, file: Path, is_applied: bool, columns: tuple[str, ...], **chosen: Any) -> None:
    """Check a contact file, and with --apply write it; prints the report as JSON. It stands on the pages too, where it
    can be mended and undone. Killed half-way, it is finished by a worker.
    """
    try:
        import_id = _begin(file)
        _choose(import_id, columns, _choices(**chosen))
        if is_applied:
            _act(actions.apply_import, import_id)
            _work(import_id)
        row = queries.get_import(import_id)
    except HubError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(_report(row), ensure_ascii=False, indent=1))
    if row.state is ImportState.FAILED:
        raise SystemExit(1)


def _begin(file: Path) -> int:
    with file.open("rb") as content, transaction():
        now = clock.business_now()
        import_id = actions.begin_import(content, file_name=file.name, by=SYSTEM, now=now)
    _work(import_id)
    return import_id


def _choices(
    *,
    known: str,
    twice: str,
    consent_source: str,
    consent_date: Any,
    consent_wording: str,
    covers: tuple[str, ...],
) -> Choices:
    said_on: date | None = consent_date.date() if consent_date else None
    return Choices(
        clash=Clash(known),
        duplicates=Clash(twice),
        source=consent_source,
        said_on=said_on,
        wording=consent_wording,
        covers=tuple(Channel(each) for each in covers),
    )


def _choose(import_id: int, columns: tuple[str, ...], choices: Choices) -> None:
    row = queries.get_import(import_id)
    if row.state is not ImportState.MATCHING:
        raise click.ClickException(row.error % row.error_values if row.error_values else row.error)
    mapping = dict(row.mapping)
    for given in columns:
        heading, _, field = given.rpartition("=")
        if heading not in row.headings:
            raise click.ClickException(f"No column is called {heading}. There are: {', '.join(row.headings)}")
        place = row.headings.index(heading)
        mapping.pop(place, None)
        mapping |= {place: field} if field else {}
    with transaction():
        actions.choose_columns(import_id, mapping, choices, by=SYSTEM, now=clock.business_now())
    _work(import_id)


def _act(act: Callable[..., None], import_id: int) -> None:
    with transaction():
        act(import_id, by=SYSTEM, now=clock.business_now())


def _work(import_id: int) -> None:
    """Do the work here; where a worker has taken it, wait for it."""
    while (turn := working.claim_import(import_id)) is not None or working.is_under_way(import_id):
        if turn is None:
            db.session.remove()
            sleep(0.5)
            continue
        working.work_turn(turn)
        click.echo(f"\r{turn.state}: {turn.position}", nl=False, err=True)
        db.session.remove()
    click.echo(file=sys.stderr)


def _report(row: ImportFile) -> dict[str, Any]:
    kinds = queries.list_kinds(row.id, row.choices)
    return {
        "import": row.id,
        "state": row.state,
        "columns": {row.headings[place]: field for place, field in sorted(row.mapping.items())},
        "rows": row.row_count,
        **dict(row.counts),
        "kinds": {each.kind: each.count for each in kinds},
        "error": row.error,
    }
