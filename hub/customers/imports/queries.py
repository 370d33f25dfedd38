"""What pages ask about imports: the list, the report by kind of finding, rows one by one, what was not taken."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Select, Text, func, literal, select, tuple_

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.hygiene.findings import Severity
from hub.customers.imports.choosing import Choices, choices_of
from hub.customers.imports.models import CustomerImport, ImportEffect, ImportFinding, ImportRow
from hub.customers.imports.rows import FileRow, FindingRow, ImportFile, KindCount
from hub.customers.imports.words import ImportState, RowOutcome, RowReason, UndoOutcome

PAGE_SIZE = 30
LIST_SIZE = 100
EXAMPLES = 3
WRITTEN = 2000
"""How many rows of the file of what was not taken are fetched at once."""
_TEXTS = ARRAY(Text)
NOT_TAKEN = (RowOutcome.REFUSED, RowOutcome.SKIPPED)


def get_import(import_id: int) -> ImportFile:
    """Raises NotFound."""
    row = db.session.get(CustomerImport, import_id, populate_existing=True)
    if row is None:
        raise NotFound(N_("This import does not exist. Please go back to the list."))
    return _file_of(row)


def list_imports() -> list[ImportFile]:
    """The latest imports, newest first."""
    found = select(CustomerImport).order_by(CustomerImport.id.desc()).limit(LIST_SIZE)
    return [_file_of(row) for row in db.session.scalars(found.execution_options(populate_existing=True))]


def find_same_file(import_id: int) -> datetime | None:
    """When the very same file was handed in before this one."""
    this = select(CustomerImport.digest).where(CustomerImport.id == import_id).scalar_subquery()
    found = select(func.max(CustomerImport.created_at)).where(
        CustomerImport.digest == this,
        CustomerImport.id < import_id,
        CustomerImport.state != ImportState.CANCELLED,
    )
    return db.session.scalar(found)


def _file_of(row: CustomerImport) -> ImportFile:
    plain = {
        name: getattr(row, name)
        for name in ImportFile.__dataclass_fields__
        if name not in {"headings", "samples", "mapping", "choices"}
    }
    return ImportFile(
        headings=tuple(row.headings),
        samples=tuple(map(tuple, row.samples)),
        mapping={int(place): field for place, field in row.mapping.items()},
        choices=choices_of(row.choices),
        **plain,
    )


def list_kinds(import_id: int, choices: Choices) -> list[KindCount]:
    """The report: each kind with its count and some examples, the gravest and most frequent first."""
    found = ImportFinding
    counted = (
        select(found.kind, func.min(found.severity), func.count(), func.count(found.suggestion))
        .where(found.import_id == import_id)
        .group_by(found.kind)
    )
    rows = db.session.execute(counted).all()
    examples = _examples(import_id, [kind for kind, *_ in rows])
    kinds = [
        KindCount(
            kind, Severity(severity), count, fixable, kind in choices.ignored, tuple(examples.get(kind, ()))
        )
        for kind, severity, count, fixable in rows
    ]
    grave = list(Severity)
    return sorted(
        kinds, key=lambda each: (each.is_ignored, grave.index(each.severity), -each.count, each.kind)
    )


def _examples(import_id: int, kinds: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """The first few of each kind, each by its index."""
    names = (
        func.unnest(literal(list(kinds), type_=_TEXTS)).table_valued("kind", name="asked").render_derived()
    )
    found = ImportFinding
    few = (
        select(found.value, found.suggestion, found.other, found.row)
        .where(found.import_id == import_id, found.kind == names.c.kind)
        .order_by(found.row, found.position)
        .limit(EXAMPLES)
        .lateral()
    )
    shown: dict[str, list[tuple[str, str]]] = {}
    for kind, value, suggestion, other in db.session.execute(
        select(names.c.kind, few.c.value, few.c.suggestion, few.c.other)
    ):
        shown.setdefault(kind, []).append((value, suggestion or other or ""))
    return shown


def list_findings(
    import_id: int, kind: str, after: str | None = None, size: int = PAGE_SIZE
) -> Page[FindingRow]:
    """Findings of one kind in the order of the file, each with whose row it is."""
    found = ImportFinding
    asked = (
        select(found, ImportRow.values, ImportRow.outcome)
        .join(ImportRow, (ImportRow.import_id == found.import_id) & (ImportRow.row == found.row))
        .where(found.import_id == import_id, found.kind == kind)
        .order_by(found.row, found.position)
        .limit(size + 1)
    )
    if after:
        asked = asked.where(tuple_(found.row, found.position) > tuple_(*map(literal, _place(after, 2))))
    rows = [_finding_of(row, values, outcome) for row, values, outcome in db.session.execute(asked)]
    return make_page(rows, size=size, key=lambda each: (each.row, each.position))


def list_row_findings(import_id: int, place: int) -> list[FindingRow]:
    """All that was found in one row."""
    asked = select(ImportFinding).where(ImportFinding.import_id == import_id, ImportFinding.row == place)
    asked = asked.order_by(ImportFinding.position)
    return [_finding_of(row, {}, RowOutcome.NEW) for row in db.session.scalars(asked)]


def _finding_of(row: ImportFinding, values: Mapping[str, str], outcome: RowOutcome) -> FindingRow:
    names = [values.get(name, "") for name in ("first_name", "last_name")]
    return FindingRow(
        row.row,
        row.position,
        row.kind,
        Severity(row.severity),
        row.field,
        row.value,
        row.suggestion,
        row.other,
        " ".join(filter(None, names)) or values.get("company", "") or values.get("mail", ""),
        outcome,
    )


def list_rows(
    import_id: int,
    outcome: RowOutcome | None,
    after: str | None = None,
    size: int = PAGE_SIZE,
    reason: RowReason | None = None,
) -> Page[FileRow]:
    """Rows in the order of the file, all or those of one outcome."""
    asked = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.row).limit(size + 1)
    if outcome is not None:
        asked = asked.where(ImportRow.outcome == outcome)
    if reason is not None:
        asked = asked.where(ImportRow.reason == reason)
    if after:
        asked = asked.where(ImportRow.row > _place(after, 1)[0])
    rows = [_row_of(row) for row in db.session.scalars(asked)]
    return make_page(rows, size=size, key=lambda each: (each.row,))


def get_row(import_id: int, place: int) -> FileRow:
    """Raises NotFound."""
    row = db.session.get(ImportRow, (import_id, place), populate_existing=True)
    if row is None:
        raise NotFound(N_("This row is not in the file. Please go back to the report."))
    effect = db.session.get(ImportEffect, (import_id, place), populate_existing=True)
    shown = _row_of(row)
    is_there = effect is not None and effect.undone is not UndoOutcome.REMOVED
    return replace(shown, customer_id=effect.customer_id) if effect is not None and is_there else shown


def _row_of(row: ImportRow) -> FileRow:
    return FileRow(
        row.row,
        tuple(row.cells),
        row.values,
        row.edits,
        row.outcome,
        row.reason,
        row.same_as,
        row.customer_id,
        row.choice,
    )


def _place(after: str, count: int) -> list[int]:
    values = decode_key(after)
    if len(values) != count or not all(isinstance(value, int) for value in values):
        raise Invalid(N_("This page address is not valid. Please start again from the first page."))
    return values


def walk_not_taken(import_id: int) -> Iterator[tuple[FileRow, list[FindingRow]]]:
    """Rows that were refused or skipped, and rows of which a value was left out, with what was found in them."""
    after = 0
    errors = select(ImportFinding.row).where(
        ImportFinding.import_id == import_id, ImportFinding.severity == Severity.ERROR
    )
    while True:
        asked: Select[Any] = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.row > after)
        asked = asked.where(ImportRow.outcome.in_(NOT_TAKEN) | ImportRow.row.in_(errors))
        rows = [_row_of(row) for row in db.session.scalars(asked.order_by(ImportRow.row).limit(WRITTEN))]
        if not rows:
            return
        found = _findings_by_row(import_id, [row.row for row in rows])
        yield from ((row, found.get(row.row, [])) for row in rows)
        after = rows[-1].row
        db.session.expire_all()


def _findings_by_row(import_id: int, places: Collection[int]) -> dict[int, list[FindingRow]]:
    asked = select(ImportFinding).where(
        ImportFinding.import_id == import_id, among(ImportFinding.row, places)
    )
    asked = asked.where(ImportFinding.severity == Severity.ERROR).order_by(
        ImportFinding.row, ImportFinding.position
    )
    found: dict[int, list[FindingRow]] = {}
    for row in db.session.scalars(asked):
        found.setdefault(row.row, []).append(_finding_of(row, {}, RowOutcome.NEW))
    return found


def list_undone(
    import_id: int, after: str | None = None, size: int = PAGE_SIZE
) -> Page[tuple[int, int, UndoOutcome, tuple[str, ...]]]:
    """Rows of which the undo could not take everything back: (row, customer, outcome, what stands in the way)."""
    effect, stays = ImportEffect, (UndoOutcome.KEPT, UndoOutcome.PARTLY)
    asked = select(effect).where(effect.import_id == import_id, effect.undone.in_(stays))
    if after:
        asked = asked.where(effect.row > _place(after, 1)[0])
    found = db.session.scalars(asked.order_by(effect.row).limit(size + 1))
    rows = [(row.row, row.customer_id, UndoOutcome(str(row.undone)), tuple(row.undo_note)) for row in found]
    return make_page(rows, size=size, key=lambda each: (each[0],))
