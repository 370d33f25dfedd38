"""Doors of the report that is shared by a link: who edits questionnaires gives the address out and takes it back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.questionnaire_results.base import blueprint, crumbs
from hub.blueprints.questionnaire_tabs import questionnaire_tabs
from hub.core import clock, site
from hub.core.db import transaction
from hub.questionnaires.results import sharing as actions
from hub.questionnaires.results.queries import get_head


@blueprint.get("/<int:questionnaire_id>/results/sharing")
def sharing(questionnaire_id: int) -> ResponseReturnValue:
    head = get_head(questionnaire_id)
    seal = head.report_seal
    path = url_for("questionnaire_pages.report", seal=seal) if seal else ""
    return render_template(
        "questionnaire_results/sharing.html",
        head=head,
        path=path,
        address=site.base_url() + path,
        crumbs=crumbs,
        questionnaire_tabs=questionnaire_tabs,
    )


@blueprint.post("/<int:questionnaire_id>/results/sharing")
def share(questionnaire_id: int) -> ResponseReturnValue:
    """A new address, or what an address that is there shows."""
    with transaction():
        actions.share_report(
            questionnaire_id,
            has_comments="has_comments" in request.form,
            by=viewer().actor,
            now=clock.business_now(),
        )
    flash(gettext("The report is shared: whoever has the address may read it."), "ok")
    return redirect(url_for(".sharing", questionnaire_id=questionnaire_id), 303)


@blueprint.post("/<int:questionnaire_id>/results/sharing/end")
def end_sharing(questionnaire_id: int) -> ResponseReturnValue:
    with transaction():
        actions.end_sharing(questionnaire_id, by=viewer().actor, now=clock.business_now())
    flash(gettext("The report is shared no more: its address is dead."), "ok")
    return redirect(url_for(".sharing", questionnaire_id=questionnaire_id), 303)
