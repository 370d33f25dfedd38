"""Doors of a plan as a whole: a new one of the chain's own, its names, who goes first, how many receive nothing."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.validators import Length

from hub.blueprints import plan_words
from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, options, required
from hub.blueprints.plan_editor.base import blueprint
from hub.blueprints.plan_editor.choosing import offered_triggers
from hub.blueprints.plan_editor.step_form import read_whole
from hub.core import clock
from hub.plans.drafts import planning
from hub.plans.drafts.queries import get_words, list_priorities
from hub.plans.drafts.rows import PlanWords
from hub.plans.words import Trigger


class AboutForm(Form):
    """What is said of a plan beside its steps."""

    name_fr = StringField(lazy_gettext("Name in French"), [required(), Length(max=80)])
    name_en = StringField(lazy_gettext("Name in English"), [required(), Length(max=80)])
    priority = StringField(
        lazy_gettext("Priority"),
        [required()],
        description=lazy_gettext(
            "When a customer may receive one message only, the plan with the smaller number sends it."
        ),
    )
    control_percent = StringField(
        lazy_gettext("Control group, in percent"),
        [required()],
        description=lazy_gettext(
            "So many of those who come in receive nothing but what the plan must tell everybody, so that the plan's gain can "
            "be measured. A change counts for those who come in from now on."
        ),
    )

    def words(self) -> PlanWords:
        """Raises Invalid, with the field it is about."""
        return PlanWords(
            name_fr=self.name_fr.data or "",
            name_en=self.name_en.data or "",
            priority=read_whole(self, "priority", least=1, most=planning.MOST_PRIORITY) or 1,
            control_percent=read_whole(self, "control_percent", least=0, most=planning.MOST_CONTROL) or 0,
        )


class NewForm(AboutForm):
    """A new plan: from nothing, or like another one."""

    like = SelectField(lazy_gettext("Begin with"))
    trigger = SelectField(
        lazy_gettext("A customer comes in who"),
        description=lazy_gettext("Of an empty plan. More ways in can be added afterwards."),
    )


def _new_form() -> NewForm:
    rows = list_priorities()
    free = max((row.priority for row in rows), default=0) + 10
    form = NewForm(data={"priority": str(min(free, planning.MOST_PRIORITY)), "control_percent": "10"})
    copies = [(row.key, gettext("a copy of “%(plan)s”", plan=plan_words.plan_name(row))) for row in rows]
    form.like.choices = options([("", gettext("an empty plan")), *copies])
    form.trigger.choices = options(offered_triggers())
    return form


@blueprint.get("/new")
def new_plan() -> ResponseReturnValue:
    return render_template("plan_editor/new.html", form=_new_form(), others=list_priorities())


@blueprint.post("/new")
def create_plan() -> ResponseReturnValue:
    """Begin a plan of the chain's own as a draft; the editor opens."""
    form, made = _new_form(), list[str]()
    if form.does(lambda: made.append(_create(form))):
        flash(
            gettext("The plan is begun as a draft. Nobody comes in before it is published and switched on."),
            "ok",
        )
        return redirect(url_for(".show_draft", key=made[0]), 303)
    return render_template("plan_editor/new.html", form=form, others=list_priorities()), form.status


def _create(form: NewForm) -> str:
    return planning.create_plan(
        words=form.words(),
        trigger=Trigger(form.trigger.data),
        like=form.like.data or None,
        by=viewer().actor,
        now=clock.business_now(),
    )


@blueprint.route("/<key>/about", methods=["GET", "POST"])
def about(key: str) -> ResponseReturnValue:
    """Names, priority and control share: they change at once, without a draft."""
    kept = get_words(key)
    stored = {
        "name_fr": kept.name_fr,
        "name_en": kept.name_en,
        "priority": str(kept.priority),
        "control_percent": str(kept.control_percent),
    }
    form = AboutForm(data=stored)
    back = url_for("plans.show" if kept.is_published else ".show_draft", key=key)
    if request.method == "POST" and form.does(lambda: _change(key, form)):
        flash(gettext("Saved."), "ok")
        return redirect(back, 303)
    others = [row for row in list_priorities() if row.key != key]
    page = render_template(
        "plan_editor/about.html",
        form=form,
        name=plan_words.plan_name(kept),
        others=others,
        back=back,
        key=key,
    )
    return page, form.status


def _change(key: str, form: AboutForm) -> None:
    planning.change_plan(key=key, words=form.words(), by=viewer().actor, now=clock.business_now())
