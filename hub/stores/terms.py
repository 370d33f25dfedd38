"""What the chain says in its letters of payment, delivery, returns and its advantages, in each language. Pure but for the change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.stores.actions import change_setting

SETTING = "terms"
VIP_TERMS = "vip_terms"
TERMS = (
    "payment_terms",
    "delivery_terms",
    "free_delivery_terms",
    "return_terms",
    VIP_TERMS,
    "loyalty_terms",
)
"""In the order of the page; the names are those of the letters' values."""
LONGEST = 400


def field_of(name: str, language: Language) -> str:
    """The field of the page, and of what is wrong: `vip_terms_fr`."""
    return f"{name}_{language.value}"


def read_terms(settings: Mapping[str, Any], language: Language) -> dict[str, str]:
    """By name what the chain wrote in this language; what it did not write is left out."""
    written = settings.get(SETTING, {}).get(language.value, {})
    return {name: written[name] for name in TERMS if written.get(name)}


def change_terms(terms: Mapping[Language, Mapping[str, str]], *, by: Actor, now: datetime) -> None:
    """All terms at once; an empty one is taken back. Raises Invalid (field `<name>_<language>`)."""
    kept = {
        language.value: {name: _checked(name, language, words.get(name, "")) for name in TERMS}
        for language, words in terms.items()
    }
    change_setting(SETTING, kept, by=by, now=now)


def _checked(name: str, language: Language, text: str) -> str:
    lines = (" ".join(line.split()) for line in text.strip().splitlines())
    words = "\n".join(line for line in lines if line)
    if len(words) > LONGEST:
        raise Invalid(
            N_("Please write at most %(count)s characters."), field=field_of(name, language), count=LONGEST
        )
    return words
