"""Dates as people and spreadsheets write them, read as one: in French, in English, as numbers. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from hub.core.text import fold
from hub.customers.hygiene.findings import FindingKind, Found

OLDEST, YOUNGEST = 110, 10
"""Years of age beyond which a date of birth is doubted."""
EXCEL_START = date(1899, 12, 30)
"""Day 0 of Excel's calendar as it counts after its 29 February 1900 that never was."""
SERIALS = range(3654, 60_000)
"""Excel's numbers for 1910 to 2064."""
MONTHS_IN_YEAR = 12
MOST = 3
"""A way of writing met so many times more often than the other is that of the column."""

_MONTHS = (
    "janvier janv jan january|fevrier fevr fev feb february|mars mar march|avril avr apr april|mai may|juin jun june|"
    "juillet juil jul july|aout aou aug august|septembre sept sep september|octobre oct october|novembre nov november|"
    "decembre dec december"
)
_MONTH_OF = {
    word: number for number, words in enumerate(_MONTHS.split("|"), start=1) for word in words.split()
}
_ISO = re.compile(r"(\d{4})[-/.\s](\d{1,2})[-/.\s](\d{1,2})")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{2})(\d{2})(\d{4})")
_ORDINARY = re.compile(r"(\d{1,2})\s*[-/.\s,]\s*(\d{1,2})\s*[-/.\s,]\s*(\d{4}|\d{2})")
_WORDS = re.compile(
    r"(?:[a-z]+day,? |(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?(\d{1,2})(?:er|st|nd|rd|th)?[\s.-]+([a-z]+)\.?,?[\s.-]+(\d{4}|\d{2})"
)
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_TIME = re.compile(
    r"(?:[T\s]+(?:à\s*)?\d{1,2}[:hH]\d{0,2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)$"
)
_SERIAL = re.compile(r"(\d{4,5})(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class DateCheck:
    """The date as ISO 8601 ("" when it cannot be used) and what was found."""

    kept: str
    found: list[Found]


@dataclass(frozen=True, slots=True)
class _Read:
    day: date | None
    kind: FindingKind | None = None
    is_impossible: bool = False


def check_date(
    text: str,
    *,
    today: date,
    is_day_first: bool | None = None,
    is_mixed: bool = False,
    is_birth: bool = True,
) -> DateCheck:
    """One date. `is_day_first` says how its column is written; None is the French way. In a column that `is_mixed`,
    03/04 may be either: it is read the French way, and told. `is_birth` asks for the age; any other date may only not
    lie after `today`.
    """
    given = text.strip().strip("'\"")
    if not given:
        return DateCheck("", [])
    read = _read(_TIME.sub("", given), is_day_first, today.year)
    if read.is_impossible:
        return DateCheck("", [Found(FindingKind.DATE_IMPOSSIBLE)])
    if read.day is None:
        return DateCheck("", [Found(FindingKind.DATE_UNREADABLE)])
    kept = read.day.isoformat()
    if read.day > today:
        return DateCheck("", [Found(FindingKind.DATE_FUTURE, _century_earlier(read.day, today))])
    kinds = {read.kind, FindingKind.DATE_AMBIGUOUS if is_mixed and _is_doubtful(given) else None}
    found = [Found(kind, kept) for kind in sorted(filter(None, kinds))]
    return DateCheck(kept, found + (_age_findings(read.day, today) if is_birth else []))


def _is_doubtful(given: str) -> bool:
    """Whether a date of a column written both ways may be either, or is one of those with the month first."""
    found = _ORDINARY.fullmatch(_TIME.sub("", given))
    return (
        found is not None and found[1].lstrip("0") != found[2].lstrip("0") and int(found[1]) <= MONTHS_IN_YEAR
    )


def _age_findings(day: date, today: date) -> list[Found]:
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    if years > OLDEST:
        return [Found(FindingKind.DATE_TOO_OLD)]
    return [Found(FindingKind.DATE_TOO_YOUNG)] if years < YOUNGEST else []


def _century_earlier(day: date, today: date) -> str | None:
    """2065 was most likely 1965."""
    if today.year < day.year <= today.year + 100 - YOUNGEST and (day.month, day.day) != (2, 29):
        return day.replace(year=day.year - 100).isoformat()
    return None


@lru_cache(maxsize=20_000)
def _read(given: str, is_day_first: bool | None, this_year: int) -> _Read:
    iso = _ISO.fullmatch(given)
    if iso:
        return _made(int(iso[1]), int(iso[2]), int(iso[3]))
    ordinary = _ORDINARY.fullmatch(given)
    if ordinary:
        return _ordinary(ordinary, is_day_first, this_year)
    if packed := _PACKED.fullmatch(given):
        return _packed(packed)
    serial = _SERIAL.fullmatch(given)
    if serial and int(serial[1]) in SERIALS:
        return _Read(EXCEL_START + timedelta(days=int(serial[1])), FindingKind.DATE_SERIAL)
    return _in_words(fold(given), this_year)


def _made(year: int, month: int, day: int, kind: FindingKind | None = None) -> _Read:
    try:
        return _Read(date(year, month, day), kind)
    except ValueError:
        return _Read(None, is_impossible=True)


def _ordinary(found: re.Match[str], is_day_first: bool | None, this_year: int) -> _Read:
    """Day and month in the order of the column, else in the only order possible, else the French one, which is told."""
    one, two = int(found[1]), int(found[2])
    year, kind = _whole_year(found[3], this_year)
    if is_day_first is False and one <= MONTHS_IN_YEAR:
        return _made(year, one, two, kind)
    if two > MONTHS_IN_YEAR >= one:
        return _made(year, one, two, kind if is_day_first is None else FindingKind.DATE_AMBIGUOUS)
    return _made(year, two, one, FindingKind.DATE_AMBIGUOUS if is_day_first is False else kind)


def _whole_year(text: str, this_year: int) -> tuple[int, FindingKind | None]:
    """A year of two digits lies at least as far back as a customer is old."""
    if len(text) == 4:  # noqa: PLR2004 - digits of a year
        return int(text), None
    year = this_year // 100 * 100 + int(text)
    return (year if year <= this_year - YOUNGEST else year - 100), FindingKind.DATE_SHORT_YEAR


def _packed(found: re.Match[str]) -> _Read:
    if found[1]:
        year = int(found[1])
        if year in range(1900, 2100):
            return _made(year, int(found[2]), int(found[3]))
        text = found[0]
        return _made(int(text[4:]), int(text[2:4]), int(text[:2]))
    return _made(int(found[6]), int(found[5]), int(found[4]))


def _in_words(text: str, this_year: int) -> _Read:
    found = _WORDS.fullmatch(text)
    if found and found[2] in _MONTH_OF:
        year, kind = _whole_year(found[3], this_year)
        return _made(year, _MONTH_OF[found[2]], int(found[1]), kind)
    first = _MONTH_FIRST.fullmatch(text)
    if first and first[1] in _MONTH_OF:
        return _made(int(first[3]), _MONTH_OF[first[1]], int(first[2]))
    return _Read(None)


@dataclass(slots=True)
class Order:
    """How a column writes its dates, learnt cell by cell."""

    first_count: int = 0
    second_count: int = 0

    def see(self, cell: str) -> None:
        found = _ORDINARY.fullmatch(_TIME.sub("", cell.strip()))
        if found:
            is_first, is_second = int(found[1]) > MONTHS_IN_YEAR, int(found[2]) > MONTHS_IN_YEAR
            self.first_count += is_first and not is_second
            self.second_count += is_second and not is_first

    @property
    def is_known(self) -> bool:
        return bool(self.first_count or self.second_count)

    @property
    def is_day_first(self) -> bool | None:
        """What most cells that tell say; None when both ways are met so often that neither is a slip."""
        if self.first_count >= MOST * self.second_count:
            return True
        return False if self.second_count >= MOST * self.first_count else None
