"""Words of routing beyond the store: rules, assignment, suggestions of reasons."""

from enum import StrEnum


class RuleField(StrEnum):
    """What a condition of a routing rule looks at."""

    CHANNEL = "channel"
    TEXT = "text"
    SENDER = "sender"
    WRITTEN_TO = "written_to"
    LANGUAGE = "language"
    REASON = "reason"
    PRIORITY = "priority"
    STANDING = "standing"
    ORDER_STATE = "order_state"
    ORDER_AMOUNT = "order_amount"
    STORE = "store"
    OPEN_NOW = "open_now"
    ATTACHMENT = "attachment"


class RuleTest(StrEnum):
    """How a condition compares: with one of its values, with none of them, with a least or most amount."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class RuleMatch(StrEnum):
    """Whether every condition must hold, or one of them."""

    ALL = "all"
    ANY = "any"


class RuleAct(StrEnum):
    """What was done to a rule when one of its versions was kept."""

    MADE = "made"
    EDITED = "edited"
    SWITCHED_ON = "switched_on"
    SWITCHED_OFF = "switched_off"
    MOVED = "moved"
    REMOVED = "removed"


class AssignmentMode(StrEnum):
    """How a new ticket of a store finds its assignee."""

    BY_HAND = "by_hand"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


class SuggestedBy(StrEnum):
    """What a suggestion of a reason rests on: words kept by the head office, or what was learnt."""

    WORDS = "words"
    MODEL = "model"


class SuggestionState(StrEnum):
    """From the question to the decision; `none`: nothing sure enough was found."""

    WAITING = "waiting"
    NONE = "none"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    OVERRULED = "overruled"


class ModelState(StrEnum):
    """What became of a training that was asked for."""

    WAITING = "waiting"
    TOO_FEW = "too_few"
    READY = "ready"
    FAILED = "failed"
