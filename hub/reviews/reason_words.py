"""Reasons of a refusal in the customer's language: what the mail and the page say."""

from collections.abc import Mapping

from hub.core.words import Language
from hub.reviews.words import RefusalReason

REASON_WORDS: Mapping[Language, Mapping[RefusalReason, str]] = {
    Language.FRENCH: {
        RefusalReason.UNLAWFUL: "Son contenu est contraire à la loi, injurieux ou diffamatoire.",
        RefusalReason.PERSONAL_DATA: "Il contient des données personnelles : nom, adresse, numéro.",
        RefusalReason.OFF_TOPIC: "Il ne porte pas sur le produit.",
        RefusalReason.ADVERTISING: "Il contient de la publicité ou un lien.",
        RefusalReason.UNREADABLE: "Il ne peut pas être lu ou compris.",
        RefusalReason.OTHER: "Une autre raison, indiquée ci-dessous.",
    },
    Language.ENGLISH: {
        RefusalReason.UNLAWFUL: "Its content is against the law, insulting or defamatory.",
        RefusalReason.PERSONAL_DATA: "It contains personal data: a name, an address, a number.",
        RefusalReason.OFF_TOPIC: "It is not about the product.",
        RefusalReason.ADVERTISING: "It contains advertising or a link.",
        RefusalReason.UNREADABLE: "It cannot be read or understood.",
        RefusalReason.OTHER: "Another reason, given below.",
    },
}
