"""The latest fit and when the next is due. Apart from the fit itself: who only asks does not pay for numpy and scipy."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from hub.core import clock
from hub.core.db import db
from hub.segments.values.models import CustomerScore, ValueFit
from hub.segments.values.words import FitState

EVERY = timedelta(days=7)


def find_fit() -> ValueFit | None:
    """The latest that stands."""
    found = select(ValueFit).where(ValueFit.state == FitState.FITTED).order_by(ValueFit.id.desc()).limit(1)
    return db.session.scalar(found)


def has_due() -> bool:
    return _is_under_way() or is_time(clock.business_now())


def next_due_at() -> datetime | None:
    last = _last()
    return None if last is None else last + EVERY


def _is_under_way() -> bool:
    return db.session.scalar(select(ValueFit.id).where(ValueFit.after_id.is_not(None)).limit(1)) is not None


def is_time(now: datetime) -> bool:
    """After the first night; scores say who has bought."""
    last = _last()
    if last is not None:
        return last + EVERY <= now
    return db.session.scalar(select(CustomerScore.customer_id).limit(1)) is not None


def _last() -> datetime | None:
    return db.session.scalar(select(func.max(ValueFit.asked_at)))
