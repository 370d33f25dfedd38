"""Calendar months before and after a moment. Pure."""

from calendar import monthrange
from datetime import datetime


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many calendar months later (earlier when negative), or the last day of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def months_before(moment: datetime, months: int) -> datetime:
    return months_after(moment, -months)
