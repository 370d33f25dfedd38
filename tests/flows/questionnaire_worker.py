"""A worker process of its own for the fault test of counted answers: it stops inside a batch's transaction, to be killed there."""

from multiprocessing.connection import Connection
from time import sleep

from sqlalchemy import event
from sqlalchemy.orm import Session

from config import load
from hub.app import create_app
from hub.core.db import db
from hub.jobs import drain


def main(order: dict[str, str], line: Connection) -> None:
    """`batches`: before the commit of this one it waits, with everything written."""
    last, seen = int(order.pop("batches")), 0
    app = create_app(load(order))

    def wait(session: Session) -> None:
        nonlocal seen
        seen += 1
        if seen == last:
            session.flush()
            line.send("inside")
            sleep(600)  # until it is killed, which is what it is for

    event.listen(Session, "before_commit", wait)
    with app.app_context():
        drain("questionnaire_counts")
        db.session.remove()
    line.send("done")
