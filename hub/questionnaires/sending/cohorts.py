"""Response rate by sending: of those to whom an invitation was delivered, how many answered within 30 days of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Select, and_, case, cast, func, or_, select

from hub.core.db import db
from hub.core.intervals import Interval, wilson
from hub.questionnaires.models import QuestionnaireInvitation, Wave
from hub.questionnaires.words import WaveState
from hub.stores.queries import find_chain

IN_TIME = timedelta(days=30)
UNDER_WAY = frozenset({WaveState.PLANNED, WaveState.SENDING})
FIGURES = ("invited", "delivered", "answered", "open")
Counted = dict[str, Any]
"""One cohort as it is kept: plain words and numbers."""


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """A wave, or those who were asked one by one in a week (`week_on`). `is_open`: some still have time to answer.

    In anonymous mode no moment of an answer is known: it counts whenever it came; `answered` is None where it would
    stand for too few people.
    """

    wave_id: int | None
    name: str
    starts_at: datetime | None
    week_on: date | None
    invited: int
    delivered: int
    answered: int | None
    is_open: bool
    rate: Interval | None


def count_cohorts(questionnaire_id: int, *, now: datetime) -> tuple[list[Counted], Counter[int]]:
    """And how many invitations were delivered by store (0: none)."""
    cohorts: dict[tuple[int | None, date | None], Counted] = {}
    sizes: Counter[int] = Counter()
    for row in db.session.execute(_invitations(questionnaire_id, now)).mappings():
        if row["delivered"]:
            sizes[row["store_id"] or 0] += row["delivered"]
        cohort = cohorts.setdefault((row["wave_id"], row["week_on"]), _empty(row))
        for name in FIGURES:
            cohort[name] += row[name]
    return list(cohorts.values()), sizes


def cohort_of(row: Mapping[str, Any]) -> Cohort:
    at, week = row["starts_at"], row.get("week_on")
    return Cohort(
        wave_id=row["wave_id"],
        name=row["name"],
        starts_at=datetime.fromisoformat(at) if at else None,
        week_on=date.fromisoformat(week) if week else None,
        invited=row.get("invited", row["delivered"]),
        delivered=row["delivered"],
        answered=row["answered"],
        is_open=row["open"] > 0,
        rate=wilson(row["answered"], row["delivered"]),
    )


def _empty(row: Mapping[Any, Any]) -> Counted:
    at, week = row["starts_at"], row["week_on"]
    return {
        "wave_id": row["wave_id"],
        "name": row["segment_name"] or "",
        "starts_at": at.isoformat() if at else None,
        "week_on": week.isoformat() if week else None,
        **dict.fromkeys(FIGURES, 0),
        "open": int(row["state"] in UNDER_WAY),
    }


def _invitations(questionnaire_id: int, now: datetime) -> Select[Any]:
    asked, is_there = QuestionnaireInvitation, QuestionnaireInvitation.delivered_at.is_not(None)
    in_time = or_(asked.answered_at.is_(None), asked.answered_at <= asked.delivered_at + IN_TIME)
    has_time = and_(asked.delivered_at > now - IN_TIME, asked.has_answered.is_(False))
    chain = find_chain()
    asked_on = func.timezone(chain.time_zone if chain else "UTC", asked.created_at)
    alone = case((asked.wave_id.is_(None), cast(func.date_trunc("week", asked_on), Date))).label("week_on")
    parts = (asked.wave_id, alone, Wave.segment_name, Wave.starts_at, Wave.state, asked.store_id)
    return (
        select(
            *parts,
            func.count().label("invited"),
            func.count(asked.delivered_at).label("delivered"),
            func.count().filter(is_there, asked.has_answered, in_time).label("answered"),
            func.count().filter(has_time).label("open"),
        )
        .outerjoin(Wave, Wave.id == asked.wave_id)
        .where(asked.questionnaire_id == questionnaire_id)
        .group_by(*parts)
        .order_by(asked.wave_id, alone)
    )
