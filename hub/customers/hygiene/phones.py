"""Whether a phone number is one, of which kind, and what is wrong with one that is not. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from hub.core.errors import Invalid
from hub.customers.hygiene.findings import Field, FindingKind, Found, Severity
from hub.customers.rules import HOME, MOBILE_KINDS, is_mobile, normalise_phone

FRENCH_DIGITS = 9
"""Digits of a French number after its 0."""
PREFIX = 5
"""So many of them decide whether a French number exists, and where."""
MAX_DIGITS = 15
"""Source: ITU-T E.164."""
FEW_DIGITS = 8

_SCIENTIFIC = re.compile(r"[+']?(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_ALLOWED = re.compile(r"\+?[\d\s().\-/·•]+")
_LABEL = re.compile(
    r"(?i)^(?:t[ée]l(?:[ée]phone)?|portable|mobile|port|gsm|fixe|phone|n°)\s*\.?\s*:?\s*(?=[+(\d])"
)
_LOOKALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "i": "1", "|": "1", "S": "5", "B": "8"})
_NOBODY = re.compile(r"\+?(\d)\1{5,}|0[1-79]0{6,}|\+?330?[1-79]0{6,}")
_PAID = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.UAN,
    }
)


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """The number as E.164 ("" when it cannot be used) and what was found."""

    kept: str
    found: list[Found]


def check_phone(text: str, *, country: str = HOME, field: str = Field.PHONE) -> PhoneCheck:
    """One number as a person or a spreadsheet wrote it. `country` is ISO 3166 alpha-2, `field` the kind it claims to be."""
    given = _LABEL.sub("", _ascii_digits(text).strip().strip("'\"`;,").strip())
    if not given:
        return PhoneCheck("", [])
    if _NOBODY.fullmatch(re.sub(r"\D", "", given)):
        return PhoneCheck("", [Found(FindingKind.PLACEHOLDER, "")])
    scientific = _SCIENTIFIC.fullmatch(given)
    if scientific:
        return _from_scientific(scientific, country)
    if re.fullmatch(r"\d{6,15}[.,]0", given):
        given = given[:-2]
    number = _parsed(given, country)
    if number is None:
        return _fault(given, country)
    found = (
        [Found(FindingKind.PHONE_LOST_ZERO, "0" + given)] if _has_lost_zero(given, number, country) else []
    )
    return PhoneCheck(number, found + _kind_findings(number, field))


def _ascii_digits(text: str) -> str:
    """Digits of other scripts as ours."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def _parsed(given: str, country: str) -> str | None:
    """E.164, None when no plan knows the number."""
    digits = re.sub(r"\D", "", given.replace("(0)", ""))
    if country == HOME and _ALLOWED.fullmatch(given):
        national = _french(digits, has_plus=given.startswith("+"))
        if national is not None:
            place = _french_place(national[:PREFIX])
            if place:
                return place + national
    if not _ALLOWED.fullmatch(given):
        return None
    try:
        return normalise_phone(given.replace("/", " "), country if phonenumbers.SUPPORTED_REGIONS else HOME)
    except Invalid:
        return None


def _french(digits: str, *, has_plus: bool) -> str | None:
    """The nine digits of a number written the French way; None for another one."""
    if not has_plus and len(digits) == FRENCH_DIGITS + 1 and digits[0] == "0":
        return digits[1:]
    for prefix in ("330", "33", "00330", "0033"):
        is_allowed = prefix.startswith("00") or has_plus or prefix == "33"
        if is_allowed and digits.startswith(prefix) and len(digits) == len(prefix) + FRENCH_DIGITS:
            return digits[len(prefix) :]
    return None


@lru_cache(maxsize=20_000)
def _french_place(prefix: str) -> str:
    """The country code of the French numbers that begin so, overseas ones included; "" when there are none."""
    for ending in ("0000", "1234"):
        try:
            return normalise_phone(f"0{prefix}{ending}")[:-FRENCH_DIGITS]
        except Invalid:
            continue
    return ""


def _has_lost_zero(given: str, number: str, country: str) -> bool:
    digits = given.replace(" ", "").replace(".", "")
    return country == HOME and digits.isdigit() and len(digits) == FRENCH_DIGITS and number.endswith(digits)


