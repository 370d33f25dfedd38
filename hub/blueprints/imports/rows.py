"""The rows of a report: by kind of finding, by outcome, and one with all of its cells."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.imports import words
from hub.blueprints.imports.base import blueprint, get_shown
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.imports import people, queries
from hub.customers.imports.rows import FileRow, ImportFile
from hub.customers.imports.words import ImportState, RowOutcome, RowReason
from hub.customers.queries import get_customers
from hub.customers.rules import show_phone
from hub.staff.words import Permission


@blueprint.get("/<int:import_id>/findings/<kind>")
def show_kind(import_id: int, kind: str) -> ResponseReturnValue:
    """Every row in which something of this kind was found, each with its fix."""
    one, after = get_shown(import_id), request.args.get("after")
    page = queries.list_findings(import_id, kind, after)
    return render_template(
        "imports/kind.html",
        one=one,
        kind=kind,
        page=page,
        after=after,
        is_ignored=kind in one["row"].choices.ignored,
        may_change=one["row"].state is ImportState.CHECKED,
    )


@blueprint.get("/<int:import_id>/rows")
def list_rows(import_id: int) -> ResponseReturnValue:
    """Row by row, all or those of one outcome."""
    outcome, reason = _asked(RowOutcome, "outcome"), _asked(RowReason, "reason")
    after, keep = request.args.get("after"), {"outcome": outcome, "reason": reason}
    page = queries.list_rows(import_id, outcome, after, reason=reason)
    return render_template(
        "imports/rows.html",
        one=get_shown(import_id),
        outcome=outcome,
        lines=[_line(row) for row in page.rows],
        newer_href=_rows_href(import_id, None, keep) if after else None,
        older_href=_rows_href(import_id, page.next_key, keep) if page.next_key else None,
    )


def _rows_href(import_id: int, after: str | None, keep: dict[str, Any]) -> str:
    return url_for("imports.list_rows", import_id=import_id, after=after, **keep)


def _asked(kind: Any, name: str) -> Any:
    word = request.args.get(name, "")
    if word and word not in set(kind):
        raise Invalid(N_("This list does not exist. Please choose one of those shown."), field=name)
    return kind(word) if word else None


def _line(row: FileRow) -> dict[str, Any]:
    names = [row.values.get(name, "") for name in ("first_name", "last_name")]
    text, tone = words.outcome_words(row.outcome)
    return {
        "row": row.row,
        "name": " ".join(filter(None, names)) or row.values.get("company", "") or " ".join(row.cells)[:60],
        "address": row.values.get("mail") or row.values.get("mobile") or row.values.get("phone") or "",
        "outcome": text,
        "tone": tone,
        "reason": words.reason_words(row.reason),
        "customer_id": row.customer_id,
    }


@blueprint.get("/<int:import_id>/customers")
def list_customers(import_id: int) -> ResponseReturnValue:
    """Whom the import made or changed, also once file and rows are deleted; a way to make a segment of them."""
    one, after = get_shown(import_id), request.args.get("after")
    page = people.list_people(import_id, after)
    found = get_customers(page.rows)
    return render_template(
        "imports/customers.html",
        one=one,
        customers=[found[each] for each in page.rows if each in found],
        show_phone=show_phone,
        may_segment=viewer().may(Permission.EDIT_SEGMENTS),
        is_later=bool(after),
        next_key=page.next_key,
    )


@blueprint.get("/<int:import_id>/rows/<int:place>")
def show_row(import_id: int, place: int) -> ResponseReturnValue:
    """One row with all its cells, what was found, and a field for each cell."""
    one = get_shown(import_id)
    row = queries.get_row(import_id, place)
    return render_template(
        "imports/row.html",
        one=one,
        line=row,
        cells=list_cells(one["row"], row),
        found=queries.list_row_findings(import_id, place),
        outcome=words.outcome_words(row.outcome),
        may_change=one["row"].state is ImportState.CHECKED,
    )


def list_cells(file: ImportFile, row: FileRow) -> list[dict[str, str]]:
    """The matched cells: as read, as corrected, as they would be written."""
    cells = []
    for place, field in sorted(file.mapping.items()):
        read = row.cells[place] if place < len(row.cells) else ""
        cells.append(
            {
                "field": field,
                "heading": file.headings[place] if place < len(file.headings) else "",
                "read": read,
                "value": row.edits.get(field, read),
                "clean": words.value_words(field, row.values.get(field, "")),
            }
        )
    return cells
