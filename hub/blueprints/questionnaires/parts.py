"""Doors of one page and of one question: their kind is chosen, their form is filled, with options and conditions."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.drafting import tell_conflict
from hub.blueprints.questionnaires import words
from hub.blueprints.questionnaires.base import blueprint, keep
from hub.blueprints.questionnaires.conditions import check_condition, draw_condition, read_condition
from hub.blueprints.questionnaires.question_form import Filled, open_form, read_form
from hub.core.errors import Conflict, Invalid
from hub.questionnaires.drafts import editing
from hub.questionnaires.drafts.queries import get_questionnaire, list_question_keys
from hub.questionnaires.drafts.rows import DraftView
from hub.questionnaires.words import QuestionKind

Save = Callable[[], str]


@blueprint.get("/<int:questionnaire_id>/pages/<page_key>/add")
def choose_kind(questionnaire_id: int, page_key: str) -> ResponseReturnValue:
    """Which kind of question comes on this page; with a kind its form."""
    draft = get_questionnaire(questionnaire_id)
    _page_of(draft, page_key)
    if request.args.get("kind"):
        return _question_page(draft, page_key, open_form({}, _kind_of(request.args)))
    kinds = [(kind.value, *told) for kind, told in words.KINDS.items()]
    return render_template("questionnaires/kinds.html", draft=draft, page_key=page_key, kinds=kinds)


@blueprint.post("/<int:questionnaire_id>/pages/<page_key>/add")
def add_question(questionnaire_id: int, page_key: str) -> ResponseReturnValue:
    """The new question, or its form again with a row more or less."""
    draft, kind = get_questionnaire(questionnaire_id), _kind_of(request.args)
    _page_of(draft, page_key)
    filled = read_form(request.form, kind, draft.definition)

    def save() -> str:
        changed, made = editing.add_question(
            draft.document,
            page_key,
            filled.stored(),
            kind=kind,
            after=request.args.get("after"),
            key=filled.key,
            taken=list_question_keys(draft.id),
        )
        keep(draft, changed)
        return f"question-{made}"

    return _save(draft, filled, save, page_key=page_key)


def _kind_of(args: Any) -> QuestionKind:
    if args.get("kind") not in set(QuestionKind):
        abort(404)
    return QuestionKind(args["kind"])


@blueprint.get("/<int:questionnaire_id>/questions/<key>")
def show_question(questionnaire_id: int, key: str) -> ResponseReturnValue:
    draft = get_questionnaire(questionnaire_id)
    question = _question_of(draft, key)
    filled = open_form(question, QuestionKind(question["kind"]))
    return _question_page(draft, _page_with(draft, key), filled, key=key)


@blueprint.post("/<int:questionnaire_id>/questions/<key>")
def save_question(questionnaire_id: int, key: str) -> ResponseReturnValue:
    """Save the form of a question, or draw it again with a row more or less."""
    draft = get_questionnaire(questionnaire_id)
    filled = read_form(request.form, QuestionKind(_question_of(draft, key)["kind"]), draft.definition)

    def save() -> str:
        keep(draft, editing.set_question(draft.document, key, filled.stored()))
        return f"question-{key}"

    return _save(draft, filled, save, page_key=_page_with(draft, key), key=key)


def _question_of(draft: DraftView, key: str) -> dict[str, Any]:
    try:
        return editing.find_question(draft.document, key)
    except Invalid:
        abort(404)


def _page_of(draft: DraftView, key: str) -> dict[str, Any]:
    try:
        return editing.find_page(draft.document, key)
    except Invalid:
        abort(404)


def _page_with(draft: DraftView, key: str) -> str:
    return next(
        page.key for page in draft.definition.pages if any(each.key == key for each in page.questions)
    )


def _save(
    draft: DraftView, filled: Filled, save: Save, *, page_key: str, key: str = ""
) -> ResponseReturnValue:
    """Keep it when that was asked for and nothing is wrong; else the page again, with everything that was typed."""
    if request.form.get("act") != "save":
        return _question_page(draft, page_key, filled, key=key)
    if filled.check(draft.definition):
        try:
            focus = save()
        except Invalid as error:
            filled.errors[error.field or ""] = _sentence(error)
        except Conflict as error:
            tell_conflict(error)
            return _question_page(get_questionnaire(draft.id), page_key, filled, key=key), 409
        else:
            flash(gettext("The question is saved. Participants notice nothing before it is published."), "ok")
            return redirect(url_for(".edit", questionnaire_id=draft.id, focus=focus), 303)
    return _question_page(draft, page_key, filled, key=key), 422


def _sentence(error: Invalid) -> str:
    return str(gettext(error.text, **error.values) if error.values else gettext(error.text))


def _question_page(draft: DraftView, page_key: str, filled: Filled, *, key: str = "") -> str:
    page = draft.definition.find_page(page_key)
    if page is None:
        abort(404)
    act = request.form.get("act", "")
    return render_template(
        "questionnaires/question.html",
        draft=draft,
        filled=filled,
        key=key,
        page_key=page_key,
        page_title=words.page_words(draft.definition, page),
        kind_name=words.kind_words(filled.kind),
        about=gettext(words.KINDS[filled.kind][1]),
        show_if=draw_condition(
            "show_if",
            filled.question.get("show_if", {}),
            draft.definition,
            until=page_key,
            added=act == "add:show_if",
        ),
        seen=draft.seen if act in ("", "save") else request.form.get("seen", draft.seen),
        act=act,
        contact_fields=words.CONTACT_FIELDS,
    )


@blueprint.get("/<int:questionnaire_id>/pages/<page_key>")
def show_page(questionnaire_id: int, page_key: str) -> ResponseReturnValue:
    draft = get_questionnaire(questionnaire_id)
    return _page_page(draft, page_key, _page_of(draft, page_key), error="")


@blueprint.post("/<int:questionnaire_id>/pages/<page_key>")
def save_page(questionnaire_id: int, page_key: str) -> ResponseReturnValue:
    """Title, order and conditions of a page, or its form again with a condition more or less."""
    draft, sent = get_questionnaire(questionnaire_id), request.form
    _page_of(draft, page_key)
    fields: dict[str, Any] = {
        "title": {each: sent.get(f"title_{each}", "").strip() for each in ("fr", "en")},
        "is_shuffled": sent.get("is_shuffled") == "1",
        "show_if": read_condition(sent, "show_if", draft.definition),
        "ends_if": read_condition(sent, "ends_if", draft.definition),
    }
    if sent.get("act") != "save":
        return _page_page(draft, page_key, fields, error="")
    wrong = [check_condition(fields[name], draft.definition) for name in ("show_if", "ends_if")]
    if any(wrong):
        return _page_page(draft, page_key, fields, error=" ".join(wrong).strip()), 422
    return _keep_page(draft, page_key, fields)


def _keep_page(draft: DraftView, page_key: str, fields: dict[str, Any]) -> ResponseReturnValue:
    try:
        keep(draft, editing.set_page(draft.document, page_key, fields))
    except Conflict as error:
        tell_conflict(error)
        return _page_page(get_questionnaire(draft.id), page_key, fields, error=""), 409
    flash(gettext("The page is saved. Participants notice nothing before it is published."), "ok")
    return redirect(url_for(".edit", questionnaire_id=draft.id, focus=f"page-{page_key}"), 303)


def _page_page(draft: DraftView, page_key: str, fields: dict[str, Any], *, error: str) -> str:
    page = draft.definition.find_page(page_key)
    if page is None:
        abort(404)
    act, definition = request.form.get("act", ""), draft.definition
    drawn = {
        name: draw_condition(
            name,
            fields.get(name, {}),
            definition,
            until=page_key,
            with_page=name == "ends_if",
            added=act == f"add:{name}",
        )
        for name in ("show_if", "ends_if")
    }
    return render_template(
        "questionnaires/page.html",
        draft=draft,
        page_key=page_key,
        fields=fields,
        title=words.page_words(definition, page),
        error=error,
        seen=draft.seen if act in ("", "save") else request.form.get("seen", draft.seen),
        **drawn,
    )
