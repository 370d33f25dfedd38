"""The pages of what customers answered, and of what followed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.asked import Asked, never
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.links import behind
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.statistics.after_answer import AfterAnswer, get_after_answer
from hub.statistics.measuring.door import open_look
from hub.statistics.queries import get_satisfaction, needs_of_satisfaction
from hub.statistics.ratings import TicketRatings, get_ticket_ratings, needs_of_ratings
from hub.statistics.rows import Satisfaction, SatisfactionReport


@dataclass(frozen=True)
class Answers:
    """Of the question after a purchase, and of the one after a solved ticket."""

    asked: SatisfactionReport
    solved: TicketRatings


def find(asked: Asked) -> Answers:
    look = open_look(asked.filters, viewer=asked.viewer)
    look.read(*needs_of_satisfaction(look), *needs_of_ratings(look))
    return Answers(
        get_satisfaction(asked.filters, viewer=asked.viewer, look=look),
        get_ticket_ratings(asked.filters, viewer=asked.viewer, look=look),
    )


def tables(found: Answers, asked: Asked) -> list[Table]:
    bought, solved = "csat_answers", "ticket_ratings"
    return [
        _table(
            "by-store",
            gettext("Answers by store, in alphabetical order"),
            gettext("Store"),
            (_row(row.name, row.satisfaction, asked, bought, store=row.code) for row in found.asked.by_store),
        ),
        _table(
            "by-month",
            gettext("Answers by month"),
            gettext("Month"),
            (
                _row(words.month(day), each, asked, bought, **_days(day, asked))
                for day, each in found.asked.by_month
            ),
        ),
        _table(
            "solved-by-store",
            gettext("Answers after a solved ticket by store, in alphabetical order"),
            gettext("Store"),
            (
                _row(row.name, each, asked, solved, store=row.code)
                if row
                else _row(gettext("Central queue"), each, asked, solved, central=1)
                for row, each in found.solved.by_store
            ),
        ),
        _table(
            "solved",
            gettext("After a solved ticket"),
            gettext("Question"),
            [_row(gettext("After a solved ticket"), found.solved.total, asked, solved)],
        ),
    ]


def _table(key: str, title: str, head: str, rows: Iterable[Row]) -> Table:
    count, share = ("ticket_ratings", "ticket_csat") if key.startswith("solved") else ("csat_answers", "csat")
    columns = (
        Column("name", head),
        *(Column(key, gettext(text), Kind.COUNT, count) for key, text in words.CHOICES.items()),
        Column("share", gettext("Satisfaction"), Kind.SHARE, share),
        Column("low", gettext("Lower bound"), Kind.SHARE, share),
        Column("high", gettext("Upper bound"), Kind.SHARE, share),
    )
    return Table("satisfaction", key, title, columns, tuple(rows), is_sortable=key.endswith("by-store"))


def _days(month: date, asked: Asked) -> dict[str, str]:
    """As far as the month lies in the period."""
    after = (month + timedelta(days=31)).replace(day=1)
    first, last = max(month, asked.filters.since_on), min(after - timedelta(days=1), asked.filters.until_on)
    return {"since": first.isoformat(), "until": last.isoformat()}


def _row(name: str, found: Satisfaction, asked: Asked, measure: str, **clicked: Any) -> Row:
    interval = found.interval
    values = {
        "name": name,
        **dict(zip(words.CHOICES, found.counts, strict=True)),
        "share": interval.value if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }
    said = {}
    if interval and words.is_indicative(found):
        said["share"] = " · ".join((words.share(interval.value), gettext("indicative")))
    links = {key: behind(asked, measure, score=key, **clicked) for key in words.CHOICES}
    return Row(values, said=said, links=links, few=frozenset({"share", "low", "high"} if said else ()))


def link_tables(found: AfterAnswer, asked: Asked) -> list[Table]:
    """Whether everybody got the review link alike, by answer in the order of the mail."""
    columns = (
        Column("answer", gettext("Answer given")),
        Column("answered", gettext("Answers"), Kind.COUNT, "csat_answers"),
        Column("sent", gettext("With the link"), Kind.COUNT, "review_links"),
        Column("share", gettext("Share"), Kind.SHARE, "review_links"),
    )
    rows = tuple(
        Row(
            {
                "answer": gettext(words.CHOICES[row.choice.value]),
                "answered": row.answered_count,
                "sent": row.sent_count,
                "share": row.share.value if row.share else None,
            },
            links={
                "answered": behind(asked, "review_links", score=row.choice.value),
                "sent": behind(asked, "review_links", score=row.choice.value, part=1),
            },
        )
        for row in found.links
    )
    return [Table("after-answers", "review-links", gettext("Review link sent, by answer"), columns, rows)]


SATISFACTION = Page("satisfaction", find, tables, frozenset())
AFTER_ANSWERS = Page(
    "after-answers",
    lambda asked: get_after_answer(asked.filters, viewer=asked.viewer, now=asked.now),
    link_tables,
    frozenset(),
    never,
)
