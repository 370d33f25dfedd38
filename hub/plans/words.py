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


class Anchor(StrEnum):
    """What a step's delay is counted from, never from the last run: delays must not drift."""

    ENTRY = "entry"
    FIRST_MESSAGE = "first_message"
    ANSWER = "answer"


class Skip(StrEnum):
    """Why a step did nothing; the enrolment goes on to the next one."""

    CONDITION = "condition"
    NEVER_SENT = "never_sent"
    TOO_LATE = "too_late"


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
