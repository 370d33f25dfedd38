"""The list of imports, the form that hands a file in, and a sample file to start from."""

import csv
import io
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.forms import Form, required
from hub.blueprints.imports.base import blueprint, shown
from hub.blueprints.inbox.rows import size_words
from hub.core import clock
from hub.core.text import N_
from hub.customers.imports import actions, queries

SAMPLE = (
    (N_("Form of address"), "Mme", "M.", ""),
    (N_("First name"), "Claire", "Hugo", "Inès"),
    (N_("Last name"), "Fontaine", "Marchand", "Da Silva"),
    (
        N_("E-mail address"),
        "claire.fontaine@exemple.test",
        "hugo.marchand@exemple.test",
        "ines.dasilva@exemple.test",
    ),
    (N_("Mobile phone"), "06 39 98 12 01", "06 39 98 12 02", ""),
    (N_("Street"), "12 rue des Lilas", "3 place du Marché", "8 avenue Foch"),
    (N_("Post code"), "69003", "33000", "59000"),
    (N_("Town"), "Lyon", "Bordeaux", "Lille"),
    (N_("Date of birth"), "14/05/1986", "02/11/1991", ""),
    (N_("Loyalty card"), "C-100201", "C-100202", "C-100203"),
    (N_("Email consent"), "oui", "non", "oui"),
    (N_("Consent date"), "10/01/2026", "", "12/01/2026"),
    (N_("Consent source"), "Caisse", "", "Salon de printemps"),
)


class ImportForm(Form):
    file = FileField(_("File"), validators=[required()])

    def begin(self) -> int:
        given: Any = self.file.data
        by, now = viewer().actor, clock.business_now()
        return actions.begin_import(given.stream, file_name=given.filename or "", by=by, now=now)


@blueprint.get("/")
def list_imports() -> ResponseReturnValue:
    """What was handed in, and the form that hands more in."""
    return _page(ImportForm())


@blueprint.post("/")
def begin() -> ResponseReturnValue:
    form, made = ImportForm(), list[int]()
    if not form.does(lambda: made.append(form.begin())):
        return _page(form), form.status
    before = queries.find_same_file(made[0])
    if before:
        flash(
            gettext("This very file was handed in before. You may go on: nobody is taken in twice."), "warn"
        )
    return redirect(url_for("imports.show", import_id=made[0]), 303)


@blueprint.get("/sample.csv")
def sample() -> ResponseReturnValue:
    """A small file that works, with the headings the hub knows in the reader's language."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow([gettext(column[0]) for column in SAMPLE])
    for row in zip(*(column[1:] for column in SAMPLE), strict=True):
        writer.writerow(row)
    head = {"Content-Disposition": as_download(gettext("sample-contacts.csv"))}
    return Response("\ufeff" + written.getvalue(), mimetype="text/csv; charset=utf-8", headers=head)


def _page(form: ImportForm) -> str:
    most = current_app.config["COMPTOIR"].max_takeover_bytes
    rows = [shown(row) for row in queries.list_imports()]
    is_new = "new" in request.args
    return render_template("imports/list.html", form=form, rows=rows, most=size_words(most), is_new=is_new)
