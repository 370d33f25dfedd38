"""Doors of the report: the latest audit with its trend, an audit now, when it is planned and who is told."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.forms import ids
from hub.blueprints.quality.base import blueprint, done, refused, whole
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.customers.quality import archiving, auditing, repairing
from hub.customers.quality.reports import REPORTS
from hub.staff.queries import list_agents_with
from hub.staff.words import Permission


@blueprint.get("/")
def show_report() -> ResponseReturnValue:
    """Every fault with its count at the latest audit, and what changed since the one before."""
    audits = auditing.list_audits()
    return render_template(
        "quality/report.html",
        reports=REPORTS,
        audits=audits,
        latest=audits[0] if audits else None,
        repairs=repairing.list_repairs(),
        titles={report.key: report.title for report in REPORTS},
        settings=auditing.get_settings(),
        archived_count=archiving.count_archived(),
        unfinished=auditing.find_unfinished(),
    )


@blueprint.post("/audit")
def audit_now() -> ResponseReturnValue:
    with transaction():
        auditing.ask_audit(by=viewer().actor, now=clock.business_now())
    return done(gettext("The base is being counted; look again in a minute."), "show_report")


@blueprint.get("/settings")
def show_settings() -> ResponseReturnValue:
    return render_template(
        "quality/settings.html",
        settings=auditing.get_settings(),
        every=[(months, str(months)) for months in auditing.EVERY],
        people=list_agents_with(Permission.EDIT_CUSTOMERS),
    )


@blueprint.post("/settings")
def save_settings() -> ResponseReturnValue:
    try:
        with transaction():
            _keep_settings()
    except Invalid as error:
        return refused(error, "show_settings")
    return done(gettext("Saved."), "show_report")


def _keep_settings() -> None:
    form = request.form
    auditing.keep_settings(
        is_audit_on=form.get("is_audit_on") == "1",
        every_months=whole(form.get("every_months", "")),
        agent_ids=ids(form.getlist("agents")),
        inactive_months=whole(form.get("inactive_months", "")),
        is_archive_on=form.get("is_archive_on") == "1",
        archive_months=whole(form.get("archive_months", "")),
        by=viewer().actor,
        now=clock.business_now(),
    )
