"""What is remembered of figures: digests as they were told, and columns of numbers by day of which figures are made."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.statistics.words import Period


class Digest(Base):
    """The digest of one person and period: numbers and keys, so that it is read in any language and stays as it was told.

    `told_at` is when it was handed over for mailing, business time; None for one the person asked for on the page.
    """

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("agent_id", "period", "since_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    period: Mapped[Period] = mapped_column(words(Period))
    since_on: Mapped[date]
    until_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class StatisticsColumn(Base):
    """One column of one subject on one day of the chain: numbers in a row, as `hub/statistics/columns/layouts.py` says.

    All columns of a day are equally long. A day on which nothing happened has no rows.
    """

    __tablename__ = "statistics_columns"

    subject: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class StatisticsMark(Base):
    """A day of a subject that is to be gathered anew. Only added to: whoever marks waits for nobody."""

    __tablename__ = "statistics_marks"
    __table_args__ = (Index("ix_statistics_marks_day", "day", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    day: Mapped[date]


class StatisticsLayout(Base):
    """By which layout and in which time zone the days of a subject were gathered; another one marks all its days."""

    __tablename__ = "statistics_layouts"

    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    time_zone: Mapped[str]
