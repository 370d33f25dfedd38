"""Doors of the builder: the list of forms, one form with its versions, editing, preview, switching on and off."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import escape

from hub.blueprints.access import viewer
from hub.blueprints.contact.joining_page import draw, language_now
from hub.blueprints.signups.base import blueprint
from hub.blueprints.signups.forms import SignupFormForm, asked_words, filled, fresh, kind_pairs
from hub.core import clock, site
from hub.core.db import transaction
from hub.signups import actions, queries
from hub.signups.queries import FormPage
from hub.signups.words import EntryState, FormKind
from hub.staff.queries import get_agents

FRAME_HEIGHT = 760


@blueprint.get("/")
def list_forms() -> ResponseReturnValue:
    """All forms with what came in."""
    rows = queries.list_forms()
    return render_template(
        "signups/list.html",
        rows=rows,
        counts=queries.count_entries([row.id for row in rows]),
        kinds=dict(kind_pairs()),
        states=EntryState,
        now=clock.business_now(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new_form() -> ResponseReturnValue:
    form = SignupFormForm(data=fresh())
    form.offer()
    if form.does(
        lambda: actions.make_form(
            key=form.slug.data or "",
            kind=FormKind(form.kind.data),
            details=form.details(),
            by=viewer().actor,
            now=clock.business_now(),
        )
    ):
        flash(gettext("Saved. Look at the preview, then switch it on."), "ok")
        return redirect(url_for("signups.list_forms"))
    return render_template("signups/edit.html", form=form, kept=None), form.status


@blueprint.get("/<int:form_id>")
def show_form(form_id: int) -> ResponseReturnValue:
    """One form: where it stands, how to show it, what it said in each version."""
    form = queries.get_form(form_id)
    versions = queries.list_versions(form_id)
    return render_template(
        "signups/show.html",
        form=form,
        versions=versions,
        authors=get_agents({row.made_by_id for row in versions if row.made_by_id}),
        counts=queries.count_entries([form_id])[form_id],
        asked=asked_words(form),
        states=EntryState,
        is_open=form.is_open(clock.business_now()),
        url=_url(form),
        snippet=_snippet(form),
    )


@blueprint.route("/<int:form_id>/edit", methods=["GET", "POST"])
def edit_form(form_id: int) -> ResponseReturnValue:
    """What was changed makes a new version; the old ones keep what they said."""
    kept = queries.get_form(form_id)
    form = SignupFormForm(data=filled(kept))
    form.offer()
    del form.slug, form.kind
    if form.does(
        lambda: actions.edit_form(
            form_id, details=form.details(), by=viewer().actor, now=clock.business_now()
        )
    ):
        flash(gettext("Saved."), "ok")
        return redirect(url_for("signups.show_form", form_id=form_id))
    return render_template("signups/edit.html", form=form, kept=kept), form.status


@blueprint.post("/<int:form_id>/switch")
def switch_form(form_id: int) -> ResponseReturnValue:
    is_active = request.form.get("is_active") == "1"
    with transaction():
        actions.switch_form(form_id, is_active=is_active, by=viewer().actor, now=clock.business_now())
    flash(gettext("The form is on.") if is_active else gettext("The form is off."), "ok")
    return redirect(url_for("signups.show_form", form_id=form_id))


@blueprint.get("/<int:form_id>/preview")
def preview(form_id: int) -> ResponseReturnValue:
    """The page as customers see it, from which nothing can be sent."""
    return draw(queries.get_form(form_id), given={}, errors={}, action="", is_preview=True)


def _url(form: FormPage) -> str:
    return site.base_url() + url_for("contact.join", slug=form.slug)


def _snippet(form: FormPage) -> str:
    """What the chain's site puts into its page."""
    title = escape(form.content.text(language_now()).title)
    return (
        f'<iframe src="{_url(form)}/embed" title="{title}" width="100%" height="{FRAME_HEIGHT}" '
        f'loading="lazy"></iframe>'
    )
