"""Doors of a draft as a whole: drawn as a timeline, its parts moved, copied and taken out; undone, thrown away."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.drafting import find_editor, undo
from hub.blueprints.errors import sentence_of
from hub.blueprints.htmx import render, wants_fragment
from hub.blueprints.questionnaires import words
from hub.blueprints.questionnaires.base import blueprint, keep
from hub.blueprints.questionnaires.drawing import draw_pages
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.questionnaires.drafts import actions, editing
from hub.questionnaires.drafts.documents import Document
from hub.questionnaires.drafts.estimate import estimate_minutes
from hub.questionnaires.drafts.queries import get_questionnaire, list_question_keys
from hub.questionnaires.drafts.rows import DraftView


@blueprint.get("/<int:questionnaire_id>/edit")
def edit(questionnaire_id: int) -> ResponseReturnValue:
    """The pages as a timeline, each part with its buttons."""
    return _page(get_questionnaire(questionnaire_id), focus=request.args.get("focus", ""))


@blueprint.post("/<int:questionnaire_id>/edit")
def change(questionnaire_id: int) -> ResponseReturnValue:
    """A button of the timeline; the focus stays with what was pressed."""
    draft, focus = get_questionnaire(questionnaire_id), ""
    verb, _, key = request.form.get("act", "").partition(":")
    try:
        focus = (
            undo(actions.undo_change, questionnaire_id=draft.id) if verb == "undo" else _do(draft, verb, key)
        )
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
    if wants_fragment():
        return _page(get_questionnaire(questionnaire_id), focus=focus)
    return redirect(url_for(".edit", questionnaire_id=questionnaire_id, focus=focus or None), 303)


def _do(draft: DraftView, verb: str, key: str) -> str:
    """What a button does; returns the name of the button to come back to."""
    document = draft.document
    plain: dict[str, Callable[[], Document]] = {
        "up": lambda: editing.move_question(document, key, -1),
        "down": lambda: editing.move_question(document, key, 1),
        "remove": lambda: editing.remove_question(document, key),
        "page-up": lambda: editing.move_page(document, key, -1),
        "page-down": lambda: editing.move_page(document, key, 1),
        "page-remove": lambda: editing.remove_page(document, key),
    }
    if verb in plain:
        keep(draft, plain[verb]())
        return _after(verb, key)
    return _make(draft, verb, key)


def _after(verb: str, key: str) -> str:
    if not verb.endswith("remove"):
        return f"{verb}-{key}"
    said = gettext("The page is taken out, with its questions. “Undo” brings them back.")
    if verb == "remove":
        said = gettext("The question is taken out. “Undo” brings it back.")
    flash(said, "ok")
    return "undo"


def _make(draft: DraftView, verb: str, key: str) -> str:
    """A page or a question more."""
    if verb == "page-add":
        changed, made = editing.add_page(draft.document, after=key or None)
        keep(draft, changed)
        return f"page-{made}"
    if verb == "page-copy":
        changed, made = editing.copy_page(draft.document, key, taken=list_question_keys(draft.id))
        keep(draft, changed)
        flash(gettext("The page is copied: please change the copy."), "ok")
        return f"page-{made}"
    if verb == "copy":
        changed, made = editing.copy_question(draft.document, key, taken=list_question_keys(draft.id))
        keep(draft, changed)
        flash(gettext("The question is copied: please change the copy."), "ok")
        return f"question-{made}"
    return ""


def _page(draft: DraftView, *, focus: str) -> str:
    now = clock.business_now()
    values: dict[str, Any] = {
        "draft": draft,
        "pages": draw_pages(draft),
        "editor": find_editor(draft.changed_by_id),
        "focus": focus,
        "state": words.state_words(draft.state, draft.closes_at, now),
        "time": words.minutes_words(estimate_minutes(draft.definition)),
    }
    return render("questionnaires/edit.html", "questionnaires/_draft.html", **values)


@blueprint.post("/<int:questionnaire_id>/discard")
def discard(questionnaire_id: int) -> ResponseReturnValue:
    """Throw a questionnaire away that was never published; of a published one drop what was changed since."""
    draft = get_questionnaire(questionnaire_id)
    act = actions.discard if draft.published is None else actions.drop_changes
    try:
        with transaction():
            act(
                questionnaire_id=draft.id,
                seen=request.form.get("seen"),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Conflict as error:
        flash(sentence_of(error), "error")
        return redirect(url_for(".edit", questionnaire_id=draft.id), 303)
    return _discarded(draft)


def _discarded(draft: DraftView) -> ResponseReturnValue:
    if draft.published is None:
        flash(gettext("The questionnaire is thrown away."), "ok")
        return redirect(url_for(".list_questionnaires"), 303)
    flash(
        gettext("The changes are dropped: the draft is again what is published. “Undo” brings them back."),
        "ok",
    )
    return redirect(url_for(".edit", questionnaire_id=draft.id), 303)
