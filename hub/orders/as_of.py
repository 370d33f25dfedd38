"""Conditions on orders as they were known at some moment, in SQL: the present is the moment of now."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_

from hub.orders.models import Order
from hub.orders.words import OrderState


def counted_at(at: datetime) -> ColumnElement[bool]:
    """Placed by then, and not cancelled by then: a later cancellation was not known."""
    return and_(Order.placed_at <= at, not_(_was(OrderState.CANCELLED, at)))


def kept_at(at: datetime) -> ColumnElement[bool]:
    """The same, and the whole of it had not come back by then."""
    return and_(counted_at(at), not_(_was(OrderState.RETURNED, at)))


def _was(state: OrderState, at: datetime) -> ColumnElement[bool]:
    return and_(Order.state == state, Order.state_at <= at)
