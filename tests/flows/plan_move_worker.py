"""A worker process of its own for the faults of moving people: small batches, and due steps between them, until it is killed."""

import time
from multiprocessing.connection import Connection

from config import load
from hub.app import create_app
from hub.core.db import db
from hub.plans import engine
from hub.plans.moving import actions, working


def main(order: dict[str, str], _line: Connection) -> None:
    """`batch` is how many passages it moves at once."""
    size = int(order.pop("batch"))
    actions.BATCH = size
    app = create_app(load(order))
    with app.app_context():
        quiet = 0
        while quiet < 5:
            handled = working.work_moves(lambda: None) + engine.work_plans(lambda: None)
            db.session.remove()
            quiet = 0 if handled else quiet + 1
            time.sleep(0 if handled else 0.05)
