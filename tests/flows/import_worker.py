"""A worker process of its own for the import faults: small batches, until nothing is due or it is killed."""

import time
from dataclasses import replace
from multiprocessing.connection import Connection

from config import load
from hub.app import create_app
from hub.core.db import db
from hub.customers.imports import phases, working


def main(order: dict[str, str], _line: Connection) -> None:
    """`batch` is how many rows it takes at once."""
    size = int(order.pop("batch"))
    phases.PHASES.update({state: replace(phase, size=size) for state, phase in phases.PHASES.items()})
    app = create_app(load(order))
    with app.app_context():
        quiet = 0
        while quiet < 5:
            handled = working.work_imports(lambda: None)
            db.session.remove()
            quiet = 0 if handled else quiet + 1
            time.sleep(0 if handled else 0.05)
