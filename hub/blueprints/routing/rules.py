"""Doors of the routing rules: the list, one rule with its versions, and its trial on the latest tickets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.routed import effect_words
from hub.blueprints.routing import words
from hub.blueprints.routing.base import blueprint, do
from hub.blueprints.routing.rule_form import Draft, draft_of, known_effects, read_draft, widgets
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.inbox.actions import editing_rules as editing
from hub.inbox.queries import rules as queries
from hub.inbox.queries.trying import Trial, try_rule
from hub.inbox.routing_words import RuleField, RuleMatch

PERIOD = timedelta(days=30)


@blueprint.get("/")
def list_rules() -> ResponseReturnValue:
    offer = words.make_offer()
    rows = [
        {"row": each.rule, "hits": each.hit_count, **words.rule_words(each.rule, offer)}
        for each in queries.list_rules(since=clock.business_now() - PERIOD)
    ]
    return render_template("routing/rules.html", rows=rows)


@blueprint.route("/rules/new", methods=["GET", "POST"])
def new_rule() -> ResponseReturnValue:
    draft = read_draft(request.form) if request.method == "POST" else Draft()
    return _answer(draft, None)


@blueprint.route("/rules/<int:rule_id>", methods=["GET", "POST"])
def rule(rule_id: int) -> ResponseReturnValue:
    kept = queries.get_rule(rule_id)
    draft = read_draft(request.form) if request.method == "POST" else draft_of(kept)
    return _answer(draft, rule_id)


def _answer(draft: Draft, rule_id: int | None) -> ResponseReturnValue:
    """Save, try, or show the form again with a condition more or less."""
    offer = words.make_offer()
    draft.effects = known_effects(draft.effects, offer)
    act, trial, status = request.form.get("act", ""), None, 200
    try:
        if act == "save":
            return _save(draft, rule_id)
        if act == "try":
            editing.check_rule(draft.details())
            trial = try_rule(draft.as_rule(rule_id or 0), viewer(), now=clock.business_now())
    except Invalid as error:
        flash(sentence_of(error), "error")
        status = 422
    return render_template("routing/rule.html", **_page(draft, rule_id, offer, trial)), status


def _save(draft: Draft, rule_id: int | None) -> ResponseReturnValue:
    with transaction():
        editing.save_rule(draft.details(), rule_id=rule_id, by=viewer().actor, now=clock.business_now())
    is_on = draft.is_active
    flash(gettext("Saved. The rule is on.") if is_on else gettext("Saved. The rule is off."), "ok")
    return redirect(url_for("routing.list_rules"), 303)


def _page(draft: Draft, rule_id: int | None, offer: words.Offer, trial: Trial | None) -> dict[str, Any]:
    return {
        "draft": draft,
        "rule_id": rule_id,
        "offer": offer,
        "conditions": widgets(draft, offer),
        "fields": [(each.value, words.field_words(each)) for each in RuleField],
        "matches": [(each.value, words.match_words(each)) for each in RuleMatch],
        "trial": trial,
        "sample": [_line(each, offer) for each in trial.sample] if trial else [],
        "changed": [(effect_words(name), count) for name, count in (trial.changed.items() if trial else ())],
        "versions": _versions(rule_id, offer) if rule_id else [],
    }


def _line(change: Any, offer: words.Offer) -> dict[str, Any]:
    """A ticket of the sample, with what is another before and after."""
    return {
        "number": change.number,
        "subject": change.subject,
        "name": change.requester_name,
        "at": change.created_at,
        "changes": [
            (effect_words(name), offer.value(name, change.before[name]), offer.value(name, value))
            for name, value in change.after.items()
        ],
    }


def _versions(rule_id: int, offer: words.Offer) -> list[dict[str, Any]]:
    return [
        {
            "number": each.rule.version_number,
            "act": words.act_words(each.act),
            "at": each.saved_at,
            "by": each.saved_by,
            **words.rule_words(each.rule, offer),
        }
        for each in queries.list_versions(rule_id)
    ]


@blueprint.post("/rules/<int:rule_id>/switch")
def switch_rule(rule_id: int) -> ResponseReturnValue:
    is_active = request.form.get("is_active") == "1"
    said = gettext("The rule is on.") if is_active else gettext("The rule is off.")
    return do(lambda: editing.switch_rule(is_active=is_active, **_given(rule_id)), "list_rules", said)


@blueprint.post("/rules/<int:rule_id>/move")
def move_rule(rule_id: int) -> ResponseReturnValue:
    is_up = request.form.get("is_up") == "1"
    return do(lambda: editing.move_rule(is_up=is_up, **_given(rule_id)), "list_rules")


@blueprint.post("/rules/<int:rule_id>/remove")
def remove_rule(rule_id: int) -> ResponseReturnValue:
    remove: Callable[..., None] = editing.remove_rule
    return do(lambda: remove(**_given(rule_id)), "list_rules", gettext("The rule is removed."))


def _given(rule_id: int) -> dict[str, Any]:
    return {"rule_id": rule_id, "by": viewer().actor, "now": clock.business_now()}
