"""Waiting for something to become true, counted in ticks so that no clock is read."""

from collections.abc import Callable
from time import sleep

TICK_SECONDS = 0.05


def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Ask `condition` every 50 ms until it holds (True) or about `seconds` have gone by (False)."""
    for _ in range(max(1, round(seconds / TICK_SECONDS))):
        if condition():
            return True
        sleep(TICK_SECONDS)
    return condition()
