"""Redis is wiped while a worker is at a job: the worker stays and takes the next one."""

from rq import Queue
from rq.serializers import JSONSerializer

from config import Config
from hub.core.bell import connect_redis
from worker import HubWorker

NOTE = "test:taken"


def queue_of(redis_url: str) -> Queue:
    return Queue("default", connection=connect_redis(redis_url), serializer=JSONSerializer)


def wipe(redis_url: str) -> None:
    """What an operator's FLUSHALL leaves of this very job; then a bell rings again."""
    queue = queue_of(redis_url)
    queue.connection.flushdb()
    queue.enqueue_call(take, args=[redis_url], result_ttl=0, failure_ttl=0)


def take(redis_url: str) -> None:
    connect_redis(redis_url).set(NOTE, "1")


def test_a_wiped_job_does_not_end_its_worker(settings: Config) -> None:
    address = str(settings.redis_url)
    queue = queue_of(address)
    queue.enqueue_call(wipe, args=[address], result_ttl=0, failure_ttl=0)
    worker = HubWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="CRITICAL")
    assert queue.connection.get(NOTE)
    queue.connection.flushdb()
