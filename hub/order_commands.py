"""flask orders: the tickets of a till file, taken in at once."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.orders.till_files.actions import drop_file
from hub.orders.till_files.queries import get_file, list_refusals
from hub.orders.till_files.words import TillFileState
from hub.orders.till_files.working import take_whole
from hub.stores.queries import find_store_by_code

orders = AppGroup("orders", help="Orders and tickets of the tills.")
COUNTS = ("row_count", "taken_count", "unchanged_count", "anonymous_count", "refused_count", "late_count")


@orders.command("take-till")
@click.option("--store", "code", help="Code of the store of all tickets, where no column says it.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take_till(*, file: Path, code: str | None) -> None:
    """Take the tickets of a file in and print the counts as JSON; refused rows go to stderr, one JSON line each.

    Run it as often as you like: a ticket is taken once. Ends with 1 when the columns cannot be told by their headings.
    """
    try:
        row = take_whole(_keep(file, code))
    except HubError as error:
        raise click.ClickException(str(error)) from error
    if row.state is not TillFileState.DONE:
        raise click.ClickException(row.error)
    _print_refused(row.id)
    counts = {name.removesuffix("_count"): value for name, value in asdict(row).items() if name in COUNTS}
    click.echo(json.dumps({"id": row.id, "tickets": row.ticket_count, **counts}))


def _keep(file: Path, code: str | None) -> int:
    store = find_store_by_code(code) if code else None
    if code and store is None:
        raise click.ClickException(f"No store has the code {code}.")
    db.session.rollback()
    with file.open("rb") as content, transaction():
        return drop_file(
            file.name,
            content,
            source="command",
            by=SYSTEM,
            now=clock.business_now(),
            store_id=store.id if store else None,
        )


def _print_refused(file_id: int) -> None:
    after: str | None = None
    while True:
        page = list_refusals(get_file(file_id).id, after)
        for refused in page.rows:
            reasons = [error.text % error.values if error.values else error.text for error in refused.errors]
            told = {"row": refused.row_number, "values": refused.row, "reasons": reasons}
            click.echo(json.dumps(told, ensure_ascii=False), err=True)
        after = page.next_key
        if after is None:
            return
