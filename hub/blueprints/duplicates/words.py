"""Words of duplicates: reasons, fields, states, in the reader's language."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import format_date, gettext, ngettext

from hub.core.text import N_
from hub.customers.duplicates.scoring import SURE_POINTS
from hub.customers.duplicates.words import PairState, Why
from hub.customers.merging.fields import PROPERTY
from hub.customers.rules import show_phone
from hub.customers.words import Title

REASONS = {
    Why.SAME_MAIL: N_("same mailbox, written otherwise"),
    Why.SAME_PHONE: N_("same phone number"),
    Why.SAME_CARD: N_("same loyalty card, written otherwise"),
    Why.MAIL_ONE_LETTER: N_("mail address differs by one letter"),
    Why.MAIL_LOCAL_PART: N_("same mail name at another provider"),
    Why.PHONE_ONE_DIGIT: N_("phone differs by one digit"),
    Why.SAME_NAME: N_("same name"),
    Why.COMMON_NAME: N_("a name that many customers have"),
    Why.SWAPPED_NAMES: N_("first and last name swapped"),
    Why.NICKNAME: N_("short form of the first name"),
    Why.INITIAL: N_("only an initial or no first name"),
    Why.NAME_TYPO: N_("name differs by a letter or two"),
    Why.SAME_LAST_NAME: N_("same last name"),
    Why.OTHER_FIRST_NAME: N_("another first name"),
    Why.OTHER_LAST_NAME: N_("another last name"),
    Why.SAME_BIRTH: N_("same birth date"),
    Why.BIRTH_ONE_PART: N_("birth date differs by one digit, or day and month are swapped"),
    Why.OTHER_BIRTH: N_("another birth date"),
    Why.SAME_STREET: N_("same street"),
    Why.SAME_POSTCODE: N_("same post code"),
    Why.OTHER_POSTCODE: N_("another post code"),
    Why.SAME_COMPANY: N_("same company"),
    Why.OTHER_TITLE: N_("madam and sir"),
    Why.GENERATIONS: N_("one of them is junior or senior"),
    Why.FAMILY: N_("a family at one address, it seems"),
}
FIELDS = {
    "title": N_("Title"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "street": N_("Street"),
    "postcode": N_("Post code"),
    "town": N_("Town"),
    "country": N_("Country"),
    "birth_on": N_("Birth date"),
    "company": N_("Company"),
    "language": N_("Language"),
    "preferred_store_id": N_("Preferred store"),
    "mail": N_("Mail address written to first"),
    "phone": N_("Phone called first"),
}
STATES = {
    PairState.OPEN: N_("To decide"),
    PairState.MERGED: N_("Merged"),
    PairState.APART: N_("Not the same"),
    PairState.HOUSEHOLD: N_("Same household"),
}
TITLES = {Title.MADAM: N_("Madam"), Title.SIR: N_("Sir")}
LIKELY = 75


def reason_words(reasons: Any) -> list[tuple[str, bool]]:
    """(words, whether it speaks for it) of the reasons as the pair keeps them, the strongest first."""
    known = [(Why(each["why"]), int(each["points"])) for each in reasons if each["why"] in set(Why)]
    return [(gettext(REASONS[why]), points > 0) for why, points in known]


def points_tone(points: int) -> str:
    return "ok" if points >= SURE_POINTS else "info" if points >= LIKELY else "plain"


def points_words(points: int) -> str:
    return gettext("%(points)s of 100", points=points)


def field_name(name: str) -> str:
    """The field in words; a property by its key."""
    return gettext(FIELDS[name]) if name in FIELDS else name.removeprefix(PROPERTY)


def value_words(name: str, value: Any, stores: dict[int, str]) -> str:
    """A value as people read it; "" when there is none. Merges keep dates as text."""
    if value is None or value == "":
        return ""
    if name == "preferred_store_id":
        return stores.get(int(value), "")
    return SHOWN.get(name, str)(value)


def _show_day(value: Any) -> str:
    return str(format_date(value if isinstance(value, date) else date.fromisoformat(str(value))))


SHOWN: dict[str, Callable[[Any], str]] = {
    "birth_on": _show_day,
    "phone": lambda value: show_phone(str(value)),
    "title": lambda value: gettext(TITLES[Title(value)]),
    "language": lambda value: gettext("English") if str(value) == "en" else gettext("French"),
}


def state_words(state: PairState) -> str:
    return gettext(STATES[state])


def merged_words(count: int) -> str:
    return ngettext("%(num)s customer is merged.", "%(num)s customers are merged.", count)
