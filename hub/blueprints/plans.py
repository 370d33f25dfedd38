"""Doors of the plans: cards, the steps as a timeline, on and off."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints import plan_path, plan_words
from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.plan_publishing import finding_words
from hub.blueprints.plan_publishing.base import Names, names_of
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.loyalty.queries import list_pool_keys
from hub.outbox.policy import get_policy
from hub.plans import inside, launching, publishing, queries
from hub.plans.checking.findings import Finding, Refused
from hub.plans.checking.room import list_without_room
from hub.plans.definitions import Definition
from hub.plans.drafts.queries import list_drafted
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
    view, pools = queries.get_plan(key), list_pool_keys()
    return render_template(
        "plans/plan.html",
        view=view,
        drawn=plan_path.read_path(view, pools),
        people=inside.list_inside(view.plan.id, after=request.args.get("after")),
        failed_count=view.failed_count,
        words=plan_words,
        may_edit=viewer().may(Permission.EDIT_PLANS),
        has_draft=view.plan.id in list_drafted(),
        may_see_results=viewer().may(Permission.READ_STATISTICS),
        pools=pools,
        carrying=publishing.list_steps_with_codes(view.definition),
        warnings=_warnings_of(view.definition),
    )


@blueprint.post("/<key>/switch")
def switch(key: str) -> ResponseReturnValue:
    is_on = request.form.get("is_on") == "1"
    turn = launching.switch_on if is_on else launching.switch_off
    try:
        with transaction():
            turn(plan_key=key, by=viewer().actor, now=clock.business_now())
    except (Conflict, Refused) as error:
        return _refuse(key, error)
    on = gettext("The plan is on: new customers enter from now.")
    off = gettext("The plan is off: nobody enters, nothing leaves any more, and those inside are let out.")
    flash(on if is_on else off, "ok")
    return redirect(url_for("plans.show", key=key), 303)


@blueprint.post("/<key>/steps/<step_key>/pool")
def choose_pool(key: str, step_key: str) -> ResponseReturnValue:
    """Which promo codes a step gives or carries; a new version of the plan."""
    pool, by, now = request.form.get("pool", ""), viewer().actor, clock.business_now()
    try:
        with transaction():
            number = publishing.choose_pool(plan_key=key, step_key=step_key, pool_key=pool, by=by, now=now)
    except Refused as refused:
        return _refuse(key, refused)
    flash(_saved_words(number), "ok")
    return redirect(url_for("plans.show", key=key), 303)


def _saved_words(number: int) -> str:
    return gettext(
        "Saved as version %(number)s. Customers already inside keep the version they entered with.",
        number=number,
    )


def _refuse(key: str, error: Conflict | Refused) -> ResponseReturnValue:
    """Nothing has changed: why, or a sentence for each step that stands in the way, above the page where codes are chosen."""
    for sentence in _findings_of(key, error) if isinstance(error, Refused) else [sentence_of(error)]:
        flash(sentence, "error")
    return redirect(url_for("plans.show", key=key), 303)


def _findings_of(key: str, refused: Refused) -> list[str]:
    return _told(refused.findings, names_of(queries.get_plan(key).definition))


def _warnings_of(definition: Definition) -> list[str]:
    """What the page says of messages that the caps leave no room for; steps are called as in the list beside."""
    names = Names({step.key: plan_words.step_title(step) for step in definition.steps}, {}, {}, {})
    return _told(list_without_room(definition, get_policy().caps), names)


def _told(findings: Sequence[Finding], names: Names) -> list[str]:
    """A sentence each, with the name of its step."""
    told = [(names.step(each.step_key), finding_words.sentence(each, names)) for each in findings]
    return [gettext("“%(step)s”: %(why)s", step=step, why=why) if step else why for step, why in told]
