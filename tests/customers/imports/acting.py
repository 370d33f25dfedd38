"""A contact file brought in by hand: what tests of imports do first."""

from collections.abc import Mapping
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.customers.imports import actions, working
from hub.customers.imports.choosing import Choices
from hub.customers.imports.models import CustomerImport, ImportEffect, ImportFinding, ImportRow
from tests.conftest import TUESDAY

COLUMNS = {0: "first_name", 1: "last_name", 2: "mail", 3: "mobile", 4: "postcode", 5: "town"}
HEADINGS = "Prénom;Nom;E-mail;Portable;Code postal;Ville"


def work() -> None:
    """All that is due, in this process."""
    while working.work_imports(lambda: None):
        pass


def hand_in(*lines: str, headings: str = HEADINGS, name: str = "contacts.csv") -> int:
    """The file is read; its columns are to be matched."""
    content = "\n".join([headings, *lines]).encode()
    with transaction():
        import_id = actions.begin_import(BytesIO(content), file_name=name, by=SYSTEM, now=TUESDAY)
    work()
    return import_id


def check(import_id: int, columns: Mapping[int, str] | None = None, **chosen: object) -> None:
    """The dry run."""
    choices = Choices(**chosen)  # type: ignore[arg-type]  # by the names of the fields
    with transaction():
        actions.choose_columns(import_id, columns or COLUMNS, choices, by=SYSTEM, now=TUESDAY)
    work()


def apply(import_id: int) -> None:
    with transaction():
        actions.apply_import(import_id, by=SYSTEM, now=TUESDAY)
    work()


def undo(import_id: int) -> None:
    with transaction():
        actions.undo_import(import_id, by=SYSTEM, now=TUESDAY)
    work()


def get(session: Session, import_id: int) -> CustomerImport:
    return session.get_one(CustomerImport, import_id, populate_existing=True)


def outcomes(session: Session, import_id: int) -> list[str]:
    """Of each row in the order of the file, with the reason: `refused no_address`."""
    found = session.execute(
        select(ImportRow.outcome, ImportRow.reason)
        .where(ImportRow.import_id == import_id)
        .order_by(ImportRow.row)
    )
    return [" ".join(filter(None, pair)) for pair in found]


def kinds(session: Session, import_id: int) -> dict[int, set[str]]:
    """What was found, by row."""
    found: dict[int, set[str]] = {}
    rows = select(ImportFinding.row, ImportFinding.kind).where(ImportFinding.import_id == import_id)
    for row, kind in session.execute(rows):
        found.setdefault(row, set()).add(kind)
    return found


def effects(session: Session, import_id: int) -> list[ImportEffect]:
    found = select(ImportEffect).where(ImportEffect.import_id == import_id).order_by(ImportEffect.row)
    return list(session.scalars(found.execution_options(populate_existing=True)))
