"""The work of the values by itself: the night first, then the weekly fit with its predictions, then the cohorts."""

from collections.abc import Callable
from datetime import datetime

from hub.segments.values import cohorts, fit_calendar, night


def work_values(wake: Callable[[], None]) -> int:
    """One step of what is due first."""
    for part, work in (
        (night, night.work_scores),
        (fit_calendar, _work_fits),
        (cohorts, cohorts.work_cohorts),
    ):
        if part.has_due():
            return work(wake)
    return 0


def _work_fits(wake: Callable[[], None]) -> int:
    from hub.segments.values.fits import work_fits  # numpy and scipy, for the worker that fits alone

    return work_fits(wake)


def has_due() -> bool:
    return night.has_due() or fit_calendar.has_due() or cohorts.has_due()


def next_due_at() -> datetime | None:
    """The next night, fit or roll-up, whichever comes first."""
    planned = (night.next_due_at(), fit_calendar.next_due_at(), cohorts.next_due_at())
    return min((moment for moment in planned if moment is not None), default=None)
