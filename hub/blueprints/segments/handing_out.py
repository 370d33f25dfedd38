"""Doors that hand members out: the table at once or as a file, hashed addresses for advertising networks."""

from collections.abc import Iterable
from datetime import datetime

from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.segments.base import blueprint
from hub.core import clock, files
from hub.core.db import transaction
from hub.core.text import slug
from hub.segments.saved import actions, queries
from hub.segments.saved.counting import TooLongError
from hub.segments.saved.rows import SegmentRow
from hub.segments.saved.tables import write_table
from hub.segments.words import FileKind

AT_ONCE = 5_000
"""Up to so many members the table is handed out at once; a larger one is made by a job."""
SECONDS = 30


@blueprint.post("/<int:segment_id>/export")
def export(segment_id: int) -> ResponseReturnValue:
    """The members as a table or hashed; each has its line in the audit trail."""
    row = queries.get_segment(segment_id)
    kind = FileKind(request.form["kind"]) if request.form.get("kind") in set(FileKind) else abort(400)
    by, now = viewer().actor, clock.business_now()
    if kind is FileKind.TABLE and row.customer_count is not None and row.customer_count <= AT_ONCE:
        lines = _table(row, now=now)
        if lines is not None:
            with transaction():
                actions.note_export(segment_id, by=by, now=now)
            return _as_csv(lines, _name(row, kind))
    with transaction():
        actions.ask_file(segment_id, kind, language=str(get_locale()), by=by, now=now)
    flash(gettext("The file is being made. It appears below; reload the page in a moment."), "ok")
    return redirect(url_for("segments.show_segment", segment_id=segment_id, _anchor="files"), 303)


def _table(row: SegmentRow, *, now: datetime) -> list[str] | None:
    """The whole of it, before anything is answered: None where it takes too long or has grown, and a job makes it."""
    lines, total = list[str](), 0
    try:
        for text, count in write_table(row, now=now, seconds=SECONDS):
            lines.append(text)
            total += count
            if total > AT_ONCE:
                return None
    except TooLongError:
        return None
    return lines


def _name(row: SegmentRow, kind: FileKind) -> str:
    return f"{slug(row.name) or 'segment'}-{kind.value}.csv"


def _as_csv(lines: Iterable[str], name: str) -> Response:
    return Response(lines, mimetype="text/csv", headers={"Content-Disposition": as_download(name)})


@blueprint.get("/<int:segment_id>/files/<int:file_id>")
def download_file(segment_id: int, file_id: int) -> ResponseReturnValue:
    """A file that a job made."""
    row, file = queries.get_segment(segment_id), queries.get_file(segment_id, file_id)
    if file.sha256 is None:
        abort(404)
    answer = send_file(files.find_path(file.sha256), mimetype="text/csv", conditional=False)
    answer.headers["Content-Disposition"] = as_download(_name(row, file.kind))
    return answer
