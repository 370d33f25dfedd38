"""Words of the questionnaires room; each enum is stored as text with a check constraint or in a definition."""

from enum import StrEnum


class QuestionKind(StrEnum):
    """What is asked, and how the answer looks."""

    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKING = "ranking"
    MATRIX = "matrix"
    SCALE = "scale"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    NUMBER = "number"
    CONTACT = "contact"
    CONSENT = "consent"
    INFORMATION = "information"
    FILE = "file"


SCORES = frozenset({QuestionKind.CSAT, QuestionKind.NPS, QuestionKind.CES, QuestionKind.SCALE})
"""Answered by a whole number of a scale."""
CHOICES = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANKING, QuestionKind.MATRIX})
"""Answered by the codes of options."""
WORDS = frozenset({QuestionKind.TEXT, QuestionKind.LONG_TEXT})
"""Answered in the customer's own words."""
TOLD = WORDS | {QuestionKind.CONTACT, QuestionKind.DATE}
"""Answers that may name somebody: kept apart from codes and numbers, and emptied by an erasure."""


class Mode(StrEnum):
    """Whether an answer is known to be somebody's; stated on the first page."""

    IDENTIFIED = "identified"
    ANONYMOUS = "anonymous"


class QuestionnaireState(StrEnum):
    """DRAFT: never published. OPEN: it takes answers, until its closing moment. CLOSED: no more."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Test(StrEnum):
    """What a condition asks of an earlier answer."""

    ANY_OF = "any_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"


class Join(StrEnum):
    ALL = "all"
    ANY = "any"


class ContactField(StrEnum):
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    CITY = "city"


class LinkKind(StrEnum):
    """Where an open link is: sent around, on a poster at a store's counter, or inside another site's page."""

    LINK = "link"
    COUNTER = "counter"
    EMBED = "embed"


class ResponseState(StrEnum):
    """PARTIAL: begun. COMPLETE: sent. SCREENED: ended early by a condition. OVER_QUOTA: enough such answers were there."""

    PARTIAL = "partial"
    COMPLETE = "complete"
    SCREENED = "screened"
    OVER_QUOTA = "over_quota"


class WaveState(StrEnum):
    """PLANNED: it starts later. SENDING: people are being invited. REMINDING: those who did not answer are reminded."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REMINDING = "reminding"
    DONE = "done"
    STOPPED = "stopped"


class InviteOutcome(StrEnum):
    """What becomes of one customer whom another system wants to be asked."""

    INVITED = "invited"
    ALREADY = "already"
