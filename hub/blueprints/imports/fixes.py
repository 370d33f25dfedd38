"""The report mended: suggestions, corrections by hand, rows left out, kinds not shown any more."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.imports.base import back, blueprint, refused
from hub.blueprints.imports.rows import list_cells
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import HubError
from hub.customers.imports import fixing, queries
from hub.customers.imports.words import Clash

OF_KINDS: dict[str, Callable[..., None]] = {
    "take": fixing.take_suggestions,
    "skip": fixing.skip_kind,
    "ignore": lambda *given, **values: fixing.ignore_kind(*given, is_ignored=True, **values),
    "show": lambda *given, **values: fixing.ignore_kind(*given, is_ignored=False, **values),
}


@blueprint.post("/<int:import_id>/findings/<kind>")
def fix_kind(import_id: int, kind: str) -> ResponseReturnValue:
    """For all rows of a kind at once."""
    act = OF_KINDS.get(request.form.get("act", "")) or abort(404)
    refusal = _do(lambda by: act(import_id, kind, **by), import_id)
    if refusal is not None:
        return refusal
    flash(gettext("Done for all rows of this kind."), "ok")
    return back(import_id)


@blueprint.post("/<int:import_id>/rows/<int:place>/fix")
def fix_row(import_id: int, place: int) -> ResponseReturnValue:
    """Take what is suggested for one finding."""
    word = request.form.get("position", "")
    position = int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1  # noqa: PLR2004 - no row has more
    refusal = _do(lambda by: fixing.take_suggestion(import_id, place, position, **by), import_id)
    return refusal or _return(import_id, place)


@blueprint.post("/<int:import_id>/rows/<int:place>/decide")
def decide_row(import_id: int, place: int) -> ResponseReturnValue:
    """Leave one row out, take it again, or choose for it alone."""
    word = request.form.get("choice", "")
    choice = Clash(word) if word in set(Clash) else None
    refusal = _do(lambda by: fixing.decide_row(import_id, place, choice, **by), import_id)
    return refusal or _return(import_id, place)


@blueprint.post("/<int:import_id>/rows/<int:place>")
def save_row(import_id: int, place: int) -> ResponseReturnValue:
    """Cells corrected by hand."""
    cells = list_cells(queries.get_import(import_id), queries.get_row(import_id, place))
    given = {cell["field"]: request.form.get(cell["field"], cell["value"])[:4000] for cell in cells}
    edits = {cell["field"]: given[cell["field"]] for cell in cells if given[cell["field"]] != cell["value"]}
    refusal = _do(lambda by: fixing.edit_row(import_id, place, edits, **by), import_id)
    if refusal is not None:
        return refusal
    flash(gettext("The row is corrected and checked again."), "ok")
    return back(import_id, "show_row", place=place)


def _do(act: Callable[[dict[str, Any]], None], import_id: int) -> ResponseReturnValue | None:
    try:
        with transaction():
            act({"by": viewer().actor, "now": clock.business_now()})
    except HubError as error:
        return refused(error, import_id)
    return None


def _return(import_id: int, place: int) -> ResponseReturnValue:
    """To the list of the kind it was pressed in, else to the row."""
    kind, after = request.form.get("kind", ""), request.form.get("after") or None
    if kind:
        return back(import_id, "show_kind", kind=kind, after=after)
    return back(import_id, "show_row", place=place)
