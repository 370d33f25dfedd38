"""Doors of what holds for the whole questionnaire: names, words around it, mode, languages, hidden fields, limits."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import CheckboxesField, Form, options, required
from hub.blueprints.questionnaires import words
from hub.blueprints.questionnaires.base import blueprint
from hub.core import clock
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires import publishing
from hub.questionnaires.drafts import actions, editing
from hub.questionnaires.drafts.queries import get_questionnaire, list_names
from hub.questionnaires.drafts.rows import DraftView
from hub.questionnaires.reading import KEY, LONGEST_WORDS
from hub.questionnaires.words import Mode
from hub.stores.queries import get_chain

LONGEST_TITLE = 200
END_OF_DAY = time(23, 59)
BAD_HIDDEN = N_("A hidden field is of small letters, digits and underscores: “%(name)s”.")
BAD_MOST = N_("Please give a whole number from 1, or nothing.")


class AboutForm(Form):
    """What is said once for all pages."""

    seen = HiddenField()
    name = StringField(
        lazy_gettext("Name"),
        [required(), Length(max=actions.LONGEST_NAME)],
        description=lazy_gettext("For the staff only."),
    )
    title_fr = StringField(lazy_gettext("Title in French"), [Length(max=LONGEST_TITLE)])
    title_en = StringField(lazy_gettext("Title in English"), [Length(max=LONGEST_TITLE)])
    introduction_fr = TextAreaField(lazy_gettext("Introduction in French"), [Length(max=LONGEST_WORDS)])
    introduction_en = TextAreaField(lazy_gettext("Introduction in English"), [Length(max=LONGEST_WORDS)])
    thanks_fr = TextAreaField(lazy_gettext("Thanks in French"), [Length(max=LONGEST_WORDS)])
    thanks_en = TextAreaField(lazy_gettext("Thanks in English"), [Length(max=LONGEST_WORDS)])
    mode = SelectField(
        lazy_gettext("Mode"),
        description=lazy_gettext(
            "Stated on the first page. Anonymous: an answer leads to nobody, not even for us."
        ),
    )
    languages = CheckboxesField(lazy_gettext("Languages"), validators=[required()])
    closes_on = DateField(
        lazy_gettext("Last day"),
        [Optional()],
        description=lazy_gettext(
            "After it nothing is taken any more. It counts at once, without publishing."
        ),
    )
    most = StringField(
        lazy_gettext("At most so many responses"),
        description=lazy_gettext("Then the questionnaire thanks and asks no more."),
    )
    hidden = StringField(
        lazy_gettext("Hidden fields"),
        description=lazy_gettext(
            "Names, with commas between them, that an open link may carry along, such as campaign."
        ),
    )
    earlier_id = SelectField(
        lazy_gettext("Compared with"),
        description=lazy_gettext(
            "The results stand beside those of this questionnaire, last year's for example."
        ),
    )


def _form(draft: DraftView) -> AboutForm:
    definition = draft.definition
    data = {f"{name}_{each}": getattr(getattr(definition, name), each) for name in ("title", "introduction", "thanks")
        for each in ("fr", "en")}  # fmt: skip
    zone = ZoneInfo(get_chain().time_zone)
    form = AboutForm(
        data=data
        | {
            "seen": draft.seen,
            "name": draft.name,
            "mode": definition.mode.value,
            "languages": [each.value for each in definition.languages],
            "closes_on": draft.closes_at.astimezone(zone).date() if draft.closes_at else None,
            "most": str(definition.most or ""),
            "hidden": ", ".join(definition.hidden),
            "earlier_id": str(draft.earlier_id or ""),
        }
    )
    form.mode.choices = options((mode.value, gettext(said)) for mode, said in words.MODES.items())
    form.languages.choices = [
        SelectChoice(Language.FRENCH.value, gettext("French")),
        SelectChoice(Language.ENGLISH.value, gettext("English")),
    ]
    others = [(str(key), name) for key, name in list_names() if key != draft.id]
    form.earlier_id.choices = options([("", gettext("no other questionnaire")), *others])
    return form


@blueprint.route("/<int:questionnaire_id>/about", methods=["GET", "POST"])
def about(questionnaire_id: int) -> ResponseReturnValue:
    draft = get_questionnaire(questionnaire_id)
    form = _form(draft)
    if request.method == "POST" and form.does(lambda: _change(draft, form)):
        flash(gettext("Saved."), "ok")
        return redirect(url_for(".edit", questionnaire_id=draft.id, focus="about"), 303)
    if request.method == "POST":
        form.seen.data = get_questionnaire(draft.id).seen
    return render_template("questionnaires/about.html", draft=draft, form=form), form.status


def _change(draft: DraftView, form: AboutForm) -> None:
    by, now = viewer().actor, clock.business_now()
    earlier = int(form.earlier_id.data) if form.earlier_id.data else None
    document = editing.set_about(draft.document, _fields(form))
    actions.change_draft(
        questionnaire_id=draft.id, document=document, seen=form.seen.data or "", by=by, now=now
    )
    actions.rename(questionnaire_id=draft.id, name=form.name.data or "", earlier_id=earlier, by=by, now=now)
    publishing.set_closing(draft.id, closes_at=_closes_at(draft, form), by=by, now=now)


def _closes_at(draft: DraftView, form: AboutForm) -> datetime | None:
    """The end of the chosen day where the chain is; a day that was not changed keeps its moment."""
    day, zone = form.closes_on.data, ZoneInfo(get_chain().time_zone)
    if day is None:
        return None
    if draft.closes_at is not None and draft.closes_at.astimezone(zone).date() == day:
        return draft.closes_at
    return datetime.combine(day, END_OF_DAY, zone)


def _fields(form: AboutForm) -> dict[str, object]:
    """Raises Invalid, with the field it is about."""
    hidden = [each for each in (form.hidden.data or "").replace(",", " ").split() if each]
    for name in hidden:
        if not KEY.fullmatch(name):
            raise Invalid(BAD_HIDDEN, field="hidden", name=name)
    most = (form.most.data or "").strip()
    if most and not (most.isdecimal() and int(most[:12]) > 0):
        raise Invalid(BAD_MOST, field="most")
    said = {
        name: {
            each: (form[f"{name}_{each}"].data or "").replace("\r\n", "\n").strip() for each in ("fr", "en")
        }
        for name in ("title", "introduction", "thanks")
    }
    return said | {
        "mode": Mode(form.mode.data).value,
        "languages": form.languages.data,
        "hidden": list(dict.fromkeys(hidden)),
        "most": int(most[:12]) if most else None,
    }
