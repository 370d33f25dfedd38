"""Doors of publishing: what is to correct, what differs from the version before, versions, closing and opening again."""

from itertools import pairwise
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.questionnaires import words
from hub.blueprints.questionnaires.base import blueprint
from hub.blueprints.questionnaires.difference_words import difference_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.questionnaires import publishing
from hub.questionnaires.definitions import Definition, Question
from hub.questionnaires.drafts import mapping
from hub.questionnaires.drafts.checks import check
from hub.questionnaires.drafts.differences import compare
from hub.questionnaires.drafts.findings import Finding
from hub.questionnaires.drafts.queries import find_published, get_questionnaire
from hub.questionnaires.drafts.queries import list_versions as find_versions
from hub.questionnaires.drafts.rows import DraftView
from hub.questionnaires.reading import read_definition
from hub.staff import queries as staff

MOVED = "moved."


@blueprint.get("/<int:questionnaire_id>/publish")
def show_publish(questionnaire_id: int) -> ResponseReturnValue:
    """What is to correct, what differs from the version in use, and the button."""
    return _page(get_questionnaire(questionnaire_id))


@blueprint.post("/<int:questionnaire_id>/publish")
def publish(questionnaire_id: int) -> ResponseReturnValue:
    """Freeze the draft as a version; refused, the page says why."""
    draft = get_questionnaire(questionnaire_id)
    try:
        with transaction():
            number = publishing.publish(
                questionnaire_id,
                seen=request.form.get("seen", ""),
                moved=_read_moved(),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
        return _page(get_questionnaire(questionnaire_id)), error.status
    flash(gettext("Version %(number)s is published.", number=number), "ok")
    if not draft.is_taking(clock.business_now()) and draft.published is not None:
        flash(gettext("The questionnaire is still closed: open it again to take answers."), "info")
    return redirect(url_for(".edit", questionnaire_id=questionnaire_id), 303)


def _read_moved() -> dict[str, dict[str, Any]]:
    """`moved.<question>` chooses its heir, `moved.<question>.<code>` that of an option."""
    found: dict[str, dict[str, Any]] = {}
    for name, chosen in request.form.items():
        if not name.startswith(MOVED) or not chosen:
            continue
        key, _, code = name.removeprefix(MOVED).partition(".")
        entry = found.setdefault(key, {"codes": {}})
        if code:
            entry["codes"][code] = chosen
        else:
            entry["key"] = chosen
    return found


def _page(draft: DraftView) -> str:
    before = read_definition(draft.published) if draft.published is not None else None
    findings = check(draft.definition, earlier=find_published(draft.earlier_id))
    return render_template(
        "questionnaires/publish.html",
        draft=draft,
        errors=[_finding(each, draft) for each in findings if each.is_error],
        warnings=[_finding(each, draft) for each in findings if not each.is_error],
        lines=difference_words(compare(before, draft.definition)) if before else [],
        questions=_moved_questions(before, draft.definition) if before else [],
    )


def _finding(finding: Finding, draft: DraftView) -> dict[str, str]:
    """The sentence, where it belongs, and the form to mend it in."""
    definition, key = draft.definition, finding.question
    page = definition.find_page(finding.page)
    where, href = gettext("The questionnaire"), url_for(".about", questionnaire_id=draft.id)
    if key in definition.by_key:
        where = words.title_of(definition.by_key[key])
        href = url_for(".show_question", questionnaire_id=draft.id, key=key)
    elif page is not None:
        where = words.page_words(definition, page)
        href = url_for(".show_page", questionnaire_id=draft.id, page_key=page.key)
    return {"where": where, "href": href, "text": words.finding_words(finding, definition)}


def _moved_questions(before: Definition, after: Definition) -> list[dict[str, Any]]:
    """What is asked: by what a question or an option that is gone was replaced, where something may have."""
    found = []
    for question in mapping.gone_questions(before, after):
        heirs = [(each.key, words.title_of(each)) for each in mapping.heirs_of(question, before, after)]
        if heirs:
            found.append(_choice(f"{MOVED}{question.key}", words.title_of(question), heirs))
    for question in before.questions:
        new = after.by_key.get(question.key, question)
        for code in mapping.gone_codes(question, new):
            heirs = [(each, _code_words(new, each)) for each in mapping.heir_codes(question, new, code)]
            if heirs:
                label = f"{words.title_of(question)} : {_code_words(question, code)}"
                found.append(_choice(f"{MOVED}{question.key}.{code}", label, heirs))
    return found


def _choice(name: str, label: str, heirs: list[tuple[str, str]]) -> dict[str, Any]:
    options = [("", gettext("nothing: it is asked no more")), *heirs]
    return {"name": name, "label": label, "options": options, "chosen": request.form.get(name, "")}


def _code_words(question: Question, code: str) -> str:
    parts = (*question.options, *question.rows)
    return next((words.say(each.words) for each in parts if each.code == code), code)


@blueprint.get("/<int:questionnaire_id>/versions")
def list_versions(questionnaire_id: int) -> ResponseReturnValue:
    """The newest first, each with what it changed."""
    draft, found = get_questionnaire(questionnaire_id), find_versions(questionnaire_id)
    people = staff.get_agents([each.published_by_id for each in found if each.published_by_id])
    definitions = [read_definition(each.definition) for each in found]
    lines = [difference_words(compare(before, after)) for after, before in pairwise(definitions)]
    rows = [
        {"version": each, "by": people.get(each.published_by_id or 0), "lines": said}
        for each, said in zip(found, [*lines, []], strict=False)
    ]
    return render_template("questionnaires/versions.html", draft=draft, rows=rows)


@blueprint.post("/<int:questionnaire_id>/close")
def close(questionnaire_id: int) -> ResponseReturnValue:
    with transaction():
        publishing.close(questionnaire_id, by=viewer().actor, now=clock.business_now())
    flash(gettext("The questionnaire is closed: no answer is taken any more."), "ok")
    return redirect(url_for(".edit", questionnaire_id=questionnaire_id), 303)


@blueprint.post("/<int:questionnaire_id>/reopen")
def reopen(questionnaire_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            publishing.reopen(questionnaire_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        flash(sentence_of(error), "error")
    else:
        flash(gettext("The questionnaire is open again."), "ok")
    return redirect(url_for(".edit", questionnaire_id=questionnaire_id), 303)
