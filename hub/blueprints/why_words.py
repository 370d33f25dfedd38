"""The five answers to "tell us why" in the reader's language."""

from flask_babel import get_locale

from hub.core.words import Language
from hub.surveys.whys.words import REASON_WORDS, WhyReason


def why_words(reason: WhyReason) -> str:
    """As the customer read it."""
    return REASON_WORDS[Language(str(get_locale()))][reason]


def why_choices() -> list[tuple[str, str]]:
    """All of them, in the order of the page."""
    return [(reason.value, why_words(reason)) for reason in WhyReason]
