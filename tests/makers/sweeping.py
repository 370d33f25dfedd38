"""Leaves the database behind a test that really commits as the tests after it expect it: empty but for our mails."""

from collections.abc import Sequence

from sqlalchemy import Table, delete, func, literal, or_, select, text, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable

from hub.content.actions import publish_builtin_templates
from hub.content.catalog import list_keys
from hub.content.models import MessageTemplate, TemplateVersion
from hub.core.db import Base, transaction
from tests.conftest import TUESDAY

FEW = 150
OURS = select(MessageTemplate.id).where(MessageTemplate.key.in_(list_keys()))
OF_TEST = {
    TemplateVersion: or_(
        TemplateVersion.number > 1, TemplateVersion.is_own, TemplateVersion.template_id.not_in(OURS)
    ),
    MessageTemplate: MessageTemplate.id.not_in(OURS),
}
"""What tests write beside the mails that every start delivers."""
DELIVERED = tuple(row.__tablename__ for row in OF_TEST)
LEDGER = "consent_entries"
"""Nobody may delete a row of it."""


def sweep() -> None:
    """Empty every table that has rows of a test. Ids are not restarted: what a process has cached by id stays true.

    To truncate takes all tables that refer to them along, which costs more than most tests: a few rows are deleted.
    """
    with transaction() as session:
        counts = {name: count for name, count in session.execute(_count_filled()).all() if count}
        if counts.pop(LEDGER, 0):
            session.execute(text(f"TRUNCATE {LEDGER} CASCADE"))
        for name in DELIVERED:
            counts.pop(name, None)
        filled = [table for table in reversed(Base.metadata.sorted_tables) if table.name in counts]
        if filled and (max(counts.values()) > FEW or not _can_delete(session, filled)):
            names = ", ".join(table.name for table in filled)
            session.execute(text(f"TRUNCATE {names} CASCADE"))
        for row, of_test in OF_TEST.items():
            session.execute(delete(row).where(of_test))
        publish_builtin_templates(now=TUESDAY)


def _can_delete(session: Session, filled: Sequence[Table]) -> bool:
    """False when a process that was just killed has left another row meanwhile."""
    try:
        with session.begin_nested():
            for table in filled:
                session.execute(delete(table))
    except IntegrityError:
        return False
    return True


def _count_filled() -> Executable:
    """How many rows each table has; no more than one above FEW are counted."""
    counts = (
        (table.name, select(literal(1)).select_from(table).limit(FEW + 1).subquery())
        for table in Base.metadata.sorted_tables
    )
    return union_all(
        *(
            select(literal(name), select(func.count()).select_from(rows).scalar_subquery())
            for name, rows in counts
        )
    )
