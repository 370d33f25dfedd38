"""The blueprint of imports, and what all its pages share: one import in words."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.blueprints.errors import sentence_of
from hub.blueprints.imports import words
from hub.core import clock
from hub.core.errors import HubError
from hub.customers.imports import queries
from hub.customers.imports.actions import may_apply, may_undo
from hub.customers.imports.rows import ImportFile
from hub.customers.imports.words import ImportState

blueprint = Blueprint("imports", __name__)
UNDER_WAY = frozenset({ImportState.READING, ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING})
STOPPABLE = frozenset({ImportState.READING, ImportState.CHECKING, ImportState.APPLYING})


@blueprint.context_processor
def import_words() -> dict[str, Any]:
    return {"say": words}


def shown(row: ImportFile) -> dict[str, Any]:
    """An import with its state in words, how far it is, and what may be done with it."""
    state, tone = words.state_words(row.state)
    return {
        "row": row,
        "state": state,
        "tone": tone,
        "is_under_way": row.state in UNDER_WAY,
        "total": _total(row),
        "done": _done(row),
        "error": gettext(row.error, **row.error_values) if row.error else "",
        "may_stop": row.state in STOPPABLE,
        "may_apply": may_apply(row.state, row.applied_at, row.purged_at, row.about),
        "may_undo": may_undo(row.state, row.applied_at, row.purged_at, now=clock.business_now()),
    }


def _total(row: ImportFile) -> int:
    """Rows of the whole work, 0 while nobody knows."""
    return row.row_count if row.is_read else int(row.about.get("row_count", 0))


def _done(row: ImportFile) -> int:
    if row.state is ImportState.CHECKING:
        return row.row_count
    if row.state is ImportState.APPLYING:
        return min(row.position, row.row_count)
    if row.state is ImportState.UNDOING:
        return max(0, row.row_count - min(row.position, row.row_count))
    return 0


def get_shown(import_id: int) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(queries.get_import(import_id))


def back(import_id: int, endpoint: str = "show", **values: Any) -> Response:
    return redirect(url_for(f"imports.{endpoint}", import_id=import_id, **values), 303)


def refused(error: HubError, import_id: int, endpoint: str = "show", **values: Any) -> ResponseReturnValue:
    """Say why, on the page it came from."""
    flash(sentence_of(error), "error")
    return back(import_id, endpoint, **values)
