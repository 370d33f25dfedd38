"""Who works: the workers that Redis knows of and the jobs that wait there. For people who look, not for the work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from hub.core.bell import QUEUES, connect_redis

SILENT_AFTER = timedelta(minutes=8)
"""A worker tells of itself at least every 405 s (RQ's default): one that is silent for longer is dead or stuck."""


@dataclass(frozen=True)
class SeenWorker:
    """A worker process; `seen_at` is machine time. `is_alive` is False when it has been silent for too long."""

    name: str
    host: str
    pid: int | None
    is_busy: bool
    seen_at: datetime | None
    is_alive: bool


@dataclass(frozen=True)
class Floor:
    """All workers, and how many bells wait in each queue."""

    workers: tuple[SeenWorker, ...]
    job_counts: dict[str, int]


def look(redis_url: str | None, *, machine_now: datetime) -> Floor | None:
    """None when Redis does not answer or is not there: then nobody can say who works."""
    if redis_url is None:
        return None
    try:
        connection = connect_redis(redis_url)
        found = Worker.all(connection=connection, serializer=JSONSerializer)
        counts = {
            name: Queue(name, connection=connection, serializer=JSONSerializer).count for name in QUEUES
        }
        workers = sorted((_seen(each, machine_now) for each in found), key=lambda each: each.name)
        return Floor(tuple(workers), counts)
    except RedisError:
        return None


def _seen(worker: BaseWorker, machine_now: datetime) -> SeenWorker:
    seen_at = worker.last_heartbeat
    return SeenWorker(
        name=worker.name,
        host=worker.hostname or "",
        pid=worker.pid,
        is_busy=worker.get_state() == "busy",
        seen_at=seen_at,
        is_alive=seen_at is not None and machine_now - seen_at <= SILENT_AFTER,
    )
