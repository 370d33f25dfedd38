"""The hours in which one may write to somebody, in the time of the place where he lives. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.core.words import Channel, Purpose
from hub.outbox.places import Place
from hub.stores.rules import is_public_holiday

SUNDAY = 6
LONGEST_QUIET_DAYS = 14


@dataclass(frozen=True)
class DayHours:
    """From `opens` (included) to `closes` (excluded), whole local hours."""

    opens: int
    closes: int


MAIL_HOURS = DayHours(7, 21)
SMS_HOURS = DayHours(8, 20)
LAWFUL_SMS_HOURS = DayHours(8, 22)
MIDNIGHT = 24


def usable(hours: DayHours) -> DayHours:
    """The chain's hours for mail, or the usual ones when they leave no hour of the day."""
    return hours if 0 <= hours.opens < hours.closes <= MIDNIGHT else MAIL_HOURS


def lawful(hours: DayHours) -> DayHours:
    """The chain's hours for advertising by SMS inside what is allowed to anybody, whatever the setting says."""
    opens = max(hours.opens, LAWFUL_SMS_HOURS.opens)
    closes = min(hours.closes, LAWFUL_SMS_HOURS.closes)
    return DayHours(opens, closes) if opens < closes else SMS_HOURS


@dataclass(frozen=True)
class Span:
    """The hours in which a message may arrive; on Sundays and public holidays too when `is_every_day`."""

    hours: DayHours
    is_every_day: bool


def span_for(
    channel: Channel, purpose: Purpose, mail_hours: DayHours, sms_hours: DayHours, *, is_choosable: bool
) -> Span | None:
    """Mail: the hours of mail. On a phone: what the customer may choose (advertising, surveys) in the hours of the law,
    service in those of mail, since a phone rings at night too; what answers him or concludes a contract at any time.
    """
    if channel is not Channel.EMAIL and is_choosable:
        return Span(lawful(sms_hours), is_every_day=False)
    if channel is Channel.EMAIL or purpose is Purpose.SERVICE:
        return Span(usable(mail_hours), is_every_day=True)
    return None


def next_allowed(hours: DayHours, place: Place, now: datetime, *, is_every_day: bool) -> datetime:
    """The first moment from `now` on inside the hours; not on Sundays and public holidays unless `is_every_day`."""
    zone = ZoneInfo(place.time_zone)
    today = now.astimezone(zone).date()
    for ahead in range(LONGEST_QUIET_DAYS):
        day = today + timedelta(days=ahead)
        if not is_every_day and _is_rest_day(place, day):
            continue
        opens = datetime.combine(day, time(hours.opens), zone).astimezone(UTC)
        closes = (datetime.combine(day, time(), zone) + timedelta(hours=hours.closes)).astimezone(UTC)
        if now < closes:
            return max(now, opens)
    return now + timedelta(days=LONGEST_QUIET_DAYS)


def _is_rest_day(place: Place, day: date) -> bool:
    return day.weekday() == SUNDAY or is_public_holiday(place.territory, day)
