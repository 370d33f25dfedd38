"""What is remembered of figures: digests as told, rules that watch, nightly files, columns of numbers by day behind them all."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.statistics.words import Grain, Period, Span, Watched


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


class AlertRule(Base):
    """Watches a figure of some stores (`store_ids`), of a region, or of the chain; together, or each store by itself.

    `is_central`: made by somebody who sees all stores; managers of stores may read it, not change it. `tells` are words
    of Told. `checked_at` is when it was looked at last, business time.
    """

    __tablename__ = "alert_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    watched: Mapped[Watched] = mapped_column(words(Watched))
    threshold: Mapped[int | None]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("regions.id"))
    store_ids: Mapped[list[Any]] = mapped_column(default=list)
    is_each_store: Mapped[bool]
    tells: Mapped[list[Any]]
    is_on: Mapped[bool] = mapped_column(default=True)
    is_central: Mapped[bool]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    changed_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]


class AlertState(Base):
    """Whether the figure of a rule, or of one store of it, is above the threshold, and since when."""

    __tablename__ = "alert_states"
    __table_args__ = (UniqueConstraint("rule_id", "store_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rules.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    is_above: Mapped[bool]
    value: Mapped[float]
    since_at: Mapped[datetime]


class FigureExport(Base):
    """A file of figures from `since_on` to `until_on`, as the night wrote it last; the content lies on the shelf.

    Where no figure had any row there is no file: the row then says that the night has looked.
    """

    __tablename__ = "figure_exports"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    night: Mapped[date]
    grain: Mapped[Grain] = mapped_column(words(Grain))
    span: Mapped[Span] = mapped_column(words(Span))
    since_on: Mapped[date]
    until_on: Mapped[date]
    row_count: Mapped[int]
    size_bytes: Mapped[int]
    file_sha256: Mapped[str | None]
    created_at: Mapped[datetime]
