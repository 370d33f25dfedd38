"""Values in words of the customer's language: salutation, days, hours, delays, money, social profiles."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from babel.dates import format_date, format_time
from babel.numbers import format_currency
from babel.units import format_unit

from hub.core.words import Language
from hub.customers.words import Title

_LOCALES = {Language.FRENCH: "fr_FR", Language.ENGLISH: "en_GB"}
_TITLES = {
    (Language.FRENCH, Title.MADAM): "Madame",
    (Language.FRENCH, Title.SIR): "Monsieur",
    (Language.ENGLISH, Title.MADAM): "Ms",
    (Language.ENGLISH, Title.SIR): "Mr",
}
_NOT_A_NAME = re.compile(r"[0-9@/\\:;<>\[\]{}=_|~#€$%&*+!?\"]|www\.|\.\w", re.IGNORECASE)
_LONGEST_NAME = 40
_GREETING = re.compile(
    r"\s*(?:re-?)?(?:bonjour|bonsoir|salut|ch[eè]re?s?|madame|monsieur|mesdames|messieurs|hello|hi|hey|dear|"
    r"good (?:morning|afternoon|evening))\b",
    re.IGNORECASE,
)
_NETWORKS = ("facebook", "instagram", "youtube", "tiktok", "linkedin", "pinterest")
_UNITS = (("duration-day", 86_400), ("duration-hour", 3_600), ("duration-minute", 60), ("duration-second", 1))
_QUARTER_MINUTES = 15
_NOON = 12
_DAYS_BY_NAME = 6


def salutation(title: str | None, first_name: str | None, last_name: str | None, language: str) -> str:
    """Return the opening without comma: “Bonjour Madame Martin”, “Bonjour Anne”, “Bonjour Madame”, “Bonjour”.

    English: “Dear Ms Martin”, “Hello Anne”, “Hello”. `title` is a customers.words.Title or None. A name that
    no person has (an address, figures, a slogan typed into a form) is not repeated.
    """
    tongue = Language(language)
    word = _TITLES.get((tongue, Title(title))) if title else None
    first, last = _name(first_name), _name(last_name)
    is_french = tongue is Language.FRENCH
    if word and last:
        return f"{'Bonjour' if is_french else 'Dear'} {word} {last}"
    hello = "Bonjour" if is_french else "Hello"
    if first:
        return f"{hello} {first}"
    return f"{hello} {word}" if word and is_french else hello


def _name(raw: str | None) -> str:
    """Return the name on one line, or "" when it does not look like one."""
    name = " ".join((raw or "").split())
    is_name = any(letter.isalpha() for letter in name) and not _NOT_A_NAME.search(name)
    return name if is_name and len(name) <= _LONGEST_NAME else ""


def begins_with_greeting(text: str) -> bool:
    """Whether the agent's words already open with a greeting, so that the mail adds none."""
    return bool(_GREETING.match(text))


def day_in_words(day: date, language: str) -> str:
    """Return “12 novembre 2026” (“1er” on the first) or “12 November 2026”."""
    words: str = format_date(day, "d MMMM y", locale=_LOCALES[Language(language)])
    return words.replace("1 ", "1er ", 1) if day.day == 1 and language == Language.FRENCH else words


def hour_in_words(moment: datetime, language: str) -> str:
    """Return “17 h”, “17 h 30” or “5 pm”, “5:30 pm”, “noon”. `moment` is local."""
    if language == Language.FRENCH:
        return f"{moment.hour} h {moment:%M}" if moment.minute else f"{moment.hour} h"
    if moment.hour == _NOON and not moment.minute:
        return "noon"
    words: str = format_time(moment, "h:mm a" if moment.minute else "h a", locale="en_GB")
    return words.replace("\u202f", " ")


def moment_in_words(moment: datetime, language: str) -> str:
    """Return “20 novembre 2026 à 18 h 42” or “20 November 2026 at 6:42 pm”. `moment` is local."""
    joint = "à" if language == Language.FRENCH else "at"
    return f"{day_in_words(moment.date(), language)} {joint} {hour_in_words(moment, language)}"


def expected_reply_in_words(due_at: datetime, now: datetime, language: str) -> str:
    """Return “aujourd’hui avant 17 h”, “demain avant 10 h”, “lundi avant 10 h” or “le 4 décembre avant 10 h”.

    Both are aware and in the store's time zone. The time is rounded up to a quarter of an hour;
    "" when it is past.
    """
    if due_at <= now:
        return ""
    due = _next_quarter(due_at)
    days = (due.date() - now.date()).days
    is_french = language == Language.FRENCH
    hour = f"{'avant' if is_french else 'before'} {hour_in_words(due, language)}"
    if days == 0:
        return f"aujourd’hui {hour}" if is_french else f"today {hour}"
    if days == 1:
        return f"demain {hour}" if is_french else f"tomorrow {hour}"
    if days <= _DAYS_BY_NAME:
        weekday = format_date(due, "EEEE", locale=_LOCALES[Language(language)])
        return f"{weekday} {hour}" if is_french else f"on {weekday} {hour}"
    day = day_in_words(due.date(), language).removesuffix(f" {due.year}")
    return f"le {day} {hour}" if is_french else f"on {day} {hour}"


def _next_quarter(moment: datetime) -> datetime:
    """Return the moment rounded up to a quarter of an hour, but never into the next day."""
    over = timedelta(
        minutes=moment.minute % _QUARTER_MINUTES, seconds=moment.second, microseconds=moment.microsecond
    )
    rounded = moment - over + timedelta(minutes=_QUARTER_MINUTES) if over else moment
    return rounded if rounded.date() == moment.date() else moment


def duration_in_words(seconds: int, language: str) -> str:
    """Return “7 jours”, “1 heure”, “90 minutes” or the same in English: the largest unit that divides it."""
    name, unit = next((name, unit) for name, unit in _UNITS if seconds % unit == 0)
    words: str = format_unit(seconds // unit, name, locale=_LOCALES[Language(language)])
    return words.replace("\u00a0", " ")


def money_in_words(cents: int, currency: str, language: str) -> str:
    """Return “39,00 €” or “€39.00”. `currency` is an ISO 4217 code."""
    words: str = format_currency(Decimal(cents) / 100, currency, locale=_LOCALES[Language(language)])
    return words


def social_values(addresses: Iterable[str]) -> dict[str, str]:
    """Return `{"facebook_url": …}` for the chain's profiles whose network the mails know."""
    values: dict[str, str] = {}
    for address in addresses:
        labels = (urlsplit(address).hostname or "").split(".")
        if len(labels) > 1 and labels[-2] in _NETWORKS:
            values.setdefault(f"{labels[-2]}_url", address)
    return values
