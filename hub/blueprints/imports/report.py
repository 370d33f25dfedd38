"""One import: how far it is, its report by kind of finding, what was not taken, and its undo."""

import csv
import io
from collections.abc import Iterator

from flask import Response, make_response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.imports import words
from hub.blueprints.imports.base import back, blueprint, get_shown, refused
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.customers.handing_out import note_list
from hub.customers.imports import actions, queries
from hub.customers.imports.words import ImportState
from hub.signups.rules import safe_cell

REPORTED = frozenset(
    {ImportState.CHECKED, ImportState.APPLIED, ImportState.UNDONE, ImportState.CANCELLED, ImportState.FAILED}
)


@blueprint.get("/<int:import_id>")
def show(import_id: int) -> ResponseReturnValue:
    """The page of the step the import is at; for htmx how far it is."""
    one = get_shown(import_id)
    if wants_fragment():
        return _progress(one)
    if one["row"].state is ImportState.MATCHING:
        return back(import_id, "match_columns")
    is_shown = one["row"].state in REPORTED and one["row"].purged_at is None
    kinds = queries.list_kinds(import_id, one["row"].choices) if is_shown else []
    same_at = queries.find_same_file(import_id)
    return render_template("imports/show.html", one=one, kinds=kinds, same_at=same_at)


def _progress(one: dict[str, object]) -> Response:
    """A fragment while the work goes on; once it has ended the page is asked for anew."""
    answer = make_response(render_template("imports/_progress.html", one=one))
    if not one["is_under_way"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/<int:import_id>/apply")
def start(import_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.apply_import(import_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, import_id)
    return back(import_id)


@blueprint.post("/<int:import_id>/stop")
def stop(import_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.stop_import(import_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, import_id)
    return back(import_id)


@blueprint.get("/<int:import_id>/undo")
def confirm_undo(import_id: int) -> ResponseReturnValue:
    """What the undo will do, before the button; afterwards what it could not take back."""
    after = request.args.get("after")
    page = queries.list_undone(import_id, after)
    return render_template("imports/undo.html", one=get_shown(import_id), page=page, is_later=bool(after))


@blueprint.post("/<int:import_id>/undo")
def undo(import_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.undo_import(import_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, import_id)
    return back(import_id)


@blueprint.get("/<int:import_id>/not-taken.csv")
def not_taken(import_id: int) -> ResponseReturnValue:
    """Every row, and every value, that was not taken, as it stood in the file, with the reason."""
    row = queries.get_import(import_id)
    with transaction():
        note_list("import", import_id=import_id, by=viewer().actor, now=clock.business_now())
    lines = stream_with_context(_lines(import_id, row.headings))
    head = {
        "Content-Disposition": as_download(
            f"{row.file_name.rpartition('.')[0] or row.file_name}-not-taken.csv"
        )
    }
    return Response(lines, mimetype="text/csv; charset=utf-8", headers=head)


def _lines(import_id: int, headings: tuple[str, ...]) -> Iterator[str]:
    yield "\ufeff" + _line([words.say_row(), words.say_outcome(), words.say_reason(), *headings])
    for row, findings in queries.walk_not_taken(import_id):
        outcome = words.outcome_words(row.outcome)[0]
        found = [f"{words.field_words(each.field)}: {words.kind_words(each.kind)}" for each in findings]
        reason = " | ".join(filter(None, [words.reason_words(row.reason), *dict.fromkeys(found)]))
        yield _line([str(row.row), outcome, reason, *row.cells])


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return written.getvalue()
