"""Doors of the saved views: all of them with their counts, a new one, changing, sharing, order, the default."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, required
from hub.blueprints.inbox.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.inbox import actions, queries
from hub.inbox.queries import ViewRow
from hub.inbox.view_rules import reaches_of
from hub.inbox.words import ListSort, ViewReach
from hub.stores import queries as stores


class ViewForm(Form):
    """A saved view: its name, its words, its order, who has it."""

    name = StringField(_("Name"), [required(), Length(max=60)])
    query = StringField(_("Words and filters"), [Length(max=400)])
    sort = RadioField(_("Sorted by"), default=ListSort.DUE.value)
    reach = RadioField(_("Who has it"), default=ViewReach.PERSONAL.value)
    store_id = SelectField(_("Store"), coerce=str, validators=[Optional()])

    def offer(self) -> "ViewForm":
        """Fill the choices with what this person may do."""
        me = viewer()
        self.sort.choices = [
            SelectChoice(ListSort.DUE.value, gettext("Open tickets by due time")),
            SelectChoice(ListSort.CHANGED.value, gettext("All tickets, latest change first")),
        ]
        self.reach.choices = [SelectChoice(reach.value, reach_words(reach)) for reach in reaches_of(me)]
        scope = None if me.scope.is_everything else me.scope.store_ids
        rows = stores.list_stores(store_ids=scope) if len(self.reach.choices) > 1 else []
        self.store_id.choices = [
            SelectChoice("", gettext("none")),
            *(SelectChoice(str(row.id), row.name) for row in rows),
        ]
        return self

    def draft(self) -> actions.ViewDraft:
        return actions.ViewDraft(
            name=self.name.data or "",
            query=self.query.data or "",
            sort=ListSort(self.sort.data),
            reach=ViewReach(self.reach.data),
            store_id=int(self.store_id.data) if self.store_id.data else None,
        )


def reach_words(reach: ViewReach) -> str:
    words = {
        ViewReach.PERSONAL: gettext("Only me"),
        ViewReach.STORE: gettext("My store"),
        ViewReach.CHAIN: gettext("The whole chain"),
    }
    return words[reach]


@blueprint.get("/views")
def show_views() -> ResponseReturnValue:
    """All the views this person has, with what they hold."""
    me = viewer()
    views = queries.list_views(me)
    return render_template(
        "inbox/views.html",
        views=views,
        counts=queries.count_in_views(views, me),
        reach_words=reach_words,
        has_default=any(view.is_default for view in views),
        scope_stores=stores.get_stores({view.store_id for view in views if view.store_id}),
    )


@blueprint.route("/views/new", methods=["GET", "POST"])
def new_view() -> ResponseReturnValue:
    """Keep a search under a name."""
    form = ViewForm(**_given()).offer()
    made: list[int] = []
    if form.does(
        lambda: made.append(actions.save_view(form.draft(), viewer=viewer(), now=clock.business_now()))
    ):
        flash(gettext("The view is saved."), "ok")
        return redirect(url_for("inbox.list_tickets", saved=made[0]), 303)
    return render_template("inbox/view_edit.html", form=form, view=None), form.status


def _given() -> dict[str, Any]:
    sort = request.args.get("sort", "")
    return {
        "query": request.args.get("q", ""),
        "sort": sort if sort in set(ListSort) else ListSort.DUE.value,
    }


@blueprint.route("/views/<int:view_id>/edit", methods=["GET", "POST"])
def edit_view(view_id: int) -> ResponseReturnValue:
    """Rename, share, or change the words."""
    view = queries.access_view(view_id, viewer())
    form = ViewForm(**_as_form(view)).offer()
    if form.does(
        lambda: actions.change_view(view_id, form.draft(), viewer=viewer(), now=clock.business_now())
    ):
        flash(gettext("The view is changed."), "ok")
        return redirect(url_for("inbox.show_views"), 303)
    return render_template("inbox/view_edit.html", form=form, view=view), form.status


def _as_form(view: ViewRow) -> dict[str, Any]:
    return {
        "name": view.name,
        "query": view.query,
        "sort": view.sort.value,
        "reach": view.reach.value,
        "store_id": str(view.store_id or ""),
    }


@blueprint.post("/views/<int:view_id>/delete")
def delete_view(view_id: int) -> ResponseReturnValue:
    with transaction():
        actions.delete_view(view_id, viewer=viewer(), now=clock.business_now())
    flash(gettext("The view is deleted. Its tickets stay where they are."), "ok")
    return redirect(url_for("inbox.show_views"), 303)


@blueprint.post("/views/<int:view_id>/move")
def move_view(view_id: int) -> ResponseReturnValue:
    """One place up or down among those of the same readers."""
    with transaction():
        actions.move_view(view_id, is_up=request.form.get("to") == "up", viewer=viewer())
    return redirect(url_for("inbox.show_views"), 303)


@blueprint.post("/views/default")
def choose_default_view() -> ResponseReturnValue:
    """What the inbox opens with: a saved view, or (empty) the tickets to answer."""
    with transaction():
        actions.choose_default_view(request.form.get("view", type=int), viewer=viewer())
    flash(gettext("Your inbox now opens with this list."), "ok")
    return redirect(url_for("inbox.show_views"), 303)
