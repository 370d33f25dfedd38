"""Words of the surveys room."""

from enum import StrEnum

from hub.core.words import Language


class Choice(StrEnum):
    """The three boxes, by stable code: the code stands in the link, the words may change."""

    VERY_SATISFIED = "3"
    SATISFIED = "2"
    NOT_SATISFIED = "1"


class InvitationState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"


class AnswerState(StrEnum):
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    CONTRADICTED = "contradicted"


class TouchMethod(StrEnum):
    """How a link was touched: looked at, probed, closed after a gesture, or answered with the button."""

    GET = "GET"
    HEAD = "HEAD"
    INTENT = "INTENT"
    POST = "POST"


class TouchLabel(StrEnum):
    """Who touched, as far as one can tell. `single` proves nothing; `footer` is a link below the mail."""

    UNKNOWN = "unknown"
    SINGLE = "single"
    HUMAN = "human"
    MACHINE = "machine"
    MANGLED = "mangled"
    FOOTER = "footer"


class TouchReason(StrEnum):
    """Why a touch has its label."""

    NOT_JUDGED = "not_judged"
    ALONE = "alone"
    GESTURE = "gesture"
    BUTTON = "button"
    BURST = "burst"
    OTHER_CHOICE = "other_choice"
    HEAD = "head"
    MANGLED = "mangled"
    TOO_EARLY = "too_early"
    TOO_FAST = "too_fast"
    FILTER_RANGE = "filter_range"
    FILTER_SOURCE = "filter_source"
    FILTER_DOMAIN = "filter_domain"
    PREFETCH = "prefetch"
    FOOTER = "footer"
    CONTRADICTION = "contradiction"
    ANSWERED = "answered"
    STAFF = "staff"


class WithdrawnBy(StrEnum):
    """Why an unhappy answer no longer counts; the ticket that it opened says so."""

    CUSTOMER = "customer"
    CONTRADICTION = "contradiction"
    MACHINE = "machine"
    STAFF = "staff"


TOPIC_WORDS: dict[Language, dict[str, str]] = {
    Language.FRENCH: {
        "finding": "La recherche du produit",
        "payment": "Le paiement",
        "delivery": "La livraison ou le retrait",
        "welcome": "L’accueil et le conseil",
        "product": "Le produit",
        "overall": "L’expérience dans son ensemble",
    },
    Language.ENGLISH: {
        "finding": "Finding the product",
        "payment": "Payment",
        "delivery": "Delivery or collection",
        "welcome": "Welcome and advice",
        "product": "The product",
        "overall": "The whole experience",
    },
}
"""What an answer is about: on the second page for customers, in the ticket for the staff."""
