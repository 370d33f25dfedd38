"""Words of the surveys room."""

from enum import StrEnum


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
    GET = "GET"
    HEAD = "HEAD"
    INTENT = "INTENT"


class TouchLabel(StrEnum):
    UNKNOWN = "unknown"
    MACHINE = "machine"
    SINGLE = "single"
    MANGLED = "mangled"
