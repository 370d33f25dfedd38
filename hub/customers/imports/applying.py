"""The apply: rows of the dry run written to the base, batch by batch, each with what it did."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import defer

from hub.core.actor import Actor
from hub.core.batches import table_of
from hub.core.db import db
from hub.core.words import Language
from hub.customers import rules as house_rules
from hub.customers.hygiene.findings import PROPERTY
from hub.customers.identity import confirm_by_use
from hub.customers.imports.adding import add_claims
from hub.customers.imports.consenting import Saying, record_sayings
from hub.customers.imports.copying import copy_rows, draw_ids
from hub.customers.imports.desk import Desk, line_of_row
from hub.customers.imports.models import ImportEffect, ImportFinding, ImportRow
from hub.customers.imports.rules import FIELDS, Held, Line, Plan, World, plan_row
from hub.customers.imports.words import ImportKind, RowOutcome, RowReason
from hub.customers.imports.world import TAKEN, load_world
from hub.customers.models import Customer
from hub.customers.words import AddressKind, ConsentAction, Title

log = structlog.get_logger(__name__)
EFFECT_COLUMNS = (
    "import_id",
    "row",
    "customer_id",
    "is_new",
    "before",
    "after",
    "made",
    "undone",
    "undo_note",
)
MADE = (RowOutcome.NEW, RowOutcome.UPDATED)
Done = tuple[ImportRow, Line, Plan]


def list_next(import_id: int, after: int, size: int) -> list[ImportRow]:
    """The next rows in the order of the file."""
    found = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.row > after)
    found = found.order_by(ImportRow.row).limit(size).options(*_WHAT_IS_APPLIED)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


_WHAT_IS_APPLIED = defer(ImportRow.cells), defer(ImportRow.edits)


def apply_rows(desk: Desk, rows: Sequence[ImportRow], *, by: Actor) -> None:
    """Write rows; one that breaks is refused alone, found by halving what broke."""
    try:
        with db.session.begin_nested():
            _apply(desk, rows, by)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        if len(rows) == 1:
            log.exception("import.row_refused", import_id=desk.import_id, row=rows[0].row)
            _refuse(rows[0])
            return
        half = len(rows) // 2
        apply_rows(desk, rows[:half], by=by)
        apply_rows(desk, rows[half:], by=by)


def _refuse(row: ImportRow) -> None:
    note_failed(row.import_id, row.row)
    row.outcome, row.reason = RowOutcome.REFUSED, RowReason.FAILED
    db.session.flush()


def note_failed(import_id: int, place: int) -> None:
    """Say in the report that a row of the dry run could not be taken."""
    failed = ImportKind.ROW_FAILED.value
    position = 1000  # behind all that was found in it
    finding = ImportFinding(import_id=import_id, row=place, position=position, kind=failed)
    finding.severity, finding.field, finding.value = "error", "", ""
    db.session.merge(finding)


def _apply(desk: Desk, rows: Sequence[ImportRow], by: Actor) -> None:
    due = [row for row in rows if row.reason is not RowReason.FAILED]
    lines = [line_of_row(desk, row) for row in due]
    world = load_world(lines, desk.choices.purpose, is_locked=True)
    choices = desk.choices
    done = [
        (row, line, plan_row(line, world, clash=choices.clash, duplicates=choices.duplicates))
        for row, line in zip(due, lines, strict=True)
    ]
    _type_properties(desk, [plan for _, _, plan in done])
    _make_customers([plan for _, _, plan in done], desk.now)
    _change_customers([plan for _, _, plan in done], desk.now)
    added = add_claims([(line.row, plan) for _, line, plan in done], now=desk.now)
    confirm_by_use(_list_used(world, done))
    said = _record_wishes(desk, done, by)
    _keep_effects(desk, done, added, said)
    for row, _, plan in done:
        _correct(row, plan)
    db.session.flush()


def _list_used(world: World, done: Sequence[Done]) -> list[int]:
    """Addresses that only a form had told and that a row names which was taken, as those of its customer."""
    named = [(key, plan) for _, line, plan in done if plan.outcome in TAKEN for key in line.keys]
    return [
        world.unconfirmed[key]
        for key, plan in named
        if key in world.unconfirmed and world.owners.get(key) is plan.held
    ]


def _type_properties(desk: Desk, plans: Sequence[Plan]) -> None:
    for plan in plans:
        for name, value in plan.after.items():
            if name.startswith(PROPERTY) and plan.held:
                plan.held.properties[name.removeprefix(PROPERTY)] = desk.typed(name, value)


def _make_customers(plans: Sequence[Plan], now: datetime) -> None:
    new = [plan.held for plan in plans if plan.outcome is RowOutcome.NEW and plan.held]
    anchors = {id(plan.held): plan.added[0][0][1] for plan in plans if plan.outcome is RowOutcome.NEW}
    for held, customer_id in zip(new, draw_ids(Customer, len(new)), strict=True):
        held.customer_id = customer_id
    names = ("id", *FIELDS, "properties", "sort_key", "created_at", "updated_at")
    rows = (
        [held.customer_id, *columns_of(held).values(), _sort_key(held, anchors[id(held)]), now, now]
        for held in new
    )
    copy_rows(Customer, names, rows)


def columns_of(held: Held) -> dict[str, Any]:
    """What the customer is, as his columns hold it."""
    given: dict[str, Any] = {name: held.fields.get(name, "") for name in FIELDS}
    given["title"] = Title(given["title"]) if given["title"] else None
    given["birth_on"] = date.fromisoformat(given["birth_on"]) if given["birth_on"] else None
    given["country"] = given["country"] or house_rules.HOME
    given["language"] = Language(given["language"] or Language.FRENCH)
    given["preferred_store_id"] = int(given["preferred_store_id"]) if given["preferred_store_id"] else None
    return given | {"properties": held.properties}


def _sort_key(held: Held, anchor: str = "") -> str:
    return house_rules.sort_key_of(*held.names, otherwise=held.fields.get("company", "") or anchor)


def _change_customers(plans: Sequence[Plan], now: datetime) -> None:
    """Those that were known before the batch, each once, as they are after it."""
    new = {id(plan.held) for plan in plans if plan.outcome is RowOutcome.NEW}
    changed = {
        id(plan.held): plan.held for plan in plans if plan.after and plan.held and id(plan.held) not in new
    }
    if not changed:
        return
    table = table_of(Customer)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*FIELDS, "properties", "sort_key")}
    statement = update(table).where(table.c.id == bindparam("this")).values(**values, updated_at=now)
    rows = []
    for held in changed.values():
        given = {f"new_{name}": value for name, value in columns_of(held).items()}
        rows.append({"this": held.customer_id, "new_sort_key": _sort_key(held) or held.sort_key, **given})
    db.session.connection().execute(statement, rows)


def _record_wishes(desk: Desk, done: Sequence[Done], by: Actor) -> dict[int, list[int]]:
    """The ledger entries by row."""
    places: list[int] = []
    sayings: list[Saying] = []
    for _, line, plan in done:
        for wish in plan.wishes:
            places.append(line.row)
            sayings.append(
                Saying(
                    customer_id=plan.held.customer_id if plan.held and plan.held.customer_id else 0,
                    kind=AddressKind(wish.kind),
                    address=wish.address,
                    channel=wish.channel,
                    purpose=desk.choices.purpose,
                    action=ConsentAction.GIVEN if wish.is_given else ConsentAction.WITHDRAWN,
                    wording=wish.proof.wording,
                    version=VERSION,
                    point=wish.proof.source or VERSION,
                    happened_at=wish.proof.happened_at or desk.now,
                    evidence={"import_id": desk.import_id, "row": line.row},
                )
            )
    found: dict[int, list[int]] = {}
    for place, entry_id in zip(places, record_sayings(sayings, by=by, now=desk.now), strict=True):
        found.setdefault(place, []).append(entry_id)
    return found


VERSION = "import"


def _keep_effects(
    desk: Desk, done: Sequence[Done], added: dict[int, dict[str, Any]], said: dict[int, list[int]]
) -> None:
    rows: Iterator[list[Any]] = (
        [
            desk.import_id,
            line.row,
            plan.held.customer_id,
            plan.outcome is RowOutcome.NEW,
            plan.before,
            plan.after,
            {**added.get(line.row, {}), "consents": said.get(line.row, [])},
            None,
            [],
        ]
        for _, line, plan in done
        if plan.outcome in MADE and plan.held
    )
    copy_rows(ImportEffect, EFFECT_COLUMNS, rows)


def _correct(row: ImportRow, plan: Plan) -> None:
    """The row says what really happened, where the base changed since the dry run."""
    if (row.outcome, row.reason) != (plan.outcome, plan.reason):
        row.outcome, row.reason = plan.outcome, plan.reason
