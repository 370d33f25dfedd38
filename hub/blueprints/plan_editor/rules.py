"""Doors of what holds for the whole plan: what lets customers in and on which conditions, what ends it, how many a day."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField

from hub.blueprints.drafting import tell_conflict
from hub.blueprints.forms import CheckboxesField, Form, options
from hub.blueprints.plan_editor import choosing
from hub.blueprints.plan_editor.asking_words import exit_choice, trigger_choice
from hub.blueprints.plan_editor.base import blueprint, keep, messages_of
from hub.blueprints.plan_editor.conditions import Blocks, open_blocks, read_blocks, read_params, wrong_params
from hub.blueprints.plan_editor.step_form import read_whole
from hub.blueprints.plan_editor.widgets import draw_blocks, draw_params
from hub.blueprints.plan_words import plan_name
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.plans.asking import NEEDS, OFFERED_TRIGGERS
from hub.plans.definitions import ASKED_BY
from hub.plans.drafts.queries import get_draft
from hub.plans.drafts.rows import DraftView
from hub.plans.words import ExitReason, Trigger

DAY_HOURS = 24
MOST_HOURS = 3_650 * DAY_HOURS
MOST_A_DAY = 10_000_000


class RulesForm(Form):
    """The rules of a plan, without its conditions."""

    on = CheckboxesField(lazy_gettext("A customer comes in who"))
    exits = CheckboxesField(lazy_gettext("A customer leaves before the end who"))
    purchase_days = StringField(
        lazy_gettext("A purchase counts only so many days after the entry"),
        description=lazy_gettext("Empty: as long as the customer is inside."),
    )
    cooldown = StringField(
        lazy_gettext("Nobody comes in again for"),
        description=lazy_gettext("Empty: as soon as there is a new reason."),
    )
    cooldown_unit = SelectField(lazy_gettext("Unit"))
    daily_limit = StringField(
        lazy_gettext("At most so many customers a day"), description=lazy_gettext("Empty: no limit.")
    )
    spread_days = StringField(
        lazy_gettext("Spread those who come in over so many days"),
        description=lazy_gettext(
            "Empty: nobody is put off. Each customer always waits the same number of days."
        ),
    )
    horizon_days = StringField(
        lazy_gettext("Days for the results"),
        description=lazy_gettext(
            "Orders count for the plan so long after the entry, or after the day of the customer that its steps count from."
        ),
    )


def _form(content: Mapping[str, Any]) -> RulesForm:
    entry, exits = content["entry"], {each["is"]: each for each in content.get("exits", ())}
    hours = int(entry.get("cooldown_hours") or 0)
    unit, size = ("days", DAY_HOURS) if hours % DAY_HOURS == 0 else ("hours", 1)
    stored = {
        "on": list(entry["on"]),
        "exits": list(exits),
        "purchase_days": str(exits.get("purchased", {}).get("days") or ""),
        "cooldown": str(hours // size or ""),
        "cooldown_unit": unit,
        "daily_limit": str(content.get("daily_limit") or ""),
        "spread_days": str(content.get("spread_days") or ""),
        "horizon_days": str(content.get("horizon_days") or 30),
    }
    form = RulesForm(data=stored)
    form.on.choices = options(_triggers(entry["on"]))
    form.exits.choices = options((each.value, exit_choice(each)) for each in ASKED_BY)
    form.cooldown_unit.choices = options([("days", gettext("days")), ("hours", gettext("hours"))])
    return form


def _triggers(chosen: list[str]) -> choosing.Pairs:
    """Those that are offered, and those the plan has: a way in that is not offered can only be taken out."""
    return [
        (each.value, trigger_choice(each)) for each in Trigger if each in OFFERED_TRIGGERS or each in chosen
    ]


@blueprint.get("/<key>/edit/rules")
def show_rules(key: str) -> ResponseReturnValue:
    draft = get_draft(key)
    entry = draft.definition["entry"]
    told = dict.fromkeys(entry["on"], entry)
    return _page(draft, _form(draft.definition), open_blocks("when", entry.get("when", ())), told)


@blueprint.post("/<key>/edit/rules")
def save_rules(key: str) -> ResponseReturnValue:
    """Save the rules, or draw them again with a condition more or less."""
    draft = get_draft(key)
    form, when = _form(draft.definition), read_blocks(request.form, "when")
    told = {each.value: read_params(NEEDS.get(each, {}), request.form, f"{each}-") for each in Trigger}
    if request.form.get("act") != "save":
        return _page(draft, form, when, told)
    is_well = form.is_sent() & when.check()
    try:
        changed = _read(draft.definition, form, when, told)
        if is_well:
            keep(draft, changed)
            flash(gettext("Saved in the draft. Customers notice nothing before it is published."), "ok")
            return redirect(url_for(".show_draft", key=key, focus="rules"), 303)
    except Invalid as error:
        form.refuse(error)
    except Conflict as error:
        tell_conflict(error)
        return _page(get_draft(key), form, when, told), 409
    return _page(draft, form, when, told), 422


def _read(
    content: Mapping[str, Any], form: RulesForm, when: Blocks, told: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The draft with these rules. Raises Invalid, with the field it is about."""
    words = dict.fromkeys([*content["entry"]["on"], *(form.on.data or [])])
    on = [word for word in words if word in (form.on.data or ()) and word in set(Trigger)]
    entry: dict[str, Any] = {"on": on, "when": when.documents(), **_params(on, told)}
    if hours := read_whole(form, "cooldown", least=0, most=MOST_HOURS):
        entry["cooldown_hours"] = hours * (DAY_HOURS if form.cooldown_unit.data == "days" else 1)
    days = read_whole(form, "purchase_days", least=1, most=3_650)
    within = {"days": days} if days else {}
    chosen = form.exits.data or []
    kept = [each["is"] for each in content.get("exits", ()) if each["is"] in chosen]
    exits = [
        {"is": reason, **(within if reason == ExitReason.PURCHASED else {})}
        for reason in dict.fromkeys([*kept, *chosen])
    ]
    return {
        **content,
        "entry": entry,
        "exits": exits,
        "daily_limit": read_whole(form, "daily_limit", least=1, most=MOST_A_DAY),
        "spread_days": read_whole(form, "spread_days", least=0, most=366) or 0,
        "horizon_days": read_whole(form, "horizon_days", least=1, most=3_650) or 30,
    }


