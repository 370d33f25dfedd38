"""Reviews in the reader's words: stars, states, reasons, verdicts."""

from flask_babel import get_locale, gettext, ngettext

from hub.core.words import Language
from hub.reviews.reason_words import REASON_WORDS
from hub.reviews.words import RefusalReason, ReviewState, Verdict

TONES = {ReviewState.WAITING: "warn", ReviewState.PUBLISHED: "ok", ReviewState.REFUSED: "late"}


def star_words(stars: int) -> str:
    """The scale ends in words."""
    words = {
        5: gettext("5 stars: excellent"),
        4: gettext("4 stars: good"),
        3: gettext("3 stars: fair"),
        2: gettext("2 stars: disappointing"),
        1: gettext("1 star: very disappointing"),
    }
    return words[stars]


def stars_out_of_five(average: float) -> str:
    return gettext("%(stars)s out of 5", stars=f"{average:.1f}".replace(".", _point()))


def _point() -> str:
    return "." if str(get_locale()) == Language.ENGLISH else ","


def count_words(count: int) -> str:
    return ngettext("%(num)s review", "%(num)s reviews", count)


def state_words(state: ReviewState) -> str:
    words = {
        ReviewState.WAITING: gettext("waits to be read"),
        ReviewState.PUBLISHED: gettext("published"),
        ReviewState.REFUSED: gettext("refused"),
    }
    return words[state]


def reason_words(reason: RefusalReason) -> str:
    return REASON_WORDS[Language(str(get_locale()))][reason]


def reason_choices() -> list[tuple[str, str]]:
    """None is chosen for the moderator."""
    return [("", gettext("Please choose")), *((each.value, reason_words(each)) for each in RefusalReason)]


def verdict_words(verdict: Verdict) -> str:
    words = {
        Verdict.YES: gettext("Yes"),
        Verdict.PARTLY: gettext("Partly"),
        Verdict.NO: gettext("No"),
    }
    return words[verdict]


def verdict_choices() -> list[tuple[str, str]]:
    return [(each.value, verdict_words(each)) for each in Verdict]
