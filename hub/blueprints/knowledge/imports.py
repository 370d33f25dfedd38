"""Doors of articles brought in from files: hand in, look at what was read, bring in."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, required
from hub.blueprints.knowledge.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.knowledge.importing import listing, running
from hub.knowledge.words import RowOutcome

OUTCOMES = {
    RowOutcome.NEW: (N_("new"), "ok"),
    RowOutcome.CHANGED: (N_("changed"), "info"),
    RowOutcome.SAME: (N_("unchanged"), "plain"),
    RowOutcome.REFUSED: (N_("not brought in"), "late"),
}


class ImportForm(Form):
    file = FileField(_("File"), validators=[required()])

    def begin(self) -> int:
        """The file is read from a folder of its own and not kept; what was read is."""
        given: Any = self.file.data
        with TemporaryDirectory() as folder:
            path = Path(folder) / "upload"
            given.save(path)
            return running.begin_import(
                path, given.filename or "", by=viewer().actor, now=clock.business_now()
            )


@blueprint.route("/imports", methods=["GET", "POST"])
def import_articles() -> ResponseReturnValue:
    """The form that hands a file in, and what was handed in lately."""
    form, made = ImportForm(), list[int]()
    if form.does(lambda: made.append(form.begin())):
        return redirect(url_for("knowledge.show_import", import_id=made[0]), 303)
    return render_template("knowledge/imports.html", form=form, rows=listing.list_imports()), form.status


@blueprint.get("/imports/<int:import_id>")
def show_import(import_id: int) -> ResponseReturnValue:
    asked = request.args.get("outcome", "")
    outcome = RowOutcome(asked) if asked in set(RowOutcome) else None
    return render_template(
        "knowledge/import.html",
        shown=listing.get_import(import_id, outcome),
        outcome=outcome,
        outcomes={each: (gettext(words), tone) for each, (words, tone) in OUTCOMES.items()},
        most=listing.SHOWN,
    )


@blueprint.post("/imports/<int:import_id>")
def apply_import(import_id: int) -> ResponseReturnValue:
    """Bring the articles in, as drafts unless the file's own states are asked for."""
    keeps = request.form.get("states") == "keep"
    try:
        with transaction():
            counts = running.apply_import(
                import_id, keeps_states=keeps, by=viewer().actor, now=clock.business_now()
            )
    except Conflict as error:
        flash(gettext(error.text), "late")
    else:
        done = counts[RowOutcome.NEW] + counts[RowOutcome.CHANGED]
        flash(ngettext("%(num)s article is in the base.", "%(num)s articles are in the base.", done), "ok")
    return redirect(url_for("knowledge.show_import", import_id=import_id), 303)
