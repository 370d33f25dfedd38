"""The dry run: each row of the file checked and planned, and kept with its outcome and findings, batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from hub.core.batches import among
from hub.core.db import db
from hub.customers.hygiene.findings import FindingKind, Severity
from hub.customers.imports.alike import block_keys, find_alike, person_of
from hub.customers.imports.copying import copy_rows
from hub.customers.imports.desk import Desk, Prepared, line_of_row, prepare, severity_of
from hub.customers.imports.models import ImportFinding, ImportKey, ImportRow
from hub.customers.imports.rules import BOUND, Plan, plan_row
from hub.customers.imports.words import ImportKind, RowOutcome, RowReason
from hub.customers.imports.world import hash_of, list_relatives, load_world

log = structlog.get_logger(__name__)
Planned = tuple[Prepared, Plan]
Blocks = Mapping[int, frozenset[int]]
ROW_COLUMNS = (
    "import_id",
    "row",
    "cells",
    "edits",
    "values",
    "outcome",
    "reason",
    "same_as",
    "customer_id",
    "choice",
    "is_stale",
)
FINDING_COLUMNS = (
    "import_id",
    "row",
    "position",
    "kind",
    "severity",
    "field",
    "value",
    "suggestion",
    "other",
)
VALUE_CHARS = 500


def check_batch(desk: Desk, rows: Sequence[tuple[int, list[str]]]) -> None:
    """Check rows of the file for the first time and keep them."""
    prepared = [prepare(desk, number, cells, {}) for number, cells in rows]
    lines = [each.line for each in prepared]
    keys = {key for line in lines for key in line.keys}
    earlier = list_relatives(desk.import_id, keys, before_row=rows[0][0]) if keys else []
    before = [line_of_row(desk, row) for row in earlier]
    world = load_world([*before, *lines], desk.choices.purpose)
    for line in before:
        _plan(desk, line, world)
    planned = [(each, _planned(desk, each, world)) for each in prepared]
    blocks = _note_alike(desk, planned, before_row=rows[0][0])
    _keep(desk, planned, blocks)


def _note_alike(desk: Desk, planned: Sequence[Planned], *, before_row: int) -> Blocks:
    """Rows that would make a new customer and are probably known already, or stand further up in another spelling.

    Returns the keys of all rows under which the next ones look for their like.
    """
    people = {each.row: person_of(each.row, each.values) for each, _ in planned}
    blocks = {row: block_keys(person) for row, person in people.items()}
    new = [each for each, plan in planned if plan.outcome is RowOutcome.NEW]
    found = find_alike(desk.import_id, [people[each.row] for each in new], blocks, before_row=before_row)
    for each in new:
        if each.row not in found:
            continue
        row, customer_id, name = found[each.row]
        kind = FindingKind.DUPLICATE_IN_BASE if customer_id else ImportKind.ALIKE_IN_FILE
        each.alike = (kind, BOUND, name, str(customer_id)) if customer_id else (kind, "", "", str(row))
    return blocks


def check_apart(desk: Desk, rows: Sequence[tuple[int, list[str]]]) -> None:
    """As `check_batch`; a row that breaks it is refused alone, found by halving what broke."""
    try:
        with db.session.begin_nested():
            check_batch(desk, rows)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        if len(rows) == 1:
            log.exception("import.row_refused", import_id=desk.import_id, row=rows[0][0])
            refuse_row(desk, *rows[0])
            return
        half = len(rows) // 2
        check_apart(desk, rows[:half])
        check_apart(desk, rows[half:])


def recheck(desk: Desk, stale: Sequence[ImportRow]) -> None:
    """Check rows again after a person changed something, with all rows of the file that are the same customers."""
    again = {row.row: _prepared_anew(desk, row) for row in stale}
    keys = {key for each in again.values() for key in each.line.keys}
    keys |= {key for row in stale for key in line_of_row(desk, row).keys}
    around = list_relatives(desk.import_id, keys, rows=again)
    for row in around:
        again.setdefault(row.row, _prepared_anew(desk, row))
    prepared = [again[place] for place in sorted(again)]
    world = load_world([each.line for each in prepared], desk.choices.purpose)
    planned = [(each, _planned(desk, each, world)) for each in prepared]
    blocks = _note_alike(desk, planned, before_row=prepared[0].row if prepared else 0)
    for kind in (ImportFinding, ImportKey, ImportRow):
        gone = delete(kind).where(kind.import_id == desk.import_id, among(kind.row, again))
        db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.expire_all()
    _keep(desk, planned, blocks)


def recheck_stale(desk: Desk, limit: int) -> int:
    """Check so many of the rows again that wait for it; returns how many."""
    found = select(ImportRow).where(ImportRow.import_id == desk.import_id, ImportRow.is_stale)
    found = found.order_by(ImportRow.row).limit(limit).execution_options(populate_existing=True)
    stale = list(db.session.scalars(found))
    if stale:
        recheck(desk, stale)
    return len(stale)


def _prepared_anew(desk: Desk, row: ImportRow) -> Prepared:
    return prepare(desk, row.row, row.cells, row.edits, row.choice)


def _planned(desk: Desk, each: Prepared, world: Any) -> Plan:
    if each.is_failed:
        return Plan(RowOutcome.REFUSED, RowReason.FAILED, notes=[(ImportKind.ROW_FAILED, "", "", None)])
    if each.is_erased:
        return Plan(RowOutcome.SKIPPED, RowReason.EMPTY, notes=[(ImportKind.ERASED, "", "", None)])
    return _plan(desk, each.line, world)


def _plan(desk: Desk, line: Any, world: Any) -> Plan:
    return plan_row(line, world, clash=desk.choices.clash, duplicates=desk.choices.duplicates)


def _keep(desk: Desk, planned: Sequence[Planned], blocks: Blocks) -> None:
    copy_rows(ImportRow, ROW_COLUMNS, (_row(desk, *each) for each in planned))
    copy_rows(ImportFinding, FINDING_COLUMNS, _findings(desk, planned))
    keys = (
        (desk.import_id, key, each.row)
        for each, _ in planned
        for key in blocks.get(each.row, frozenset()).union(map(hash_of, each.line.keys))
    )
    copy_rows(ImportKey, ("import_id", "key", "row"), keys)


def _row(desk: Desk, each: Prepared, plan: Plan) -> list[Any]:
    return [
        desk.import_id,
        each.row,
        list(each.cells),
        dict(each.edits),
        each.values,
        plan.outcome,
        plan.reason,
        plan.same_as,
        plan.held.customer_id if plan.held else None,
        each.choice,
        False,
    ]


def _findings(desk: Desk, planned: Sequence[Planned]) -> Iterator[list[Any]]:
    for each, plan in planned:
        found: list[tuple[str, str, str, str, str | None, str | None]] = [
            (one.kind.value, one.severity.value, one.field, one.value[:VALUE_CHARS], one.suggestion, None)
            for one in each.findings
        ]
        found += [
            (str(kind), severity_of(kind).value, field, value[:VALUE_CHARS], None, other)
            for kind, field, value, other in plan.notes
        ]
        if each.alike is not None:
            kind, field, name, other = each.alike
            suggested = other if field else None
            found.append(
                (str(kind), severity_of(kind).value, field, name, suggested, None if field else other)
            )
        for position, values in enumerate(found):
            yield [desk.import_id, each.row, position, *values]


def refuse_row(desk: Desk, row: int, cells: Sequence[str]) -> None:
    """Keep a row that nothing could be done with: it broke the work on its batch."""
    failed = prepare(desk, row, [], {})
    plan = Plan(RowOutcome.REFUSED, RowReason.FAILED, notes=[(ImportKind.ROW_FAILED, "", "", None)])
    failed.cells, failed.findings, failed.values = list(cells), [], {}
    _keep(desk, [(failed, plan)], {})


def mark_stale(import_id: int) -> None:
    """All rows are to be checked again: a choice for the whole file has changed."""
    marked = update(ImportRow).where(ImportRow.import_id == import_id).values(is_stale=True)
    db.session.execute(marked.execution_options(synchronize_session=False))


def forget_rows(import_id: int) -> None:
    """Everything kept of the rows, so that the file may be read anew."""
    for kind in (ImportFinding, ImportKey, ImportRow):
        gone = delete(kind).where(kind.import_id == import_id)
        db.session.execute(gone.execution_options(synchronize_session=False))


def count_rows(import_id: int) -> dict[str, Any]:
    """Rows by outcome and by reason, and findings by how grave they are: the sums of the report, as JSON."""
    here = ImportRow.import_id == import_id
    found = (
        select(ImportRow.outcome, ImportRow.reason, func.count())
        .where(here)
        .group_by(ImportRow.outcome, ImportRow.reason)
    )
    outcomes: dict[str, int] = dict.fromkeys(RowOutcome, 0)
    reasons: dict[str, int] = {}
    for outcome, reason, count in db.session.execute(found):
        outcomes[outcome] += count
        if reason is not None:
            reasons[reason] = reasons.get(reason, 0) + count
    return {
        "outcomes": outcomes,
        "reasons": reasons,
        "rows": sum(outcomes.values()),
        "findings": _count_findings(import_id),
    }


def _count_findings(import_id: int) -> dict[str, int]:
    grave = select(ImportFinding.severity, func.count()).where(ImportFinding.import_id == import_id)
    counted: dict[str, int] = dict(db.session.execute(grave.group_by(ImportFinding.severity)).all())
    return {each.value: counted.get(each.value, 0) for each in Severity}
