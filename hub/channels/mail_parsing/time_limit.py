"""The computing time one mail may take: work on it is broken off, each mail anew, whatever it catches.

Computing time, so that a busy machine does not turn good mails away; and a clock of its own, so that the alarm of the
job (RQ's, in real time) goes on behind it. The clock of a process rings in its main thread only: elsewhere (a page that
shows an enclosed mail) there is no limit.
"""

import signal
import threading
from collections.abc import Callable
from time import process_time
from types import FrameType
from typing import TypeVar

Found = TypeVar("Found")
PARSE_SECONDS = 10.0
_SOON = 0.001


class OvertimeError(BaseException):
    """Not an Exception, so that no `except Exception` on the way takes it for a fault of the mail."""


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """What the work returns. Raises OvertimeError when it takes longer; one limit may stand inside another."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    armed = [True]

    def ring(number: int, frame: FrameType | None) -> None:
        del number, frame
        if armed[0]:
            raise OvertimeError

    started = process_time()
    before = signal.signal(signal.SIGPROF, ring)
    left, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        try:
            return work()
        finally:
            armed[0] = False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL if before is None else before)
        if left:
            signal.setitimer(signal.ITIMER_PROF, max(_SOON, left - (process_time() - started)))
