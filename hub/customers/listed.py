"""Which customers are there: neither erased nor merged away; and which of them are on lists and in segments."""

from sqlalchemy import ColumnElement

from hub.customers.models import Customer


def is_here() -> ColumnElement[bool]:
    """Neither erased nor merged into another."""
    return Customer.erased_at.is_(None) & Customer.merged_into_id.is_(None)


def is_listed() -> ColumnElement[bool]:
    """Who is on lists and in segments: not archived either."""
    return Customer.archived_at.is_(None) & is_here()
