"""The time one mail may take: work on it is broken off, each time anew, and the limit of the job goes on behind it.

A job's own limit (RQ's alarm) rings once; whoever catches it leaves what follows in that job without any. The clock of
a process rings in its main thread only: elsewhere (a page that shows an enclosed mail) there is no limit.
"""

import signal
import threading
from collections.abc import Callable
from time import monotonic
from types import FrameType
from typing import TypeVar

Found = TypeVar("Found")
PARSE_SECONDS = 20.0
_SOON = 0.001


class OvertimeError(BaseException):
    """Not an Exception, so that no `except Exception` on the way takes it for a fault of the mail."""


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """What the work returns. Raises OvertimeError when it takes longer; whatever alarm was set before is set again."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    armed = [True]

    def ring(number: int, frame: FrameType | None) -> None:
        del number, frame
        if armed[0]:
            raise OvertimeError

    started = monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        try:
            return work()
        finally:
            armed[0] = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(_SOON, left - (monotonic() - started)), interval)
