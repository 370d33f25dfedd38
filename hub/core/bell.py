"""The bell: tells the workers that there is work of a kind. Redis may be wiped at any moment; rows remember.

Protocol (see docs/adr/0002-bell.md): `ring` sets a mark and enqueues one drain; the drain removes the mark
before its first look; a sweep removes the mark and rings again for each kind that has a due row.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

PENDING = "pending_bells"
MARK_SECONDS = 30
DRAIN = "hub.jobs.drain"
DEFAULT_QUEUE = "default"
QUEUES = ("urgent", "default", "bulk")
JOB_TIMEOUT_SECONDS = 120

log = structlog.get_logger(__name__)


class Bell:
    """Rings for one Redis; `queue_of` says which kinds are not on the default queue."""

    def __init__(self, redis_url: str, queue_of: Mapping[str, str]) -> None:
        self.redis = connect_redis(redis_url)
        self.queue_of = dict(queue_of)

    def ring(self, kind: str) -> None:
        """Enqueue one drain of this kind unless one is already on its way. Never raises: a sweep repeats it."""
        try:
            if self.redis.set(f"bell:{kind}", "1", nx=True, ex=MARK_SECONDS):
                self._enqueue(kind)
        except RedisError as error:
            log.warning("bell.silent", kind=kind, error=str(error))

    def ring_anew(self, kind: str) -> None:
        """Remove the mark first: the drain that set it may have died."""
        self.remove_mark(kind)
        self.ring(kind)

    def remove_mark(self, kind: str) -> None:
        try:
            self.redis.delete(f"bell:{kind}")
        except RedisError as error:
            log.warning("bell.silent", kind=kind, error=str(error))

    def is_rung(self, kind: str) -> bool:
        """Whether a drain of this kind was asked for and none has begun. False when Redis does not answer."""
        try:
            queue = Queue.redis_queue_namespace_prefix + self.queue_of.get(kind, DEFAULT_QUEUE)
            return self.redis.exists(f"bell:{kind}") == 1 and self.redis.exists(queue) == 1
        except RedisError as error:
            log.warning("bell.silent", kind=kind, error=str(error))
            return False

    def _enqueue(self, kind: str) -> None:
        queue = Queue(
            self.queue_of.get(kind, DEFAULT_QUEUE), connection=self.redis, serializer=JSONSerializer
        )
        queue.enqueue_call(DRAIN, args=[kind], result_ttl=0, failure_ttl=0, timeout=JOB_TIMEOUT_SECONDS)


class _Rope:
    """Where the process keeps its bell; None in commands that need no queue."""

    bell: Bell | None = None


def connect_redis(redis_url: str, *, socket_timeout: float | None = 2.0) -> Redis:
    """A client that gives up at once: a default one would stall each save for 3 s when Redis is down."""
    return Redis.from_url(
        redis_url, socket_connect_timeout=0.2, socket_timeout=socket_timeout, retry=Retry(NoBackoff(), 0)
    )


def connect(redis_url: str, *, queue_of: Mapping[str, str]) -> Bell:
    """Hang up the bell of this process."""
    _Rope.bell = Bell(redis_url, queue_of)
    return _Rope.bell


def ring(kind: str) -> None:
    if _Rope.bell is not None:
        _Rope.bell.ring(kind)


def ring_anew(kind: str) -> None:
    if _Rope.bell is not None:
        _Rope.bell.ring_anew(kind)


def remove_mark(kind: str) -> None:
    if _Rope.bell is not None:
        _Rope.bell.remove_mark(kind)


def is_rung(kind: str) -> bool:
    return _Rope.bell is not None and _Rope.bell.is_rung(kind)


def ring_pending(info: MutableMapping[Any, Any]) -> None:
    """Ring what the transaction that was just committed asked for."""
    for kind in sorted(info.pop(PENDING, ())):
        ring(kind)
