"""A worker process of its own for the fault test of erasures: it stops inside a room's transaction, to be killed there."""

from multiprocessing.connection import Connection
from time import sleep

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from config import load
from hub.app import create_app
from hub.core.db import db
from hub.identity import erasing
from hub.identity.privacy_models import Erasure


def main(order: dict[str, str], line: Connection) -> None:
    """`rooms`: after so many, counted over all workers, it waits before what it wrote is committed."""
    rooms = int(order.pop("rooms"))
    app = create_app(load(order))

    def wait(session: Session) -> None:
        if session.scalar(select(Erasure.step)) == rooms:
            line.send("inside")
            sleep(600)  # until it is killed, which is what it is for

    event.listen(Session, "before_commit", wait)
    with app.app_context():
        while erasing.work_erasures(lambda: None):
            db.session.remove()
