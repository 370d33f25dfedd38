"""Starts an RQ worker; --clock starts the clock; --mailbox the inbound mail listener."""

import signal
import sys
from argparse import ArgumentParser
from threading import Event
from types import FrameType

import structlog
from flask import Flask
from rq import Queue, SimpleWorker
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import UnixSignalDeathPenalty
from rq.worker import WorkerStatus

from config import load
from hub import schedule
from hub.app import create_app
from hub.core import bell, collecting

log = structlog.get_logger(__name__)


class JobOvertimeError(BaseException):
    """A job has taken too long. Not an Exception: who catches the fault of one row must not catch the alarm, it rings once."""


class JobLimit(UnixSignalDeathPenalty):
    """Breaks a job off, whatever it catches."""

    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:
        del signum, frame
        raise JobOvertimeError(f"the job took longer than {self._timeout} seconds")


class HubWorker(SimpleWorker):
    """Works in its own process: a job drains a batch, so a fork per job would only cost."""

    max_connection_wait_time = 2
    death_penalty_class = JobLimit

    def execute_job(self, job: Job, queue: Queue) -> None:
        """A job whose notes in Redis were wiped meanwhile is no reason to end: what is left is rung for again."""
        try:
            super().execute_job(job, queue)
        except (InvalidJobOperation, NoSuchJobError) as error:
            log.warning("job.wiped", job=job.id, error=str(error))
            self.set_state(WorkerStatus.IDLE)


def main(arguments: list[str]) -> int:
    """Be the process that the arguments name until it is asked to stop."""
    parser = ArgumentParser(description=__doc__)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--clock", action="store_true", help="ring for what is due")
    kind.add_argument("--mailbox", action="store_true", help="listen for inbound mail")
    chosen = parser.parse_args(arguments)
    app = create_app()
    collecting.settle()
    with app.app_context():
        if chosen.clock:
            schedule.run_clock(Stopped())
        elif chosen.mailbox:
            _listen(app)
        else:
            _work()
    return 0


def _work() -> None:
    settings = load()
    if not settings.redis_url:
        raise SystemExit("No Redis: set REDIS_URL, or start the embedded one with `make demo` or `make run`.")
    connection = bell.connect_redis(settings.redis_url, socket_timeout=None)
    queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in bell.QUEUES]
    HubWorker(queues, connection=connection, serializer=JSONSerializer).work(logging_level="WARNING")


def _listen(app: Flask) -> None:
    """Every mail is stored before it is acknowledged (250)."""
    from hub.mailroom.listener import open_listener

    stopped = Stopped()
    with open_listener(app, load()):
        while not stopped(3600):
            pass


class Stopped:
    """Waits; true once SIGTERM or SIGINT asked the process to end."""

    def __init__(self) -> None:
        self.event = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def __call__(self, seconds: float) -> bool:
        return self.event.wait(seconds)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.event.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
