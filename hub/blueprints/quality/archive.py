"""Doors of the archive of the inactive: a dry run, archiving now, its undo, one customer brought back."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.quality.base import blueprint, done, refused, whole
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.customers.quality import archiving, auditing
from hub.customers.quality.months import months_before
from hub.identity import upkeep


@blueprint.get("/archive")
def show_archive() -> ResponseReturnValue:
    """Who would be archived with so many months, and what was archived so far."""
    asked = whole(request.args.get("months", ""))
    months = asked if asked in auditing.BOUNDS else auditing.get_settings().archive_months
    count, oldest_at = archiving.count_to_archive(months_before(clock.business_now(), months))
    return render_template(
        "quality/archive.html",
        months=months,
        count=count,
        oldest_at=oldest_at,
        runs=archiving.list_archivings(),
        archived_count=archiving.count_archived(),
        settings=auditing.get_settings(),
    )


@blueprint.post("/archive")
def archive_now() -> ResponseReturnValue:
    months = whole(request.form.get("months", ""))
    try:
        with transaction():
            upkeep.archive_now(months, is_planned=False, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return refused(error, "show_archive")
    return done(gettext("They are archived. You can undo this below."), "show_archive")


@blueprint.post("/archive/<int:run_id>/undo")
def undo_archive(run_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            count = archiving.undo_archive(run_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "show_archive")
    return done(ngettext("%(num)s customer is back.", "%(num)s customers are back.", count), "show_archive")


@blueprint.post("/customers/<int:customer_id>/back")
def bring_back(customer_id: int) -> ResponseReturnValue:
    """One customer, by hand."""
    with transaction():
        archiving.unarchive(customer_id, by=viewer().actor, now=clock.business_now())
    return redirect(url_for("customers.card", customer_id=customer_id), 303)
