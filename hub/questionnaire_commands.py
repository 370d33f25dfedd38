"""flask questionnaires: their counts, compared with the responses or made again from them."""

import json
import sys

import click
from flask.cli import AppGroup, with_appcontext

from hub.core.db import transaction
from hub.questionnaires.results.recounting import recount

questionnaires = AppGroup("questionnaires", help="Questionnaires and their results.")
MOST_NAMED = 20


@questionnaires.command("recount")
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when a count is wrong.")
@with_appcontext
def recount_answers(check: bool) -> None:
    """Make the counts of all questionnaires again from their responses."""
    with transaction():
        found = recount(is_check=check)
    told = {
        "responses": found.response_count,
        "cells": found.cell_count,
        "wrong": len(found.wrong),
        "erased": found.erased_count,
        "first_wrong": [[str(part) for part in cell] for cell in found.wrong[:MOST_NAMED]],
    }
    click.echo(json.dumps(told))
    sys.exit(1 if check and found.wrong else 0)
