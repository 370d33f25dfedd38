"""What people type about stores, made clean: opening hours, phone numbers, addresses of pages and mail. Pure."""

import re
from collections.abc import Sequence
from datetime import time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from hub.core.errors import Invalid
from hub.core.text import N_, SPACES
from hub.stores.rules import MIDNIGHT, Range
from hub.stores.words import Territory

TIME = r"(\d{1,2})(?:[:h.](\d{2})?)?"
SPACED_HOUR = re.compile(r"(\d) h")
RANGE = re.compile(rf"{TIME}\s*(?:-|–|—|à|to|/)\s*{TIME}")
BETWEEN_RANGES = re.compile(r"[\s,;/|+&]+|et|and")
CLOSED_WORDS = frozenset({"", "-", "–", "fermé", "ferme", "closed"})
HOURS_A_DAY, MINUTES_AN_HOUR = 24, 60
LONGEST_NAME = 80
WORD = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
RESERVED_MAILBOXES = frozenset({"b", "t", "postmaster", "abuse", "mailer-daemon", "noreply", "no-reply"})

TIME_ZONES: dict[Territory, str] = {
    Territory.METROPOLE: "Europe/Paris",
    Territory.ALSACE_MOSELLE: "Europe/Paris",
    Territory.GUADELOUPE: "America/Guadeloupe",
    Territory.MARTINIQUE: "America/Martinique",
    Territory.GUYANE: "America/Cayenne",
    Territory.REUNION: "Indian/Reunion",
    Territory.MAYOTTE: "Indian/Mayotte",
    Territory.BELGIUM: "Europe/Brussels",
    Territory.SWITZERLAND: "Europe/Zurich",
    Territory.LUXEMBOURG: "Europe/Luxembourg",
}
PHONE_REGIONS: dict[Territory, str] = {
    Territory.GUADELOUPE: "GP",
    Territory.MARTINIQUE: "MQ",
    Territory.GUYANE: "GF",
    Territory.REUNION: "RE",
    Territory.MAYOTTE: "YT",
}


def country_of(territory: Territory) -> str:
    """ISO 3166-1: overseas departments write to France."""
    return territory.value[:2]


def parse_ranges(text: str, *, field: str) -> tuple[Range, ...]:
    """`10:00-12:30, 14h-19h` becomes two ranges; empty or "closed" none; `24:00` is the end of the day.

    Raises Invalid (with `field`) for anything else, for ranges that overlap or end before they begin.
    """
    plain = SPACED_HOUR.sub(r"\1h", SPACES.sub(" ", text).strip().lower())
    if plain in CLOSED_WORDS:
        return ()
    if BETWEEN_RANGES.sub("", RANGE.sub("", plain)):
        raise Invalid(N_("Please write hours such as 10:00-12:30, 14:00-19:00."), field=field)
    ranges = [
        Range(_time(found[1], found[2], field), _time(found[3], found[4], field))
        for found in RANGE.finditer(plain)
    ]
    return check_ranges(sorted(ranges), field=field)


def check_ranges(ranges: Sequence[Range], *, field: str) -> tuple[Range, ...]:
    """Sorted ranges of one day. Raises Invalid when one ends before it begins, or before the next begins."""
    for number, each in enumerate(ranges):
        if each.closes_at != MIDNIGHT and each.closes_at <= each.opens_at:
            raise Invalid(N_("Closing time must come after opening time, before midnight."), field=field)
        if number and (
            ranges[number - 1].closes_at == MIDNIGHT or each.opens_at < ranges[number - 1].closes_at
        ):
            raise Invalid(N_("Two of these opening hours overlap. Please write them as one."), field=field)
    return tuple(ranges)


def _time(hour: str, minute: str | None, field: str) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if hours == HOURS_A_DAY and not minutes:
        return MIDNIGHT
    if hours >= HOURS_A_DAY or minutes >= MINUTES_AN_HOUR:
        raise Invalid(N_("Hours go from 0:00 to 24:00."), field=field)
    return time(hours, minutes)


def format_ranges(ranges: Sequence[Range]) -> str:
    """What parse_ranges reads: `10:00-12:30, 14:00-19:00`."""
    return ", ".join(f"{each.opens_at:%H:%M}-{_closing(each.closes_at)}" for each in ranges)


def _closing(at: time) -> str:
    return "24:00" if at == MIDNIGHT else f"{at:%H:%M}"


def clean_line(text: str, *, field: str, is_required: bool = True) -> str:
    """One line of at most 80 characters. Raises Invalid when longer, or empty although required."""
    clean = SPACES.sub(" ", text).strip()
    if is_required and not clean:
        raise Invalid(N_("Please fill in this field."), field=field)
    if len(clean) > LONGEST_NAME:
        raise Invalid(N_("Please shorten this to %(most)s characters."), field=field, most=LONGEST_NAME)
    return clean


def clean_word(text: str, *, field: str) -> str:
    """A part of an address: small letters, digits, `-`, `.` and `_` between them. Raises Invalid."""
    clean = text.strip().lower()
    if not WORD.fullmatch(clean) or len(clean) > LONGEST_NAME:
        raise Invalid(N_("Please use small letters without accents, digits and dashes."), field=field)
    if field == "mailbox" and clean in RESERVED_MAILBOXES:
        raise Invalid(N_("This address is used by the system. Please choose another one."), field=field)
    return clean


def clean_phone(text: str, territory: Territory, *, field: str = "phone") -> str | None:
    """E.164, None when empty. Raises Invalid."""
    if not text.strip():
        return None
    try:
        region = PHONE_REGIONS.get(territory, country_of(territory))
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Invalid(N_("Please give a complete phone number, such as 04 72 00 00 01."), field=field)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def clean_mail(text: str, *, field: str) -> str:
    """Raises Invalid unless it is a complete mail address."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise Invalid(
            N_("Please give a complete mail address, such as name@example.com."), field=field
        ) from None


def clean_url(text: str, *, field: str) -> str | None:
    """An http(s) address, None when empty; `https://` is added when missing. Raises Invalid."""
    plain = text.strip()
    if not plain:
        return None
    full = plain if "://" in plain else f"https://{plain}"
    parts = urlsplit(full)
    if parts.scheme not in {"http", "https"} or "." not in parts.netloc or " " in full:
        raise Invalid(N_("Please give a complete address, such as https://www.example.com."), field=field)
    return full


def clean_time_zone(name: str, territory: Territory) -> str:
    """A zone of the tz database; that of the territory when empty. Raises Invalid."""
    zone = name.strip() or TIME_ZONES[territory]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(
            N_("This time zone does not exist. Please choose one of the list."), field="time_zone"
        ) from None
    return zone
