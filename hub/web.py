"""What gunicorn does when a web process begins (`--config python:hub.web`): what the first search needs is made ready."""

from threading import Thread
from typing import Any

import structlog

log = structlog.get_logger(__name__)


def post_worker_init(worker: Any) -> None:
    """After the fork. The process answers meanwhile; a search that comes too early waits, as it would have without."""
    Thread(target=warm_up, args=(worker.wsgi,), name="warm-up", daemon=True).start()


def warm_up(app: Any) -> None:
    """Never raises: what cannot be read now is read by the first search."""
    from hub.knowledge.live import warm  # gunicorn reads this file before the application is there

    try:
        with app.app_context():
            counts = warm()
    except Exception:  # a cold server answers too, only slower
        log.exception("web.warm_up_failed")
    else:
        log.info("web.warm", **counts)
