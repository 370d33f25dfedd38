"""Doors of the nightly files of figures, for those who see the whole chain: what there is, since when, and each file."""

from typing import Any

from babel.units import format_unit
from flask import Blueprint, abort, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import Door, viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.statistics.filter_words import day
from hub.core import clock, files
from hub.core.text import N_
from hub.staff.words import Permission
from hub.statistics.exports.queries import ExportRow, access_export, find_owed, list_exports
from hub.statistics.exports.rules import KEPT_NIGHTS, MONTHS, NIGHT_AT, RECENT_DAYS
from hub.statistics.words import Grain

blueprint = Blueprint("figure_files", __name__)
DOOR = Door(blueprint, "/statistics/files", Permission.READ_STATISTICS)
LINES = {Grain.STORES: N_("each store"), Grain.CHAIN: N_("the whole chain")}
KILOBYTE = 1024


@blueprint.before_request
def refuse_managers_of_stores() -> None:
    """A file cannot be narrowed to their stores: for them the page is none."""
    if not viewer().scope.is_everything:
        abort(404)


@blueprint.get("")
def list_files() -> ResponseReturnValue:
    rows = list_exports(viewer())
    return render_template(
        "statistics/files.html",
        rows=[_line(row) for row in rows],
        written_at=max((row.created_at for row in rows), default=None),
        is_owed=find_owed(clock.business_now()) is not None,
        hour=NIGHT_AT.hour,
        day_count=RECENT_DAYS,
        month_count=MONTHS,
        night_count=KEPT_NIGHTS,
    )


@blueprint.get("/<name>")
def download(name: str) -> ResponseReturnValue:
    row = access_export(name, viewer())
    answer = send_file(files.find_path(row.sha256), mimetype="application/gzip", conditional=False)
    answer.headers["Content-Disposition"] = as_download(row.name)
    return answer


def _line(row: ExportRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "href": url_for("figure_files.download", name=row.name),
        "lines": gettext(LINES[row.grain]),
        "days": f"{day(row.since_on)} – {day(row.until_on)}",
        "rows": row.row_count,
        "size": _size(row.size_bytes),
        "written": row.created_at,
    }


def _size(count: int) -> str:
    """In kilobytes, rounded up: a file with anything in it is never 0."""
    return str(format_unit(-(-count // KILOBYTE), "digital-kilobyte", "short", locale=get_locale() or "fr"))
