"""Doors of one report: its customers page by page, as a file, and the repair in bulk with its undo."""

import csv
import io
from collections.abc import Iterator

from flask import Response, current_app, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.quality.base import blueprint, done, refused
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.customers.handing_out import note_list
from hub.customers.quality import repairing, reports
from hub.customers.rules import show_phone
from hub.identity.upkeep import asked_now
from hub.signups.rules import safe_cell


@blueprint.get("/<key>")
def list_faulty(key: str) -> ResponseReturnValue:
    """The customers with this fault, as they are now."""
    report = reports.get_report(key)
    page = reports.list_faulty(report, asked_now(clock.business_now(), key), request.args.get("after"))
    return render_template(
        "quality/list.html",
        report=report,
        page=page,
        repairs=repairing.list_repairs(key) if report.is_repairable else [],
        show_phone=show_phone,
        has_pairs="duplicates.list_pairs" in current_app.view_functions,
    )


@blueprint.get("/<key>.csv")
def export_faulty(key: str) -> ResponseReturnValue:
    """All of them as a file for a spreadsheet, with a line in the audit trail."""
    report, now = reports.get_report(key), clock.business_now()
    asked = asked_now(now, key)
    with transaction():
        note_list(key, count=reports.count_faulty(report, asked), by=viewer().actor, now=now)
    answer = Response(stream_with_context(_lines(report, asked)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = as_download(f"{report.key}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _lines(report: reports.Report, asked: reports.Asked) -> Iterator[str]:
    """Semicolons and a byte order mark: what a French spreadsheet opens without questions."""
    heads = (gettext("Number"), gettext("Name"), gettext("Mail"), gettext("Phone"), gettext("Suggestion"))
    yield "\ufeff" + _line(heads)
    for row in reports.walk_faulty(report, asked):
        yield _line((str(row.id), row.name, row.mail, row.phone, row.suggestion))


def _line(cells: tuple[str, ...]) -> str:
    kept = io.StringIO()
    csv.writer(kept, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return kept.getvalue()


@blueprint.post("/<key>/repair")
def repair(key: str) -> ResponseReturnValue:
    """Write every suggestion; it can be undone."""
    report, now = reports.get_report(key), clock.business_now()
    try:
        with transaction():
            repairing.repair(report, asked_now(now, key), by=viewer().actor, now=now)
    except Invalid as error:
        return refused(error, "list_faulty", key=key)
    return done(gettext("The suggestions are written. You can undo this below."), "list_faulty", key=key)


@blueprint.post("/repairs/<int:repair_id>/undo")
def undo_repair(repair_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            count = repairing.undo_repair(repair_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "show_report")
    sentence = ngettext(
        "%(num)s value is as it was before.", "%(num)s values are as they were before.", count
    )
    return done(sentence, "show_report")
