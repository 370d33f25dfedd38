"""Words of the knowledge base."""

from enum import StrEnum


class ArticleState(StrEnum):
    DRAFT = "draft"
    INTERNAL = "internal"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class AfterSending(StrEnum):
    """The state of a ticket once a standard reply has left."""

    PENDING = "pending"
    SOLVED = "solved"


class SearchPlace(StrEnum):
    """Where somebody searches: the public help centre, the reply box of a ticket, the staff's pages."""

    HELP = "help"
    TICKET = "ticket"
    STAFF = "staff"


class RowOutcome(StrEnum):
    """What becomes of an article of a file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class VoteReason(StrEnum):
    """Why an article did not help."""

    UNCLEAR = "unclear"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    ELSEWHERE = "elsewhere"


class GapState(StrEnum):
    """What an editor says of a gap."""

    OPEN = "open"
    DONE = "done"
    ASIDE = "aside"
