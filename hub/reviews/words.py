"""Words of the reviews room."""

from enum import StrEnum


class ReviewState(StrEnum):
    """A review that is changed waits again, whatever it was."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why a review is not published, never because of its stars; OTHER says so in words."""

    UNLAWFUL = "unlawful"
    PERSONAL_DATA = "personal_data"
    OFF_TOPIC = "off_topic"
    ADVERTISING = "advertising"
    UNREADABLE = "unreadable"
    OTHER = "other"


class Verdict(StrEnum):
    """What a customer says to one point of the form."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
