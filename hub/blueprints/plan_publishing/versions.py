"""Doors of the history of a plan: its versions, going back to one, moving those who stay on an old one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints import plan_words
from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.plan_publishing import change_words
from hub.blueprints.plan_publishing.base import blueprint, names_of
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.plans.drafts.actions import start_draft
from hub.plans.drafts.queries import find_draft
from hub.plans.history import list_versions
from hub.plans.launching import move_all
from hub.plans.moving.queries import find_last_move
from hub.plans.queries import get_card
from hub.plans.standing import list_groups
from hub.staff.queries import get_agents


@blueprint.get("/<key>/versions")
def show_versions(key: str) -> ResponseReturnValue:
    """Who published what and when, what it changed, and who is still inside on it."""
    card, rows = get_card(key), list_versions(key)
    numbers = {row.version_id: row.number for row in rows}
    current = next((row for row in rows if row.version_id == card.published_version_id), None)
    groups = (
        list_groups(card.id, current.definition, numbers=numbers, but=current.version_id) if current else []
    )
    return render_template(
        "plan_publishing/versions.html",
        plan=card,
        rows=rows,
        groups=groups,
        elsewhere_count=sum(group.count for group in groups),
        people=get_agents([row.by_id for row in rows if row.by_id]),
        names=names_of(*(row.definition for row in reversed(rows))),
        draft=find_draft(key),
        move=find_last_move(card.id),
        words=plan_words,
        changes=change_words,
    )


@blueprint.post("/<key>/versions/take-up")
def take_up(key: str) -> ResponseReturnValue:
    """Begin a draft from an older version: what is in use stays so until it is published."""
    try:
        with transaction():
            start_draft(
                plan_key=key,
                from_version_id=request.form.get("version", type=int, default=0),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Conflict as error:
        flash(sentence_of(error), "error")
        return redirect(url_for(".show_versions", key=key), 303)
    flash(
        gettext("A draft begins from this version. Nothing changes for customers before you publish it."),
        "ok",
    )
    return redirect(url_for("plan_editor.show_draft", key=key), 303)


@blueprint.post("/<key>/move")
def move(key: str) -> ResponseReturnValue:
    """Bring everybody inside to the version in use."""
    with transaction():
        count = move_all(plan_key=key, by=viewer().actor, now=clock.business_now())
    words = ngettext(
        "%(num)s person is being moved to the version in use.",
        "%(num)s people are being moved to the version in use.",
        count,
    )
    flash(
        words if count else gettext("Everybody inside is on the version in use."), "ok" if count else "info"
    )
    return redirect(url_for(".show_versions", key=key), 303)
