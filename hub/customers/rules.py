"""What makes an address, a name and a verdict: pure, from the text itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from hub.core.errors import Invalid
from hub.core.text import N_, fold
from hub.core.words import Channel, Purpose
from hub.customers.words import ConsentAction, Standing

HOME = "FR"
OVERSEAS = ("RE", "GP", "MQ", "GF", "YT", "PM", "NC", "PF", "WF")
# Numbers the French regulator keeps for films and tests; the library calls some of them impossible.
# Source: ARCEP decision 2018-0881, "numéros fictifs".
FICTION = re.compile(r"\+33(19900|26191|35301|46571|53649|63998)\d{4}")
MOBILE_KINDS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
MAX_MAIL_LENGTH = 254
_PLAIN = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+|\+[1-9]\d{6,14}")

_SIMPLE_MAIL = re.compile(r"([a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@([a-z0-9.-]+)", re.ASCII | re.IGNORECASE)
MAX_LOCAL_LENGTH = 64


def normalise_mail(text: str) -> str:
    """The address in lower case with its international domain as written. Raises Invalid with what to correct.

    Syntax only, no look-up: `.test` is let through, so that a trial installation can be tried.
    """
    simple = _SIMPLE_MAIL.fullmatch(text.strip())
    if simple and len(simple[1]) <= MAX_LOCAL_LENGTH and len(simple[0]) <= MAX_MAIL_LENGTH:
        plain = simple[0].lower()
        if _is_domain(plain.rpartition("@")[2]):
            return plain
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid(
            N_("“%(given)s” is not a mail address. Please write it as name@domain.fr."),
            field="email",
            given=text.strip()[:MAX_MAIL_LENGTH],
        ) from None
    return found.normalized.lower()


@lru_cache(20_000)
def _is_domain(domain: str) -> bool:
    """Whether the library takes a plain domain as it is written: the same ones come again and again, by thousands a second."""
    try:
        found = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return found.normalized == f"a@{domain}"


def normalise_phone(text: str, country: str = HOME) -> str:
    """E.164. A French number is also tried as an overseas one: 0692 is a mobile of La Réunion, not of Lyon.

    `country` is ISO 3166 alpha-2. Raises Invalid when no plan knows the number.
    """
    regions = (country, *OVERSEAS) if country == HOME else (country, HOME)
    for region in regions:
        number = _parse(text, region)
        if number is not None:
            return number
    raise Invalid(
        N_(
            "“%(given)s” is not a phone number. Please write it with its country, for example +33 6 12 34 56 78."
        ),
        field="phone",
        given=text.strip()[:40],
    )


def _parse(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return written if phonenumbers.is_valid_number(number) or FICTION.fullmatch(written) else None


def plain_address(text: str) -> str:
    """The normal form under which an address is kept and looked up, by mail or phone; what has none as it is, lower case."""
    if _PLAIN.fullmatch(text) and "xn--" not in text:
        return text
    try:
        return normalise_mail(text) if looks_like_mail(text) else normalise_phone(text)
    except Invalid:
        return text.strip().lower()


def is_mobile(phone: str) -> bool:
    """Whether an E.164 number can receive an SMS, as far as its plan tells; what is no such number cannot."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    is_fiction = FICTION.fullmatch(phone) is not None and phone.startswith("+3363998")
    return phonenumbers.number_type(number) in MOBILE_KINDS or is_fiction


