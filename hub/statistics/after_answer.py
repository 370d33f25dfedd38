"""What followed the answers of a period: first contact of unhappy customers, who was won back, who got the review link."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hub.core.intervals import Interval, wilson
from hub.staff.rules import Viewer
from hub.statistics.measuring import answered
from hub.statistics.measuring.door import open_look
from hub.statistics.rows import Satisfaction, satisfaction_of, sum_up
from hub.statistics.rules import Filters
from hub.statistics.words import Subject
from hub.surveys.words import Choice

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look


@dataclass(frozen=True)
class LinksSent:
    """Of the answers of one score: how many were followed by a message with the review link, and the share's interval."""

    choice: Choice
    answered_count: int
    sent_count: int
    share: Interval | None


@dataclass(frozen=True)
class AfterAnswer:
    """`contact_seconds` is the median in opening hours, None without any; `won_back` counts the second answers."""

    filters: Filters
    contact_seconds: float | None
    contacted_count: int
    waiting_count: int
    won_back: Satisfaction
    links: tuple[LinksSent, ...]


def get_after_answer(filters: Filters, *, viewer: Viewer, now: datetime) -> AfterAnswer:
    """Within what the reader may see. Waits and second answers are read from day columns."""
    from hub.statistics.measuring.ratings import count_contacted

    look = open_look(filters, viewer=viewer)
    of_waits, names = look.of_waits(None)
    look.read((of_waits, {*names, "channel"}), look.of_ratings())
    (contact,) = look.measure("first_contact")
    (waiting,) = answered.count_uncontacted(filters, None, viewer=viewer, now=now)
    return AfterAnswer(
        filters=filters,
        contact_seconds=contact.value,
        contacted_count=count_contacted(look.frame(Subject.WAITS)),
        waiting_count=waiting.count,
        won_back=_won_back(look),
        links=_links(filters, viewer),
    )


def _won_back(look: "Look") -> Satisfaction:
    """What customers with an unhappy answer said when they were asked again after their ticket was solved."""
    from hub.statistics.measuring.ratings import count_ratings

    return sum_up(
        satisfaction_of(counts) for _, counts in count_ratings(look.frame(Subject.RATINGS), is_second=True)
    )


def _links(filters: Filters, viewer: Viewer) -> tuple[LinksSent, ...]:
    """The same for every score, or something is wrong: the link goes to everybody alike."""
    known = answered.count_links(filters, viewer=viewer)
    return tuple(_share_of(choice, *known.get(choice, (0, 0))) for choice in Choice)


def _share_of(choice: Choice, count: int, sent: int) -> LinksSent:
    return LinksSent(choice, count, sent, wilson(sent, count))
