"""Whether what a step wrote for others (an audience, a letter) still counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.plans.models import AudienceMember, Enrolment, PostalRow
from hub.plans.words import ExitReason


def still_counts(
    model: type[AudienceMember | PostalRow], since: Any, *, now: datetime
) -> ColumnElement[bool]:
    """Its time is not over; the passage goes on or has come to its end by itself; he has not bought since.

    The statement must join the enrolment.
    """
    goes_on = or_(Enrolment.exit_reason.is_(None), Enrolment.exit_reason == ExitReason.COMPLETED)
    bought = exists().where(
        Order.customer_id == model.customer_id,
        Order.placed_at > since,
        Order.state != OrderState.CANCELLED,
    )
    return and_(model.ends_at > now, goes_on, ~bought)
