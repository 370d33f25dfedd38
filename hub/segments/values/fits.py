"""Fits the models on the chain's orders each week, states their error, then predicts for every customer."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import structlog
from sqlalchemy import func, select, text, update

from hub.core import clock
from hub.core.db import db, transaction
from hub.customers.models import Customer
from hub.segments.values import fit_calendar
from hub.segments.values.defining import find_zone
from hub.segments.values.fitting import NotFittedError, fit_spending, fit_timing
from hub.segments.values.holdout import judge
from hub.segments.values.models import CustomerScore, ValueFit
from hub.segments.values.predicting import predict_range
from hub.segments.values.summing import Days, Purchases, group_by_day, summarise
from hub.segments.values.words import FitState
from hub.stores.queries import find_day

log = structlog.get_logger(__name__)
CHUNK = 20_000
MOST_CUSTOMERS = 100_000
"""More are not needed to settle seven parameters: a share of the customers is drawn by a hash of their ids."""
EPOCH = 719_163
"""The ordinal of 1 January 1970."""
READ = text("""
    SELECT customer_id, (placed_at AT TIME ZONE :zone)::date - DATE '1970-01-01' AS day,
        (total_cents - returned_cents) / 100.0::float8 AS value
    FROM orders WHERE state <> 'cancelled' AND placed_at <= :now AND abs(hashint8(customer_id)::bigint) % :every = 0
""")


def fit_now(*, now: datetime) -> int:
    """Read, fit, judge, keep; then every customer is predicted by it, range by range (`take_range`). Returns its id.

    Opens its own transactions: none is open while it computes.
    """
    with transaction():
        days = read_days(now=now)
    fit = make_fit(days, now=now)
    with transaction():
        return keep_fit(fit)


def keep_fit(fit: ValueFit) -> int:
    """Returns its id. Where it stands, an older one that was still predicting stops."""
    if fit.state is FitState.FITTED:
        db.session.execute(update(ValueFit).where(ValueFit.after_id.is_not(None)).values(after_id=None))
    db.session.add(fit)
    db.session.flush()
    return fit.id


def read_days(*, now: datetime) -> Days:
    """Purchases by customer and day, of at most about `MOST_CUSTOMERS` customers."""
    buyers = db.session.scalar(select(func.count()).where(CustomerScore.order_count > 0)) or 0
    every = max(1, -(-buyers // MOST_CUSTOMERS))
    rows = db.session.execute(READ, {"now": now, "every": every, "zone": find_zone()}).all()
    if not rows:
        empty = np.zeros(0, np.int64)
        return Days(empty, empty, np.zeros(0))
    customer, day, value = zip(*rows, strict=True)
    return group_by_day(
        Purchases(np.array(customer, np.int64), np.array(day, np.int64), np.array(value, np.float64))
    )


def make_fit(days: Days, *, now: datetime) -> ValueFit:
    """The row of a fit, also of one that failed with its reason."""
    until = find_day(now).toordinal() - EPOCH
    table = summarise(days, until=until)
    row = ValueFit(state=FitState.FITTED, asked_at=now, fitted_at=now, reason="", holdout={})
    row.customer_count, row.repeat_count = len(table.x), int((table.x > 0).sum())
    try:
        timing, spending = fit_timing(table), fit_spending(table)
        row.r, row.alpha, row.a, row.b = timing.r, timing.alpha, timing.a, timing.b
        row.p, row.q, row.v = spending.p, spending.q, spending.v
        row.after_id = 0
        row.holdout = _judge(days, until=until)
    except NotFittedError as error:
        row.state, row.reason = FitState.FAILED, str(error)
    return row


def _judge(days: Days, *, until: int) -> dict[str, object]:
    """A past too short to be fitted leaves the error unknown."""
    try:
        return judge(days, until=until)
    except NotFittedError as error:
        log.info("fit.not_judged", reason=str(error))
        return {}


def take_range(*, now: datetime) -> int:
    """Predict for a range of customers by the latest fit. Returns 1, 0 when all are done."""
    fit = db.session.scalar(
        select(ValueFit)
        .where(ValueFit.after_id.is_not(None))
        .order_by(ValueFit.id.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if fit is None or fit.after_id is None:
        return 0
    upto = fit.after_id + CHUNK
    predict_range(fit.after_id + 1, upto, by=fit, now=now)
    fit.after_id = upto if upto < (db.session.scalar(select(func.max(Customer.id))) or 0) else None
    db.session.flush()
    return 1


def work_fits(wake: Callable[[], None]) -> int:
    """One step: a fit when the last is a week old, else a range of predictions."""
    del wake
    now = clock.business_now()
    with transaction():
        is_time = fit_calendar.is_time(now)
    if is_time:
        fit_now(now=now)
        return 1
    with transaction():
        return take_range(now=now)
