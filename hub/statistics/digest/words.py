"""Why something is worth a look, and where it is looked at."""

from enum import StrEnum


class Rule(StrEnum):
    """Why something is worth a look; the sentence that the reader sees stands in hub/reactions/digest_words.py."""

    CENTRAL_QUEUE = "central_queue"
    LATE = "late"
    SLOW = "slow"
    SATISFACTION = "satisfaction"
    UNANSWERED = "unanswered"
    REOPENED = "reopened"
    REASON = "reason"
    MOVED = "moved"
    GAP = "gap"


class Page(StrEnum):
    """Where a figure is looked at closer."""

    RESPONSE_TIMES = "/statistics/response-times"
    SATISFACTION = "/statistics/satisfaction"
    ROUTING = "/statistics/routing"
    TICKETS = "/statistics/tickets"
    INBOX = "/inbox/"
    GAPS = "/statistics/gaps"
