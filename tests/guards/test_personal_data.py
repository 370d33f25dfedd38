"""Every table and column that may hold something about a customer says what an erasure does with it."""

import pytest
from sqlalchemy import Date, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from hub import models
from hub.core.db import Base
from hub.core.personal import Apart, Held
from hub.identity.holding import EVERYTHING, HELD, ROOMS

assert models.ALL
TABLES = Base.metadata.tables


def _speaks(table: Table) -> set[str]:
    """Columns that can say something about a person: words, JSON, bytes, days; not enums, numbers and moments."""
    kinds = (Text, JSONB, LargeBinary, Date, TSVECTOR)
    return {
        column.name
        for column in table.columns
        if isinstance(getattr(column.type, "impl", column.type), kinds)
        and not getattr(column.type, "enums", None)
    }


def test_every_table_is_declared_once() -> None:
    declared = [holding.table for holding in EVERYTHING]
    assert sorted(declared) == sorted(TABLES), "Declare it in hub/<room>/holding.py: what does an erasure do?"


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.table)
def test_every_column_of_a_customers_row_is_emptied_or_kept_with_a_reason(held: Held) -> None:
    table = TABLES[held.table]
    named = {*held.blank, *held.blank_to, *held.keep, *held.scrub, *held.hidden}
    assert named <= set(table.columns.keys())
    assert not (set(held.blank) | set(held.blank_to)) & set(held.keep)
    if not held.is_deleted:
        unsaid = _speaks(table) - {*held.blank, *held.blank_to, *held.keep}
        assert unsaid == set(), f"{held.table}: what does an erasure do with {sorted(unsaid)}?"
    assert all(reason.strip() for reason in held.keep.values())


def test_what_is_apart_says_why() -> None:
    apart = [holding for holding in EVERYTHING if isinstance(holding, Apart)]
    for holding in apart:
        assert holding.why.strip()
        assert set(holding.scrub) <= _speaks(TABLES[holding.table])


def test_a_table_that_names_a_customer_is_not_apart() -> None:
    """Neither by its column nor by a foreign key."""
    for holding in EVERYTHING:
        if isinstance(holding, Apart):
            columns = TABLES[holding.table].columns
            assert "customer_id" not in columns, holding.table
            keys = {key.column.table.name for column in columns for key in column.foreign_keys}
            assert "customers" not in keys, holding.table


def test_who_finds_rows_by_those_of_another_room_comes_before_it() -> None:
    """What a condition reads must not have been emptied: tickets have no requester, messages no recipient afterwards."""
    order = list(ROOMS)
    room_of = {holding.table: name for name, room in ROOMS.items() for holding in room}
    for reader, read in (("tickets", "requester_address"), ("outbound_messages", "recipient")):
        for held in HELD:
            if held.table != reader and f"FROM {reader}" in held.mine and read in held.mine:
                assert order.index(room_of[held.table]) <= order.index(room_of[reader]), held.table
    for name, room in ROOMS.items():
        tables = [holding.table for holding in room]
        for place, holding in enumerate(room):
            if isinstance(holding, Held):
                earlier = [table for table in tables[:place] if f"FROM {table} " in holding.mine]
                assert not earlier, (
                    f"{name}: {holding.table} is found by {earlier}, which are emptied before it"
                )
