"""Moments to come in the reader's words: when a snoozed ticket wakes, when a reply leaves."""

from datetime import date, datetime, timedelta

from flask_babel import format_date, get_locale, gettext, to_user_timezone

from hub.content.phrases import hour_in_words
from hub.inbox.queries import offer_snoozes
from hub.inbox.snoozes import SnoozeUntil


def moment_words(moment: datetime) -> str:
    """`Tuesday 10 March, 10 am`, in the time of the page."""
    local = to_user_timezone(moment)
    day = format_date(local.date(), "EEEE d MMMM", rebase=False)
    return gettext("%(day)s, %(hour)s", day=day, hour=hour_in_words(local, str(get_locale())))


def snooze_offers(store_id: int | None, now: datetime) -> list[tuple[str, str, str]]:
    """(value, words, moment in words) of what may be chosen with one press."""
    words = {
        SnoozeUntil.TWO_HOURS: gettext("In two hours"),
        SnoozeUntil.NEXT_OPENING: gettext("Next opening of the store"),
        SnoozeUntil.TOMORROW: gettext("Tomorrow morning"),
        SnoozeUntil.MONDAY: gettext("Monday morning"),
    }
    offered = offer_snoozes(store_id, now)
    return [(choice.value, words[choice], moment_words(moment)) for choice, moment in offered.items()]


def tomorrow(now: datetime) -> str:
    """The first day a date field may hold."""
    day: date = to_user_timezone(now).date() + timedelta(days=1)
    return day.isoformat()


def local_parts(moment: datetime) -> tuple[str, str]:
    """Day and time as the fields of a form want them."""
    local = to_user_timezone(moment)
    return local.date().isoformat(), local.strftime("%H:%M")
