"""Leaves an empty database behind a test that really commits, since the tests after it expect one."""

from typing import cast

from sqlalchemy import Table, exists, literal, select, text, union_all
from sqlalchemy.sql.base import Executable

from hub.core.db import Base, transaction


def sweep() -> None:
    """Empty every table that has rows. Ids are not restarted: what a process has cached by id stays true.

    To truncate the hundred others as well would cost more than most tests.
    """
    with transaction() as session:
        filled = session.scalars(_names_of_filled()).all()
        if filled:
            session.execute(text(f"TRUNCATE {', '.join(filled)} CASCADE"))


def _names_of_filled() -> Executable:
    tables = [cast(Table, table) for table in Base.metadata.sorted_tables]
    return union_all(
        *(
            select(literal(table.name)).where(exists(select(literal(1)).select_from(table)))
            for table in tables
        )
    )
