"""Doors of one step: its kind is chosen, its form is filled, with its conditions and its other messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.drafting import tell_conflict
from hub.blueprints.plan_editor import choosing, words
from hub.blueprints.plan_editor.base import blueprint, keep, messages_of, titles_of
from hub.blueprints.plan_editor.conditions import Blocks, open_blocks, read_blocks
from hub.blueprints.plan_editor.step_form import ASKING, FIELDS_OF, SHOWN, StepForm, open_form, read_step
from hub.blueprints.plan_editor.widgets import draw_blocks
from hub.blueprints.plan_words import plan_name
from hub.core.errors import Conflict, Invalid
from hub.core.words import Channel
from hub.plans.drafts import editing
from hub.plans.drafts.queries import get_draft, list_step_keys
from hub.plans.drafts.rows import DraftView
from hub.plans.reading import OFFERED
from hub.plans.words import StepKind

MOST_VARIANTS = 10


@dataclass
class Variant:
    """Another message and its conditions, named `v1`, `v2`… in the form."""

    blocks: Blocks
    template: str = ""
    error: str = ""


@dataclass
class Filled:
    """What stands in the form of a step."""

    form: StepForm
    kind: StepKind
    when: Blocks
    variants: list[Variant] = field(default_factory=list)

    def check(self) -> bool:
        """Whether everything can be kept; what is wrong is said beside it."""
        for variant in self.variants:
            variant.error = (
                "" if variant.blocks.blocks else gettext("Please add a condition, or take this message out.")
            )
        found = [self.when.check(), *(each.blocks.check() for each in self.variants)]
        return all(found) and not any(each.error for each in self.variants)

    def stored(self) -> dict[str, Any]:
        """Raises Invalid, with the field it is about."""
        step = read_step(self.form, self.kind)
        step["when"] = self.when.documents()
        if self.variants:
            step["variants"] = [
                {"when": each.blocks.documents(), "template": each.template} for each in self.variants
            ]
        return step


def _open(step: Mapping[str, Any], kind: StepKind) -> Filled:
    variants = [
        Variant(open_blocks(f"v{number}", each["when"]), each.get("template", ""))
        for number, each in enumerate(step.get("variants", ()), start=1)
    ]
    return Filled(open_form(step), kind, open_blocks("when", step.get("when", ())), variants)


def _read(step: Mapping[str, Any], kind: StepKind) -> Filled:
    """What was sent, with a condition or a message more or less when such a button was pressed."""
    sent, act = request.form, request.form.get("act", "")
    names = [name for name in sent.getlist("variant") if act != f"drop-variant:{name}"][:MOST_VARIANTS]
    if act == "variant" and len(names) < MOST_VARIANTS:
        names.append(
            next(name for number in range(1, MOST_VARIANTS + 2) if (name := f"v{number}") not in names)
        )
    variants = [
        Variant(read_blocks(sent, name), sent.get(f"{name}-template", ""))
        for name in names
        if name.removeprefix("v").isdecimal()
    ]
    return Filled(open_form(step), kind, read_blocks(sent, "when"), variants)


@blueprint.get("/<key>/edit/add")
def choose_kind(key: str) -> ResponseReturnValue:
    """Which kind of step comes after which one; with a kind its form."""
    draft, kind = get_draft(key), request.args.get("kind", "")
    if kind:
        return _page(draft, _open(_fresh(draft), _kind_of(kind)), step_key="")
    kinds = [(each.value, *found) for each, found in words.KINDS.items() if each in OFFERED]
    place = {name: request.args.get(name, "") for name in ("after", "way")}
    return render_template(
        "plan_editor/kinds.html", draft=draft, name=plan_name(draft), kinds=kinds, place=place
    )


def _fresh(draft: DraftView) -> dict[str, Any]:
    """What a new step begins with: its time follows that of the step before."""
    after, kind = request.args.get("after", ""), request.args.get("kind")
    before = next((each for each in draft.definition["steps"] if each["key"] == after), None)
    if kind in set(ASKING) or before is None:
        return {}
    delay = dict(before.get("delay") or {})
    timed = {"anchor": before.get("anchor", "entry"), "delay": delay}
    if kind == StepKind.SEND and before["kind"] == StepKind.SEND:
        timed["delay"] = {**delay, "days": int(delay.get("days") or 0) + 3}
    return timed


def _kind_of(text: str) -> StepKind:
    if text not in set(OFFERED):
        abort(404)
    return StepKind(text)


@blueprint.post("/<key>/edit/add")
def add(key: str) -> ResponseReturnValue:
    """The new step, or its form again with a condition more or less."""
    draft, kind = get_draft(key), _kind_of(request.args.get("kind", ""))
    filled = _read({}, kind)

    def put(stored: dict[str, Any]) -> str:
        changed, made = editing.add_step(
            draft.definition,
            stored,
            kind=kind,
            after=request.args.get("after") or None,
            way=request.args.get("way", ""),
            taken=list_step_keys(draft.plan_id),
        )
        keep(draft, changed)
        return made

    return _save(draft, filled, put, step_key="")


@blueprint.get("/<key>/edit/steps/<step_key>")
def show_step(key: str, step_key: str) -> ResponseReturnValue:
    draft = get_draft(key)
    step = _step_of(draft, step_key)
    return _page(draft, _open(step, StepKind(step["kind"])), step_key=step_key)


@blueprint.post("/<key>/edit/steps/<step_key>")
def save_step(key: str, step_key: str) -> ResponseReturnValue:
    """Save the form of a step, or draw it again with a condition more or less."""
    draft = get_draft(key)
    step = _step_of(draft, step_key)
    filled = _read(step, StepKind(step["kind"]))

    def put(stored: dict[str, Any]) -> str:
        shown = SHOWN - {"expires_minutes"} if filled.kind in ASKING else SHOWN
        others = {name: value for name, value in step.items() if name not in shown}
        keep(draft, editing.set_fields(draft.definition, step_key, {**others, **stored}))
        return step_key

    return _save(draft, filled, put, step_key=step_key)


def _step_of(draft: DraftView, step_key: str) -> dict[str, Any]:
    found = next((step for step in draft.definition["steps"] if step["key"] == step_key), None)
    if found is None:
        abort(404)
    return dict(found)


def _save(draft: DraftView, filled: Filled, put: Any, *, step_key: str) -> ResponseReturnValue:
    """Keep it when that was asked for and nothing is wrong; else the page again, with everything that was typed."""
    if request.form.get("act") != "save":
        return _page(draft, filled, step_key=step_key)
    is_well = filled.form.is_sent() & filled.check()
    try:
        stored = filled.stored()
        if is_well:
            made = put(stored)
            flash(
                gettext("The step is saved in the draft. Customers notice nothing before it is published."),
                "ok",
            )
            return redirect(url_for(".show_draft", key=draft.plan_key, focus=f"edit-{made}"), 303)
    except Invalid as error:
        filled.form.refuse(error)
    except Conflict as error:
        tell_conflict(error)
        return _page(get_draft(draft.plan_key), filled, step_key=step_key), 409
    return _page(draft, filled, step_key=step_key), 422


def _page(draft: DraftView, filled: Filled, *, step_key: str) -> str:
    definition = draft.loose.definition
    messages = [each for each in messages_of(definition) if each[0] != step_key]
    channel = Channel.SMS if filled.form.channel.data == Channel.SMS else Channel.EMAIL
    return render_template(
        "plan_editor/step.html",
        draft=draft,
        name=plan_name(draft),
        form=filled.form,
        kind=filled.kind.value,
        kind_name=words.kind_words(filled.kind),
        about=gettext(words.KINDS[filled.kind][2]),
        fields=FIELDS_OF.get(filled.kind, ()),
        letters=_letters(filled),
        never_expires=filled.kind in ASKING,
        when=draw_blocks(filled.when, messages),
        variants=[_draw_variant(each, messages, channel) for each in filled.variants],
        title=titles_of(definition).get(step_key, ""),
        step_key=step_key,
        has_errors=any(block.error for block in filled.when.all()),
        act=request.form.get("act", ""),
    )


def _letters(filled: Filled) -> choosing.Pairs:
    """The messages chosen in the form, to be looked at."""
    names = choosing.template_names() if "template" in FIELDS_OF.get(filled.kind, ()) else {}
    chosen = [filled.form.template.data, *(each.template for each in filled.variants)]
    return [(key, names[key]) for key in dict.fromkeys(chosen) if key in names]


def _draw_variant(variant: Variant, messages: choosing.Pairs, channel: Channel) -> dict[str, Any]:
    return {
        "name": variant.blocks.name,
        "template": variant.template,
        "templates": choosing.template_choices(channel, variant.template),
        "error": variant.error,
        "when": draw_blocks(variant.blocks, messages),
    }
