"""Worker processes of their own for the fault tests of waves: invite and remind and, when told so, die by kill -9 at a boundary."""

import time
from multiprocessing.connection import Connection
from typing import Any

from config import load
from hub.app import create_app
from hub.core.db import db
from hub.outbox import actions as outbox
from hub.questionnaires.sending import inviting, reminding, working
from tests.flows.outbox_worker import die, die_after

BOUNDARIES = ("chosen", "posted", "noted", "committed")
"""In the order of a batch: the last one is right after its commit, all others leave nothing behind."""


def arm(boundary: str) -> None:
    """Replace one function by one that ends this process."""
    if boundary == "chosen":
        working.find_sheet = die_after(working.find_sheet)
    elif boundary == "posted":
        outbox.post_many = die_after(outbox.post_many)
    elif boundary == "noted":
        working.invite_batch = die_after(working.invite_batch)
        working.remind_batch = die_after(working.remind_batch)


def main(order: dict[str, Any], line: Connection) -> None:
    """Told to, work by `config`, in batches of `batch`, up to `boundary` or until nothing is due."""
    app = create_app(load(order["config"]))
    boundary = order.get("boundary", "")
    inviting.BATCH = reminding.BATCH = int(order["batch"])
    arm(boundary)
    with app.app_context():
        line.send("ready")
        line.recv()
        while working.work_invitations(lambda: None) or working.has_due():
            if boundary == "committed":
                die()
            db.session.remove()
            time.sleep(0.001)
