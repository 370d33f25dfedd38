"""Doors of the list: questionnaires with their state, and a new one, empty, of a template or like another one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.validators import Length

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, options, required
from hub.blueprints.questionnaire_tabs import questionnaire_tabs
from hub.blueprints.questionnaires import words
from hub.blueprints.questionnaires.base import blueprint
from hub.core import clock
from hub.questionnaires.drafts import actions
from hub.questionnaires.drafts.documents import Document, new_document
from hub.questionnaires.drafts.estimate import estimate_minutes
from hub.questionnaires.drafts.queries import get_questionnaire, list_names
from hub.questionnaires.drafts.queries import list_questionnaires as find_questionnaires
from hub.questionnaires.drafts.rows import QuestionnaireRow
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from hub.questionnaires.reading import read_definition

LIKE = "like:"


class NewForm(Form):
    """A new questionnaire."""

    name = StringField(
        lazy_gettext("Name"),
        [required(), Length(max=actions.LONGEST_NAME)],
        description=lazy_gettext(
            "For the staff only. Participants read the title, which you write afterwards."
        ),
    )
    start = SelectField(
        lazy_gettext("Begin with"),
        description=lazy_gettext(
            "A copy keeps the names of its questions, so that its results can be compared with those of the other one."
        ),
    )


@blueprint.get("/")
def list_questionnaires() -> ResponseReturnValue:
    """The last one made first."""
    page = find_questionnaires(request.args.get("after"))
    return render_template(
        "questionnaires/list.html",
        rows=[_line(row) for row in page.rows],
        older=url_for(".list_questionnaires", after=page.next_key) if page.next_key else None,
        newest=url_for(".list_questionnaires") if "after" in request.args else None,
    )


def _line(row: QuestionnaireRow) -> dict[str, Any]:
    state, tone = words.state_words(row.state, row.closes_at, clock.business_now())
    return {
        "name": row.name,
        "href": next((tab.href for tab in questionnaire_tabs(row.id)), ""),
        "state": state,
        "tone": tone,
        "count": row.response_count,
        "closes_at": row.closes_at,
        "changed_at": row.changed_at,
    }


def _form() -> NewForm:
    form = NewForm()
    templates = [(key.value, gettext(name)) for key, (name, _) in TEMPLATES.items()]
    copies = [(f"{LIKE}{key}", gettext("a copy of “%(name)s”", name=name)) for key, name in list_names()]
    form.start.choices = options([("", gettext("an empty questionnaire")), *templates, *copies])
    return form


def _page(form: NewForm) -> str:
    offered = [(gettext(name), *_size(document)) for name, document in (TEMPLATES[each] for each in Template)]
    return render_template("questionnaires/new.html", form=form, templates=offered)


def _size(document: Document) -> tuple[int, str]:
    definition = read_definition(document)
    asked = sum(1 for question in definition.questions if question.asks)
    return asked, words.minutes_words(estimate_minutes(definition))


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    return _page(_form())


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Begin it as a draft; its editor opens."""
    form, made = _form(), list[int]()
    if form.does(lambda: made.append(_create(form))):
        flash(gettext("The questionnaire is begun. Nobody can answer before you publish it."), "ok")
        return redirect(url_for(".edit", questionnaire_id=made[0]), 303)
    return _page(form), form.status


def _create(form: NewForm) -> int:
    start = form.start.data or ""
    name = form.name.data or ""
    earlier_id = int(start.removeprefix(LIKE)) if start.startswith(LIKE) else None
    if earlier_id is not None:
        document = dict(get_questionnaire(earlier_id).document)
    elif start:
        document = TEMPLATES[Template(start)][1]
    else:
        document = new_document({"fr": name})
    return actions.create_questionnaire(
        name=name,
        document=document,
        earlier_id=earlier_id,
        by=viewer().actor,
        now=clock.business_now(),
    )
