"""Doors of the templates that show: the list, one template, a new one."""

from itertools import groupby

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, lazy_gettext
from wtforms import RadioField, StringField
from wtforms.validators import Length

from hub.blueprints.access import viewer
from hub.blueprints.customer_words import purpose_words
from hub.blueprints.forms import Form, options, required
from hub.blueprints.plan_words import plan_name
from hub.blueprints.templates.base import blueprint, house, template_of
from hub.blueprints.templates.form import write_seen
from hub.content import actions, queries
from hub.content.support import load_table
from hub.content.variables import OWN_PURPOSES
from hub.content.words import LANGUAGES
from hub.core import clock
from hub.core.words import Purpose
from hub.plans import queries as plans
from hub.staff import queries as staff


class TemplateForm(Form):
    """A new template: what it is called, what it is for."""

    name = StringField(lazy_gettext("Name"), [required(), Length(max=80)])
    purpose = RadioField(lazy_gettext("What are the messages for?"), [required()])


@blueprint.get("/")
def list_templates() -> ResponseReturnValue:
    """All templates: the chain's own first, then those delivered, by what they are about."""
    rows = queries.list_templates(str(get_locale()))
    groups = [(group, list(inside)) for group, inside in groupby(rows, key=lambda row: row.group)]
    return render_template("templates/list.html", groups=groups, used_by=_used_by())


@blueprint.get("/new")
def new_template() -> ResponseReturnValue:
    return render_template("templates/new.html", form=_new_form())


@blueprint.post("/new")
def create_template() -> ResponseReturnValue:
    """Begin a template; the editor opens in the reader's language."""
    form, keys = _new_form(), list[str]()
    if form.does(lambda: keys.append(_create(form))):
        return redirect(url_for(".edit_template", key=keys[0], language=str(get_locale())), 303)
    return render_template("templates/new.html", form=form), form.status


def _new_form() -> TemplateForm:
    form = TemplateForm()
    form.purpose.choices = options((purpose.value, purpose_words(purpose)) for purpose in OWN_PURPOSES)
    return form


def _create(form: TemplateForm) -> str:
    return actions.create_template(
        name=str(form.name.data),
        purpose=Purpose(str(form.purpose.data)),
        by=viewer().actor,
        now=clock.business_now(),
    )


@blueprint.get("/<key>")
def show_template(key: str) -> ResponseReturnValue:
    """Where a template stands: what is in use in each language, drafts, who uses it, its versions."""
    row = template_of(key)
    histories = {language: queries.get_history(row.id, language) for language in LANGUAGES}
    authors = {v.published_by_id for rows in histories.values() for v in rows if v.published_by_id}
    return render_template(
        "templates/show.html",
        row=row,
        histories=histories,
        people=staff.get_agents(authors),
        used_by=_used_by().get(key, []),
        reports=queries.review_drafts(row.id, house()) if row.draft_languages else [],
        has_support=load_table() is not None,
        seen=write_seen(queries.list_drafts(row.id)),
    )


def _used_by() -> dict[str, list[tuple[str, str]]]:
    """By template: the plans whose steps send it, as name and key."""
    found: dict[str, list[tuple[str, str]]] = {}
    for plan in plans.list_plans():
        if plan.published_version_id is None:
            continue
        for step in plans.get_definition(plan.published_version_id).steps:
            for key in step.templates:
                entry = (plan_name(plan), plan.key)
                if entry not in found.setdefault(key, []):
                    found[key].append(entry)
    return found
