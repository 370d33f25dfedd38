"""Typed properties: their names, and what a value of each kind may be. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.property_words import PropertyKind

PropertyValue: TypeAlias = str | int | float | bool
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
LONGEST_NAME = 60
LONGEST_TEXT = 500
MOST_CHOICES = 100
MOST_AMOUNT = 10**15
YES = frozenset({"1", "true", "yes", "y", "on", "oui", "o", "vrai", "x"})
NO = frozenset({"0", "false", "no", "n", "off", "non", "faux"})
FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def check_key(key: str, family: str) -> None:
    """snake_case, beginning with the prefix of the family: `pet_name` of the family `pet`. Raises Invalid (key, family)."""
    if not re.fullmatch(r"[a-z][a-z0-9]*", family):
        raise Invalid(
            N_("A family is one word in small letters without accents, for example pet."), field="family"
        )
    if not NAME.fullmatch(key) or len(key) > LONGEST_NAME:
        raise Invalid(
            N_("A name is written in small letters with underscores, for example %(family)s_name."),
            field="key",
            family=family,
        )
    if not key.startswith(f"{family}_"):
        raise Invalid(N_("The name begins with its family: %(family)s_…"), field="key", family=family)


def check_choices(kind: PropertyKind, choices: Sequence[str]) -> tuple[str, ...]:
    """The values of a choice, each once; none for the other kinds. Raises Invalid (choices)."""
    if kind is not PropertyKind.CHOICE:
        return ()
    kept = tuple(dict.fromkeys(text for each in choices if (text := " ".join(each.split()))))
    if not kept or len(kept) > MOST_CHOICES or max(map(len, kept)) > LONGEST_TEXT:
        raise Invalid(N_("Please give the values to choose from, one a line, at most 100."), field="choices")
    return kept


def clean_value(kind: PropertyKind, value: object, choices: Sequence[str] = ()) -> PropertyValue | None:
    """The value as it is kept: a date as ISO text; None when it is empty. Raises Invalid with words for a person."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if kind is PropertyKind.BOOLEAN:
        return _clean_flag(value)
    if kind is PropertyKind.NUMBER:
        return _clean_number(value)
    if kind is PropertyKind.DATE:
        return _clean_day(value)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Invalid(N_("Please write this as text."))
    text = " ".join(str(value).replace("\x00", "").split())
    if kind is PropertyKind.CHOICE:
        return _clean_choice(text, choices)
    if len(text) > LONGEST_TEXT:
        raise Invalid(N_("This text is too long: at most 500 letters."))
    return text


def _clean_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in YES | NO:
        return word in YES
    raise Invalid(N_("Please answer yes or no."))


def _clean_number(value: object) -> int | float:
    """As French or English people write it: `1 234,5` or `1234.5`."""
    if isinstance(value, bool):
        raise Invalid(N_("Please give a number."))
    plain = str(value).strip().replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,9})?", plain) and not isinstance(value, int | float):
        raise Invalid(N_("Please give a number."))
    number = float(plain)
    if not -MOST_AMOUNT <= number <= MOST_AMOUNT:
        raise Invalid(N_("Please give a number."))
    return int(number) if number.is_integer() else number


def _clean_day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = str(value).strip()
    if french := FRENCH_DAY.fullmatch(text):
        day, month, year = french.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}"
    try:
        return date.fromisoformat(text[:10] if "T" in text else text).isoformat()
    except ValueError:
        raise Invalid(N_("Please give a date, for example 2026-03-31.")) from None


def _clean_choice(text: str, choices: Sequence[str]) -> str:
    found = next((each for each in choices if each.casefold() == text.casefold()), None)
    if found is None:
        raise Invalid(N_("“%(value)s” is not one of: %(known)s."), value=text[:80], known=", ".join(choices))
    return found
