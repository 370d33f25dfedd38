"""Doors of the replay: ask for one, see how far it is and what came of it, stop it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints import htmx
from hub.blueprints.access import viewer
from hub.blueprints.plan_replay import tables, words
from hub.blueprints.plan_replay.base import ReplayForm, blueprint, open_form
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.plans.drafts.queries import get_words
from hub.plans.replay import actions, queries
from hub.staff.words import Permission
from hub.stores.queries import get_chain


@blueprint.get("/<key>/replay")
def list_replays(key: str) -> ResponseReturnValue:
    """The form, and the replays of before."""
    form = open_form(key)
    form.version.data = request.args.get("version", type=int) or form.version.data
    return _listed(key, form)


def _listed(key: str, form: ReplayForm) -> ResponseReturnValue:
    page = render_template(
        "plan_replay/list.html",
        key=key,
        plan=get_words(key),
        form=form,
        rows=queries.list_replays(key),
        words=words,
        may_start=viewer().may(Permission.EDIT_PLANS),
    )
    return page, form.status


@blueprint.post("/<key>/replay")
def start(key: str) -> ResponseReturnValue:
    form = open_form(key)
    if not form.is_sent():
        return _listed(key, form)
    try:
        replay_id = _start(key, form)
    except (Invalid, Conflict) as error:
        form.refuse(error)
        return _listed(key, form)
    return redirect(url_for("plan_replay.show", key=key, replay_id=replay_id), 303)


def _start(key: str, form: ReplayForm) -> int:
    with transaction():
        return actions.start_replay(
            plan_key=key,
            version_id=form.version.data,
            days=form.days.data or 0,
            rates=form.rates,
            by=viewer().actor,
            now=clock.business_now(),
        )


@blueprint.get("/<key>/replay/<int:replay_id>")
def show(key: str, replay_id: int) -> ResponseReturnValue:
    """How far it is, asked for again and again by the page; then what came of it."""
    found = tables.Shown(queries.get_replay(key, replay_id), get_chain().time_zone)
    return htmx.render(
        "plan_replay/show.html",
        "plan_replay/_result.html",
        key=key,
        plan=get_words(key),
        shown=found,
        row=found.view.row,
        may_stop=viewer().may(Permission.EDIT_PLANS),
        words=words,
        tables=tables,
    )


@blueprint.post("/<key>/replay/<int:replay_id>/stop")
def stop(key: str, replay_id: int) -> ResponseReturnValue:
    with transaction():
        actions.stop_replay(plan_key=key, replay_id=replay_id, now=clock.business_now())
    flash(gettext("The replay has been stopped."), "ok")
    return redirect(url_for("plan_replay.show", key=key, replay_id=replay_id), 303)
