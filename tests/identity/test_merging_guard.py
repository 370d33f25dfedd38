"""Every column that names a customer is covered by a merge, and by the trigger that makes late rows follow it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from hub import models
from hub.core.db import Base
from hub.customers.merging.owning import Fate
from hub.identity.reassigning import list_owned

assert models.ALL
FOLLOWING = text(
    "SELECT event_object_table, event_manipulation FROM information_schema.triggers"
    " WHERE trigger_name LIKE '%follow_merge'"
)


def columns_of_customers() -> set[tuple[str, str]]:
    """By name or by foreign key."""
    return {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("customer_id")
        or any(key.target_fullname == "customers.id" for key in column.foreign_keys)
    }


def test_each_column_that_names_a_customer_has_its_fate() -> None:
    told = [(each.table.name, each.column) for each in list_owned()]
    assert len(told) == len(set(told))
    assert columns_of_customers() == set(told), "name it in the `reassigning.py` of its room"


def test_rows_that_come_late_follow_the_merge(session: Session) -> None:
    moved = {each.table.name for each in list_owned() if each.fate is Fate.MOVED}
    following = {tuple(row) for row in session.execute(FOLLOWING)}
    missing = {
        (table, event) for table in moved for event in ("INSERT", "UPDATE") if (table, event) not in following
    }
    assert missing == set(), "its migration creates the trigger <table>_follow_merge, as 0030 and 0037 do"
