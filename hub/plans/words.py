"""Words of the plans room."""

from enum import StrEnum


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class Arm(StrEnum):
    TREATED = "treated"
    CONTROL = "control"


class EnrolmentState(StrEnum):
    WAITING = "waiting"
    ENDED = "ended"


class StepKind(StrEnum):
    WAIT = "wait"
    CONDITION = "condition"
    SEND = "send"
    END = "end"


class ExitReason(StrEnum):
    COMPLETED = "completed"
    PURCHASED = "purchased"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    ANSWERED = "answered"
    REFUSED = "refused"
    TICKET_OPEN = "ticket_open"
    ASKED_RECENTLY = "asked_recently"
    PLAN_OFF = "plan_off"
    MERGED = "merged"


class StepOutcome(StrEnum):
    POSTED = "posted"
    GHOST = "ghost"
    SKIPPED = "skipped"
    EXPIRED = "expired"
