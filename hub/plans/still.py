"""Whether what a step wrote for others (an audience, a letter) still counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, and_, exists, func, or_

from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.plans.models import AudienceMember, Enrolment, PostalRow
from hub.plans.rules import SILENT_SINCE, SINCE
from hub.plans.words import ExitReason


def still_counts(
    model: type[AudienceMember | PostalRow], since: Any, *, now: datetime
) -> ColumnElement[bool]:
    """Its time is not over; the passage goes on or has come to its end by itself; he has not bought since.

    Nor before it, as far as that was told afterwards: a till file that comes late would have ended the passage, which may
    be over by then. What began the passage is no such order. The statement must join the enrolment.
    """
    told = Enrolment.values
    begun_at = func.coalesce(told[SILENT_SINCE].astext, told[SINCE].astext).cast(DateTime(timezone=True))
    goes_on = or_(Enrolment.exit_reason.is_(None), Enrolment.exit_reason == ExitReason.COMPLETED)
    bought = exists().where(
        Order.customer_id == model.customer_id,
        or_(
            Order.placed_at > since,
            and_(
                Order.created_at > since,
                Order.placed_at > func.coalesce(begun_at, Enrolment.anchor_at),
                Order.id != func.coalesce(told["order_id"].astext.cast(BigInteger), 0),
            ),
        ),
        Order.state != OrderState.CANCELLED,
    )
    return and_(model.ends_at > now, goes_on, ~bought)
