"""flask statistics: day columns, compared with the rooms' rows or gathered again from them."""

import json
import sys
from datetime import datetime
from time import perf_counter

import click
from flask.cli import AppGroup, with_appcontext

from hub.core.db import db, transaction
from hub.statistics.columns import rebuilding

statistics = AppGroup("statistics", help="Figures and what they are made of.")
DAY = click.DateTime(["%Y-%m-%d"])
MOST_NAMED = 20


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
