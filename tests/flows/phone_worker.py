"""A worker process of its own for the phone faults: sends what is due by the settings it is given, until killed or done."""

import time
from multiprocessing.connection import Connection

from config import load
from hub.app import create_app
from hub.core.db import db
from hub.outbox import sending
from hub.outbox.words import SendQueue


def main(environ: dict[str, str], _line: Connection) -> None:
    app = create_app(load(environ))
    with app.app_context():
        quiet = 0
        while quiet < 3:
            handled = sum(sending.work_outbox(queue, lambda: None) for queue in SendQueue)
            db.session.remove()
            quiet = 0 if handled else quiet + 1
            time.sleep(0 if handled else 0.05)