def _params(on: list[str], told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the chosen ways in are told; two that share a parameter must agree on it."""
    if not on:
        raise Invalid(N_("Please choose what lets customers in."), field="on")
    found: dict[str, Any] = {}
    for word in on:
        wrong = wrong_params(NEEDS.get(Trigger(word), {}), told[word], word=word)
        if wrong:
            raise Invalid(
                "%(wrong)s",
                field="on",
                wrong=gettext("%(label)s: %(value)s", label=trigger_choice(Trigger(word)), value=wrong),
            )
        for name, value in told[word].items():
            if found.setdefault(name, value) != value:
                raise Invalid(
                    N_("Two ways in need the same value here. Please choose one of them."), field="on"
                )
    return found


def _page(draft: DraftView, form: RulesForm, when: Blocks, told: Mapping[str, Mapping[str, Any]]) -> str:
    messages = messages_of(draft.loose.definition)
    ways = [
        {
            "value": option.value,
            "label": option.label,
            "is_chosen": option.value in (form.on.data or []),
            "params": draw_params(
                option.value,
                NEEDS.get(Trigger(option.value), {}),
                told.get(option.value, {}),
                f"{option.value}-",
                [],
            ),
        }
        for option in form.on.choices
    ]
    return render_template(
        "plan_editor/rules.html",
        draft=draft,
        name=plan_name(draft),
        form=form,
        ways=ways,
        when=draw_blocks(when, messages),
    )
