"""Requests about personal data in words."""

from flask_babel import gettext, pgettext

from hub.core.personal import Held
from hub.identity.holding import ROOMS
from hub.identity.privacy_words import RequestKind, RequestState


def kind_words(kind: RequestKind) -> str:
    return {
        RequestKind.ACCESS: gettext("Access (art. 15)"),
        RequestKind.CORRECTION: gettext("Correction (art. 16)"),
        RequestKind.ERASURE: gettext("Erasure (art. 17)"),
        RequestKind.PORTABILITY: gettext("Portability (art. 20)"),
        RequestKind.OBJECTION: gettext("Objection (art. 21)"),
    }[kind]


def state_words(state: RequestState) -> tuple[str, str]:
    """The state in words, and the tone of its chip."""
    return {
        RequestState.OPEN: (gettext("to be answered"), "info"),
        RequestState.DONE: (pgettext("request", "answered"), "ok"),
        RequestState.REFUSED: (gettext("request refused"), "plain"),
    }[state]


def table_words(table: str) -> str:
    """What a table holds, as an export calls it."""
    held = (each for holdings in ROOMS.values() for each in holdings if each.table == table)
    return next((gettext(each.title) for each in held if isinstance(each, Held)), table.replace("_", " "))
