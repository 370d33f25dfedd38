"""The values of filters that have a fixed list: states, priorities, channels, `is:` and `has:`, dates; pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.core.text import fold
from hub.core.words import Channel, Language
from hub.inbox.asking import Filter
from hub.inbox.states import OPEN_STATES
from hub.inbox.words import Priority, TicketState

S, C, P = TicketState, Channel, Priority


class Trait(StrEnum):
    """What `is:` may ask of a ticket."""

    LATE = "late"
    TO_ANSWER = "to_answer"
    UNASSIGNED = "unassigned"
    UNATTRIBUTED = "unattributed"
    GRIEVANCE = "grievance"
    REOPENED = "reopened"
    MERGED = "merged"
    SNOOZED = "snoozed"
    FOLLOWED = "followed"


class Belonging(StrEnum):
    """What `has:` may ask of a ticket."""

    ATTACHMENT = "attachment"
    ORDER = "order"
    NOTE = "note"
    CALL = "call"
    ANSWER = "answer"


@dataclass(frozen=True)
class Word:
    """A value: how it is written in French and English, other spellings, and what it stands for."""

    french: str
    english: str
    means: frozenset[StrEnum]
    also: tuple[str, ...] = ()

    def written(self, language: Language) -> str:
        return self.french if language is Language.FRENCH else self.english


def _word(french: str, english: str, *means: StrEnum, also: Iterable[str] = ()) -> Word:
    return Word(french, english, frozenset(means), tuple(also))


VALUES: Mapping[Filter, tuple[Word, ...]] = {
    Filter.STATE: (
        _word("ouvert", "open", *OPEN_STATES),
        _word("nouveau", "new", S.NEW),
        _word("en-cours", "in-progress", S.OPEN),
        _word("en-attente", "pending", S.PENDING),
        _word("résolu", "solved", S.SOLVED),
        _word("fermé", "closed", S.CLOSED, also=("clos",)),
    ),
    Filter.PRIORITY: (
        _word("urgente", "urgent", P.URGENT),
        _word("haute", "high", P.HIGH),
        _word("normale", "normal", P.NORMAL),
        _word("basse", "low", P.LOW, also=("faible",)),
    ),
    Filter.CHANNEL: (
        _word("mail", "e-mail", C.EMAIL, also=("email", "courriel")),
        _word("formulaire", "form", C.FORM),
        _word("sms", "sms", C.SMS),
        _word("whatsapp", "whatsapp", C.WHATSAPP),
        _word("téléphone", "phone", C.PHONE),
        _word("chat", "chat", C.CHAT),
        _word("comptoir", "counter", C.COUNTER, also=("caisse",)),
        _word("livraison", "delivery", C.DELIVERY),
        _word("enquête", "survey", C.SURVEY, also=("questionnaire",)),
        _word("réseaux", "social", C.SOCIAL),
        _word("api", "api", C.API),
    ),
    Filter.IS: (
        _word("en-retard", "late", Trait.LATE, also=("retard", "overdue")),
        _word("à-répondre", "to-answer", Trait.TO_ANSWER, also=("waiting",)),
        _word("sans-responsable", "unassigned", Trait.UNASSIGNED, also=("non-assigné",)),
        _word("sans-magasin", "unattributed", Trait.UNATTRIBUTED, also=("non-attribué",)),
        _word("réclamation", "grievance", Trait.GRIEVANCE),
        _word("rouvert", "reopened", Trait.REOPENED),
        _word("fusionné", "merged", Trait.MERGED),
        _word("en-veille", "snoozed", Trait.SNOOZED, also=("reporté",)),
        _word("suivi", "followed", Trait.FOLLOWED),
    ),
    Filter.HAS: (
        _word("pièce-jointe", "attachment", Belonging.ATTACHMENT, also=("fichier", "file")),
        _word("commande", "order", Belonging.ORDER),
        _word("note", "note", Belonging.NOTE),
        _word("appel", "call", Belonging.CALL),
        _word("réponse", "answer", Belonging.ANSWER, also=("reply",)),
    ),
}
ME = {"moi": True, "me": True}
NOBODY = frozenset({"personne", "nobody", "aucun", "aucune", "none"})
_ISO = re.compile(r"\A(\d{4})-(\d{1,2})-(\d{1,2})\Z")
_FRENCH = re.compile(r"\A(\d{1,2})[/.](\d{1,2})[/.](\d{4})\Z")


def as_key(value: str) -> str:
    """`Pièce jointe` and `piece-jointe` are one value."""
    return re.sub(r"[\s_-]+", "-", fold(value)).strip("-")


_BY_KEY: Mapping[Filter, Mapping[str, frozenset[StrEnum]]] = {
    asked: {
        as_key(spelling): word.means
        for word in reversed(words)
        for spelling in (*word.also, word.english, word.french, *(each.value for each in word.means))
        if spelling in {word.french, word.english, *word.also} or len(word.means) == 1
    }
    for asked, words in VALUES.items()
}


def meaning(asked: Filter, value: str) -> frozenset[StrEnum] | None:
    """What a value of a fixed list stands for, in either language; None when there is no such value."""
    return _BY_KEY[asked].get(as_key(value))


def written_values(asked: Filter, language: Language) -> tuple[str, ...]:
    """The values of a fixed list as they are typed; empty for filters that have none."""
    return tuple(word.written(language) for word in VALUES.get(asked, ()))


def read_day(value: str) -> date | None:
    """`2026-11-01` or `01/11/2026`; None for anything that is no day."""
    iso, french = _ISO.match(value), _FRENCH.match(value)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if french:
            return date(int(french[3]), int(french[2]), int(french[1]))
    except ValueError:
        return None
    return None
