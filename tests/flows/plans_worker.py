"""Worker processes of their own for the fault tests of plans: run due steps and, when told so, die by kill -9 at a boundary."""

import time
from multiprocessing.connection import Connection
from typing import Any

from rq import Queue
from rq.serializers import JSONSerializer

from config import load
from hub.app import create_app
from hub.core.bell import connect_redis
from hub.core.db import db
from hub.plans import engine
from tests.flows.outbox_worker import die, die_after
from worker import HubWorker

BOUNDARIES = ("claimed", "decided", "effected", "recorded", "advanced", "committed")
"""In the order of a batch: the last one is right after its commit, all others leave nothing behind."""
QUEUE = "default"


def arm(boundary: str) -> None:
    """Replace one function of the engine by one that ends this process."""
    if boundary == "claimed":
        engine._claim = die_after(engine._claim)
    elif boundary == "decided":
        engine.open_passages = die_after(engine.open_passages)
    elif boundary == "effected":
        engine.take_effect = die_after(engine.take_effect)
    elif boundary == "recorded":
        engine._record_runs = die_after(engine._record_runs)
    elif boundary == "advanced":
        engine._advance = die_after(engine._advance)


def main(order: dict[str, Any], line: Connection) -> None:
    """Told to, work by `config`, in batches of `batch`, up to `boundary` or until nothing is due."""
    app = create_app(load(order["config"]))
    boundary = order.get("boundary", "")
    engine.BATCH = int(order["batch"])
    arm(boundary)
    with app.app_context():
        line.send("ready")
        line.recv()
        while engine.work_plans(lambda: None) or engine.has_due():
            if boundary == "committed":
                die()
            db.session.remove()
            time.sleep(0.001)


def by_the_bell(order: dict[str, Any], line: Connection) -> None:
    """Wait for the bell as a worker of the installation does, and take what rings for plans."""
    app = create_app(load(order["config"]))
    engine.BATCH = int(order["batch"])
    with app.app_context():
        connection = connect_redis(order["config"]["REDIS_URL"], socket_timeout=None)
        queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        line.send("ready")
        HubWorker([queue], connection=connection, serializer=JSONSerializer).work(logging_level="CRITICAL")