def show_phone(phone: str) -> str:
    """An E.164 number as people read it: national inside France, international elsewhere; a short code as it is."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    style = PhoneNumberFormat.NATIONAL if number.country_code == 33 else PhoneNumberFormat.INTERNATIONAL  # noqa: PLR2004 - France's code
    return phonenumbers.format_number(number, style)


def is_country(text: str) -> bool:
    """Whether the text is an ISO 3166 alpha-2 code with a telephone plan (all inhabited ones have one)."""
    return text in phonenumbers.SUPPORTED_REGIONS


def looks_like_mail(text: str) -> bool:
    return "@" in text


def clean_name(text: str) -> str:
    """A name with ordinary capitals: `jean dupont`, `DE LA TOUR`, `O'BRIEN`, `MARTIN-DUPUIS`.

    A word that is all capitals or all small letters is rewritten; a word with both (McDonald) is left alone.
    In a text with both, small particles (`Anne de la Tour`) stay small.
    """
    plain = " ".join(text.replace("’", "'").split())
    is_mixed = plain not in {plain.lower(), plain.upper()}
    words = [word if is_mixed and word in _PARTICLES else _recase(word) for word in plain.split(" ")]
    return re.sub(r"\bDe (La |L')", r"de \1", " ".join(words))


_PARTICLES = frozenset({"de", "la", "le", "du", "des", "van", "von", "der", "den", "da", "dos", "di", "el"})
_PIECES = re.compile(r"([^\W_]+)")


def _recase(word: str) -> str:
    if word not in {word.lower(), word.upper()}:
        return word
    return re.sub(r"\bMc(\w)(?=\w\w)", lambda found: f"Mc{found[1].upper()}", _capitals(word))


def _capitals(word: str) -> str:
    return _PIECES.sub(lambda found: found[0][0].upper() + found[0][1:].lower(), word)


def sort_key_of(first_name: str, last_name: str, *, otherwise: str = "") -> str:
    """What lists are sorted and searched by, accent-free; `otherwise` (company, address) when there is no name."""
    return fold(f"{last_name} {first_name}") or fold(otherwise)


def is_same_name(left: tuple[str, str], right: tuple[str, str]) -> bool:
    """Whether two (first name, last name) may be one person: equal without accents, in any order; an unnamed one may."""
    ours, theirs = (set(fold(" ".join(names)).replace("-", " ").split()) for names in (left, right))
    return not ours or not theirs or ours == theirs


@dataclass(frozen=True)
class Buying:
    """What the verdict rests on; cancelled orders are not counted."""

    order_count: int
    recent_order_count: int
    first_placed_at: datetime | None
    last_placed_at: datetime | None


@dataclass(frozen=True)
class StandingBorders:
    """The chain's definitions at a moment, as the values room gives them (`get_borders`)."""

    year_after: datetime
    new_after: datetime
    lapsed_before: datetime
    loyal_orders: int


def choose_standing(buying: Buying, borders: StandingBorders) -> Standing:
    """New or loyal at a glance. `recent_order_count` counts the orders since `year_after`.

    No order: prospect. None after `lapsed_before`: lapsed. `loyal_orders` or more in the year: loyal.
    One order, after `new_after`: new. Else occasional.
    """
    if buying.last_placed_at is None:
        return Standing.PROSPECT
    if buying.last_placed_at <= borders.lapsed_before:
        return Standing.LAPSED
    if buying.recent_order_count >= borders.loyal_orders:
        return Standing.LOYAL
    if buying.order_count == 1 and buying.last_placed_at > borders.new_after:
        return Standing.NEW
    return Standing.OCCASIONAL


@dataclass(frozen=True, slots=True)
class Said:
    """The state of one consent of an address. `theme` "" is the purpose as a whole."""

    channel: Channel
    purpose: Purpose
    theme: str
    action: ConsentAction
    happened_at: datetime


def choose_answer(
    said: Iterable[Said], channel: Channel, purpose: Purpose, theme: str = ""
) -> ConsentAction | None:
    """What an address said to a purpose, or to one theme of it; None when it said nothing.

    A theme has its own answer, until the purpose as a whole is refused later than that.
    """
    asked = {each.theme: each for each in said if (each.channel, each.purpose) == (channel, purpose)}
    whole, part = asked.get(""), asked.get(theme)
    if part is None or whole is None:
        found = part or whole
        return found.action if found else None
    is_over = whole.action is ConsentAction.WITHDRAWN and whole.happened_at > part.happened_at
    return whole.action if is_over else part.action
