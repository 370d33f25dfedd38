"""Ctrl+C and SIGTERM end a command once, in order; further signals do not disturb the clean-up."""

import signal
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_on_signals() -> None:
    """Make the first SIGINT, SIGTERM or SIGHUP raise KeyboardInterrupt, and the following ones do nothing."""
    for number in ENDING:
        signal.signal(number, _end)


def ignore_signals() -> None:
    """From here on finish what is being stopped."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    ignore_signals()
    raise KeyboardInterrupt
