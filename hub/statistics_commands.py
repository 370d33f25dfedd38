"""flask statistics: day columns, compared with the rooms' rows or gathered again, and figures of any days as files."""

import json
import sys
from datetime import datetime
from pathlib import Path
from time import perf_counter

import click
from flask.cli import AppGroup, with_appcontext

from hub.core import clock
from hub.core.db import db, transaction
from hub.statistics.columns import rebuilding
from hub.statistics.exports.rules import DAY as ONE_DAY
from hub.statistics.exports.writing import write_folder
from hub.stores.queries import find_day

statistics = AppGroup("statistics", help="Figures and what they are made of.")
DAY = click.DateTime(["%Y-%m-%d"])
MOST_NAMED = 20
YEAR_DAYS = 366


@statistics.command("rebuild")
@click.option("--check", "is_check", is_flag=True, help="Change nothing; end with 1 when a day differs.")
@click.option("--since", type=DAY, help="The first day.")
@click.option("--until", type=DAY, help="The last day.")
@with_appcontext
def rebuild_columns(*, is_check: bool, since: datetime | None, until: datetime | None) -> None:
    """Gather the columns of all days again from tickets and waits, and print what differed as one JSON line.

    A day that waits to be gathered is not told as differing.
    """
    work = rebuilding.compare if is_check else rebuilding.rebuild
    began = perf_counter()
    days = rows = 0
    differing: list[str] = []
    for piece in list(rebuilding.list_pieces(since and since.date(), until and until.date())):
        with transaction():
            count, found = work(piece)
        days, rows = days + len(piece), rows + count
        differing += [f"{subject} {day}" for subject, day in found]
        db.session.remove()
    told = {"days": days, "rows": rows, "differing": len(differing), "first": differing[:MOST_NAMED]}
    click.echo(json.dumps({**told, "seconds": round(perf_counter() - began, 1)}))
    sys.exit(1 if is_check and differing else 0)


@statistics.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--since", type=DAY, help="The first day; without it a year up to the last.")
@click.option("--until", type=DAY, help="The last day; without it yesterday.")
@with_appcontext
def export_figures(folder: Path, *, since: datetime | None, until: datetime | None) -> None:
    """Write every figure by day into FOLDER, as the nights do: one packed CSV of all stores, one of the chain."""
    began = perf_counter()
    last = until.date() if until else find_day(clock.business_now()) - ONE_DAY
    first = since.date() if since else last - (YEAR_DAYS - 1) * ONE_DAY
    if first > last:
        raise click.BadParameter("the first day lies after the last", param_hint="--since")
    told = {"files": write_folder(folder, first, last), "since": str(first), "until": str(last)}
    click.echo(json.dumps({**told, "seconds": round(perf_counter() - began, 1)}))
