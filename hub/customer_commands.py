"""flask commands of the customers that stand on their own: consents made anew, the value models fitted on a file."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from hub.core.db import transaction
from hub.customers.rebuilding import compare_consents, rebuild_consents


@click.command("rebuild-consents")
@click.option("--check", "is_check", is_flag=True, help="Only compare; exit code 1 when they differ.")
@with_appcontext
def rebuild_states(*, is_check: bool) -> None:
    """Make the states of consent anew from the ledger, and print how many differed as one JSON line."""
    with transaction():
        found = compare_consents() if is_check else rebuild_consents()
    click.echo(json.dumps(asdict(found)))
    if is_check and not found.is_same:
        raise SystemExit(1)


@click.command("fit-value")
@click.option(
    "--orders", required=True, type=click.Path(dir_okay=False, path_type=Path), help="CSV of orders."
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Leave later orders out; else the file's last day counts.",
)
@click.option("--json", "is_json", is_flag=True, help="One JSON object instead of lines.")
def fit_value(*, orders: Path, until: datetime | None, is_json: bool) -> None:
    """Fit BG/NBD (weeks) and gamma-gamma on a file with customer_id, date, amount; needs no database."""
    # scipy, for this command alone: a web worker that knows of the command would hold 35 MB of it
    from hub.segments.values.file_fits import fit_file
    from hub.segments.values.order_files import UnreadableOrdersError

    try:
        found = fit_file(orders, until=until.date() if until else None)
    except UnreadableOrdersError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        json.dumps(found) if is_json else "\n".join(f"{name} {value}" for name, value in found.items())
    )
