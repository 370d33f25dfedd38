"""Doors of the plans: cards, the steps as a timeline, on and off."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints import plan_words
from hub.blueprints.access import viewer
from hub.blueprints.plan_publishing import finding_words
from hub.blueprints.plan_publishing.base import names_of
from hub.core import clock
from hub.core.db import transaction
from hub.loyalty.queries import list_pool_keys
from hub.plans import actions, inside, launching, publishing, queries
from hub.plans.checking.findings import Refused
from hub.plans.drafts.queries import list_drafted
from hub.segments.saved.queries import list_names
from hub.staff.words import Permission

blueprint = Blueprint("plans", __name__)
EDITING = ("switch", "choose_pool")


@blueprint.get("/")
def list_plans() -> ResponseReturnValue:
    """One card a plan: what it does, whether it is on, who is inside, when the next message is due."""
    return render_template(
        "plans/list.html",
        plans=queries.list_plans(),
        drafted=list_drafted(),
        words=plan_words,
        may_edit=viewer().may(Permission.EDIT_PLANS),
    )


@blueprint.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    view = queries.get_plan(key)
    return render_template(
        "plans/plan.html",
        view=view,
        segments=dict(list_names(plan_words.named_segments(view.definition))),
        people=inside.list_inside(key, after=request.args.get("after")),
        failed_count=inside.count_failed(view.plan.id),
        words=plan_words,
        may_edit=viewer().may(Permission.EDIT_PLANS),
        has_draft=view.plan.id in list_drafted(),
        may_see_results=viewer().may(Permission.READ_STATISTICS),
        pools=list_pool_keys(),
        carrying=publishing.list_steps_with_codes(key),
    )


@blueprint.post("/<key>/switch")
def switch(key: str) -> ResponseReturnValue:
    is_on = request.form.get("is_on") == "1"
    by, now = viewer().actor, clock.business_now()
    try:
        with transaction():
            if is_on:
                launching.switch_on(plan_key=key, by=by, now=now)
            else:
                actions.switch_plan(key=key, is_on=False, by=by, now=now)
    except Refused as refused:
        return _refuse(key, refused)
    flash(
        gettext("The plan is on: new customers enter from now.")
        if is_on
        else gettext("The plan is off: nobody enters, and those inside have left."),
        "ok",
    )
    return redirect(url_for("plans.show", key=key), 303)


@blueprint.post("/<key>/steps/<step_key>/pool")
def choose_pool(key: str, step_key: str) -> ResponseReturnValue:
    """Which promo codes a step carries; a new version of the plan."""
    try:
        with transaction():
            number = publishing.choose_pool(
                plan_key=key,
                step_key=step_key,
                pool_key=request.form.get("pool", ""),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Refused as refused:
        return _refuse(key, refused)
    sentence = gettext(
        "Saved as version %(number)s. Customers already inside keep the version they entered with.",
        number=number,
    )
    flash(sentence, "ok")
    return redirect(url_for("plans.show", key=key), 303)


def _refuse(key: str, refused: Refused) -> ResponseReturnValue:
    """Nothing has changed: a sentence for each step that stands in the way, above the page where codes are chosen."""
    names = names_of(queries.get_plan(key).definition)
    for finding in refused.findings:
        sentence = finding_words.sentence(finding, names)
        if finding.step_key:
            sentence = gettext("“%(step)s”: %(why)s", step=names.step(finding.step_key), why=sentence)
        flash(sentence, "error")
    return redirect(url_for("plans.show", key=key), 303)
