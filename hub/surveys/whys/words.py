"""Words of the question why."""

from collections.abc import Mapping
from enum import StrEnum

from hub.core.words import Language


class WhyReason(StrEnum):
    """Why somebody does not buy any more, in the order of the page."""

    DISAPPOINTED = "disappointed"
    LATE = "late"
    PRICE = "price"
    NOT_NEEDED = "not_needed"
    OTHER = "other"


ASKING_HELP = frozenset({WhyReason.DISAPPOINTED, WhyReason.LATE})
"""What the store is told of by a ticket."""
REASON_WORDS: Mapping[Language, Mapping[WhyReason, str]] = {
    Language.FRENCH: {
        WhyReason.DISAPPOINTED: "Mes dernières commandes m’ont déçu",
        WhyReason.LATE: "La livraison est arrivée en retard",
        WhyReason.PRICE: "Les prix",
        WhyReason.NOT_NEEDED: "Je n’en ai plus besoin",
        WhyReason.OTHER: "Une autre raison",
    },
    Language.ENGLISH: {
        WhyReason.DISAPPOINTED: "My last orders disappointed me",
        WhyReason.LATE: "The delivery was late",
        WhyReason.PRICE: "The prices",
        WhyReason.NOT_NEEDED: "I do not need it any more",
        WhyReason.OTHER: "Another reason",
    },
}
"""The five answers in the customer's language."""
