"""Doors of a draft as a whole: begun, drawn as a timeline, its steps moved, copied, switched and taken out; undone, thrown away."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.drafting import find_editor, undo
from hub.blueprints.errors import sentence_of
from hub.blueprints.htmx import render
from hub.blueprints.plan_editor.base import blueprint, keep
from hub.blueprints.plan_editor.drawing import Drawing
from hub.blueprints.plan_words import plan_name
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.plans.drafts import actions, editing
from hub.plans.drafts.documents import Document
from hub.plans.drafts.queries import find_draft, get_draft, list_step_keys
from hub.plans.drafts.rows import DraftView
from hub.plans.queries import get_plan_id


@blueprint.post("/<key>/draft")
def begin(key: str) -> ResponseReturnValue:
    """Begin a draft, or go on with the one there is; `from` is an older version to go back to."""
    origin = request.form.get("from", type=int)
    try:
        with transaction():
            actions.start_draft(
                plan_key=key, from_version_id=origin, by=viewer().actor, now=clock.business_now()
            )
    except Conflict as error:
        flash(sentence_of(error), "error")
    return redirect(url_for(".show_draft", key=key), 303)


@blueprint.get("/<key>/edit")
def show_draft(key: str) -> ResponseReturnValue:
    """The steps as a timeline, each with its buttons. Without a draft: back to the plan."""
    draft = find_draft(key)
    if draft is None:
        get_plan_id(key)
        flash(gettext("This plan has no draft at the moment. “Edit” begins one."), "info")
        return redirect(url_for("plans.show", key=key), 303)
    return _page(draft, focus=request.args.get("focus", ""))


@blueprint.post("/<key>/edit")
def change(key: str) -> ResponseReturnValue:
    """A button of the timeline: up, down, copy, switch, remove, undo; the focus stays with what was pressed."""
    draft, focus = get_draft(key), ""
    verb, _, step_key = request.form.get("act", "").partition(":")
    try:
        focus = (
            undo(actions.undo_change, version_id=draft.version_id)
            if verb == "undo"
            else _do(draft, verb, step_key)
        )
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
    if request.headers.get("HX-Request") == "true":
        return _page(get_draft(key), focus=focus)
    return redirect(url_for(".show_draft", key=key, focus=focus or None), 303)


def _do(draft: DraftView, verb: str, step_key: str) -> str:
    """What a button does to the steps; returns the name of the button to come back to."""
    content = draft.definition
    acts: dict[str, Callable[[], Document]] = {
        "up": lambda: editing.move_step(content, step_key, -1),
        "down": lambda: editing.move_step(content, step_key, 1),
        "switch": lambda: editing.switch_step(content, step_key),
        "remove": lambda: editing.remove_step(content, step_key),
    }
    if verb == "copy":
        changed, made = editing.copy_step(content, step_key, taken=list_step_keys(draft.plan_id))
        keep(draft, changed)
        flash(gettext("The step is copied: please change the copy."), "ok")
        return f"edit-{made}"
    if verb not in acts:
        return ""
    changed = acts[verb]()
    keep(draft, changed)
    if verb == "remove":
        _tell_removed(draft, changed)
        return "undo"
    return f"{verb}-{step_key}"


def _tell_removed(draft: DraftView, changed: Document) -> None:
    gone = {step["key"] for step in draft.definition["steps"]} - {step["key"] for step in changed["steps"]}
    flash(
        ngettext(
            "%(num)s step is taken out. “Undo” brings it back.",
            "%(num)s steps are taken out, those of the fork's second way with it. “Undo” brings them back.",
            len(gone),
        ),
        "ok",
    )


def _page(draft: DraftView, *, focus: str) -> str:
    drawing = Drawing(draft)
    values: dict[str, Any] = {
        "draft": draft,
        "name": plan_name(draft),
        "drawing": drawing,
        "lanes": drawing.lanes(),
        "editor": find_editor(draft.edited_by_id),
        "focus": focus,
    }
    return render("plan_editor/edit.html", "plan_editor/_draft.html", **values)


@blueprint.post("/<key>/draft/discard")
def discard(key: str) -> ResponseReturnValue:
    """Throw the draft away. A plan that was never published is gone with it."""
    try:
        with transaction():
            is_left = actions.discard_draft(
                plan_key=key,
                seen=request.form.get("seen"),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Conflict as error:
        flash(sentence_of(error), "error")
        return redirect(url_for(".show_draft", key=key), 303)
    flash(gettext("The draft is thrown away."), "ok")
    return redirect(url_for("plans.show", key=key) if is_left else url_for("plans.list_plans"), 303)
