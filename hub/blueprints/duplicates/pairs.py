"""The queue of pairs by score, what was decided, and the exact ones at one press."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.duplicates.base import blueprint
from hub.blueprints.duplicates.words import merged_words
from hub.core import clock
from hub.core.db import transaction
from hub.customers.duplicates import actions, finding, queries
from hub.customers.duplicates.scoring import SURE_POINTS
from hub.customers.duplicates.words import PairState
from hub.identity import pairing
from hub.staff.words import Permission
from hub.stores.queries import get_chain

KINDS = {"exact": True, "likely": False}


@blueprint.get("/")
def list_pairs() -> ResponseReturnValue:
    kind, state = request.args.get("kind", ""), _state()
    least = request.args.get("least", "")
    asked = {"kind": kind or None, "state": state.value, "least": least or None}
    page = queries.list_pairs(
        state=state,
        is_exact=KINDS.get(kind),
        least=int(least) if least.isdecimal() and len(least) < 4 else 0,  # noqa: PLR2004 - digits
        after=request.args.get("after"),
    )
    return render_template("duplicates/list.html", page=page, asked=asked, state=state, **_about())


def _state() -> PairState:
    asked = request.args.get("state", "")
    return PairState(asked) if asked in set(PairState) else PairState.OPEN


def _about() -> dict[str, object]:
    return {
        "counts": queries.count_pairs(),
        "run": queries.find_latest_run(),
        "states": list(PairState),
        "is_later": "after" in request.args,
    }


@blueprint.post("/look")
def look() -> ResponseReturnValue:
    with transaction():
        finding.ask_comparison(by_id=viewer().actor.agent_id, now=clock.business_now())
    flash(gettext("Customers are being compared. New pairs appear here within minutes."), "ok")
    return redirect(url_for("duplicates.list_pairs"), 303)


@blueprint.post("/pairs/<int:pair_id>/reopen")
def reopen(pair_id: int) -> ResponseReturnValue:
    with transaction():
        actions.reopen_pair(pair_id, by=viewer().actor, now=clock.business_now())
    flash(gettext("The pair is to be decided again."), "ok")
    return redirect(url_for("duplicates.list_pairs"), 303)


@blueprint.get("/exact")
def show_exact() -> ResponseReturnValue:
    """What one press would merge, before the press."""
    return render_template(
        "duplicates/exact.html",
        lines=queries.list_exact(least=SURE_POINTS, limit=pairing.AT_ONCE),
        least=SURE_POINTS,
        at_once=pairing.AT_ONCE,
        is_on=pairing.merges_exact(get_chain().settings),
        may_set=viewer().may(Permission.EDIT_SETTINGS),
    )


@blueprint.post("/exact")
def merge_exact() -> ResponseReturnValue:
    with transaction():
        merges = pairing.merge_exact_pairs(by=viewer().actor, now=clock.business_now())
    flash(merged_words(len(merges)), "ok")
    return redirect(url_for("duplicates.list_merges"), 303)


@blueprint.post("/rule")
def change_rule() -> ResponseReturnValue:
    with transaction():
        pairing.change_rule(
            is_on=request.form.get("is_on") == "1", by=viewer().actor, now=clock.business_now()
        )
    flash(gettext("The setting is saved."), "ok")
    return redirect(url_for("duplicates.show_exact"), 303)