def _kind_findings(number: str, field: str) -> list[Found]:
    """Whether the number is of the kind its column claims."""
    kind = _kind_of(number[:8], len(number), number)
    if kind == "paid":
        return [Found(FindingKind.PHONE_PREFIX, None, Severity.WARNING)]
    if field == Field.MOBILE and kind == "landline":
        return [Found(FindingKind.PHONE_NOT_MOBILE)]
    if field == Field.LANDLINE and kind == "mobile":
        return [Found(FindingKind.PHONE_NOT_LANDLINE)]
    return []


_KINDS: dict[tuple[str, int], str] = {}


def _kind_of(prefix: str, length: int, number: str) -> str:
    """mobile, landline, paid or other; remembered by the first digits, which decide it."""
    if prefix.startswith(("+336", "+337")):
        return "mobile"
    key = (prefix, length)
    if key not in _KINDS:
        _KINDS[key] = _kind(number)
    return _KINDS[key]


def _kind(number: str) -> str:
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    if kind in MOBILE_KINDS or is_mobile(number):
        return "mobile"
    if kind in _PAID:
        return "paid"
    return "landline" if kind is PhoneNumberType.FIXED_LINE else "other"


def _from_scientific(found: re.Match[str], country: str) -> PhoneCheck:
    """A spreadsheet's 3.36123E+10 has lost its last digits; only one that kept them all can be put right."""
    head, tail, power = found[1], found[2] or "", int(found[3])
    digits = (head + tail).ljust(power + 1, "0")
    is_whole = len(tail) >= FEW_DIGITS and len(tail) <= power
    number = (_parsed(digits, country) or _parsed(f"+{digits}", country)) if is_whole else None
    return PhoneCheck(
        number or "", [Found(FindingKind.PHONE_SCIENTIFIC, number, Severity.WARNING if number else None)]
    )


def _fault(given: str, country: str) -> PhoneCheck:
    """What is wrong with a number no plan knows; several in one cell give the first."""
    several = [number for part in _SEVERAL.split(given) if (number := _parsed(part.strip(), country))]
    if len(several) > 1 or (several and _SEVERAL.search(given)):
        return PhoneCheck(several[0], [Found(FindingKind.PHONE_SEVERAL, several[0])])
    digits = re.sub(r"\D", "", given)
    if not _ALLOWED.fullmatch(given):
        mended = _parsed(given.translate(_LOOKALIKE), country) or _parsed(
            re.sub(r"[^\d+]+", " ", given), country
        )
        return PhoneCheck("", [Found(FindingKind.PHONE_SYNTAX, mended)])
    if not given.startswith("+") and not given.startswith("0") and len(digits) > FRENCH_DIGITS + 1:
        number = _parsed(f"+{digits}", country)
        if number:
            return PhoneCheck(number, [Found(FindingKind.PHONE_FOREIGN, number)])
    return PhoneCheck("", [Found(_length_fault(given, digits, country))])


_SEVERAL = re.compile(r"\s+ou\s+|\s+or\s+|\s+et\s+|[;,|\n]|\s/\s|/(?=\s*[+0])|\s-\s")


def _length_fault(given: str, digits: str, country: str) -> FindingKind:
    """Too short, too long, or of the right length with a prefix nobody has."""
    if country == HOME and len(digits) == FRENCH_DIGITS + 1 and digits[0] == "0":
        return FindingKind.PHONE_PREFIX
    code = given.startswith("+") or digits.startswith("00")
    if country == HOME and not code and (digits[:1] == "0" or len(digits) == FRENCH_DIGITS + 1):
        missing = FRENCH_DIGITS + 1 - len(digits)
        is_short, is_long = missing > 0, missing < 0
        return (
            FindingKind.PHONE_TOO_SHORT
            if is_short
            else FindingKind.PHONE_TOO_LONG
            if is_long
            else FindingKind.PHONE_PREFIX
        )
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00") if code else digits, country)
    except phonenumbers.NumberParseException as error:
        is_long = error.error_type == phonenumbers.NumberParseException.TOO_LONG or len(digits) > MAX_DIGITS
        is_short = len(digits) < FEW_DIGITS
        return (
            FindingKind.PHONE_TOO_LONG
            if is_long
            else FindingKind.PHONE_TOO_SHORT
            if is_short
            else FindingKind.PHONE_PREFIX
        )
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        return FindingKind.PHONE_TOO_LONG
    if reason in {
        phonenumbers.ValidationResult.IS_POSSIBLE,
        phonenumbers.ValidationResult.INVALID_COUNTRY_CODE,
    }:
        return FindingKind.PHONE_PREFIX
    return FindingKind.PHONE_TOO_SHORT
