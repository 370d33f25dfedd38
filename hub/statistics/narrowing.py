"""What the reader of a figure may see and has asked for, as conditions on the column of the store."""

from typing import Any

from sqlalchemy import ColumnElement, select

from hub.staff.rules import Viewer
from hub.statistics.rules import Filters
from hub.stores.models import Store


def narrowed(filters: Filters, viewer: Viewer, column: Any) -> list[ColumnElement[bool]]:
    """Stores of the reader, and among them the one or the region of the address."""
    conditions: list[ColumnElement[bool]] = []
    if not viewer.scope.is_everything:
        conditions.append(column.in_(viewer.scope.store_ids))
    if filters.store_id is not None:
        conditions.append(column == filters.store_id)
    if filters.region_id is not None:
        conditions.append(column.in_(select(Store.id).where(Store.region_id == filters.region_id)))
    return conditions
