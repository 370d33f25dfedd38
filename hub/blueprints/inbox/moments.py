"""A day and hour typed in a form, in the reader's time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import get_timezone

from hub.core.errors import Invalid
from hub.core.text import N_


def read_moment(given: str, field: str = "due") -> datetime:
    """`2026-11-24T09:30` as the browser's field gives it, aware. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(given.strip())
    except ValueError:
        raise Invalid(N_("Please give a day and an hour."), field=field) from None
    zone = ZoneInfo(str(get_timezone() or UTC))
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def as_field(moment: datetime) -> str:
    """The moment as the browser's field wants it."""
    return moment.astimezone(ZoneInfo(str(get_timezone() or UTC))).strftime("%Y-%m-%dT%H:%M")
