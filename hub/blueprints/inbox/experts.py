"""Doors of experts and absences: ask about a ticket, what I am asked, who is away; and one click for a suggested reason."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.base import access, back_to, blueprint, do
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Forbidden, HubError, Invalid, NotFound
from hub.core.text import N_
from hub.inbox import actions
from hub.inbox.actions.changing import accept_suggestion
from hub.inbox.queries.experts import list_asked_of, list_groups_for, list_questions
from hub.inbox.queries.people import list_absences
from hub.staff.queries.members import list_answering_members
from hub.staff.words import Role
from hub.stores.queries import list_stores

MAY_NOTE_OTHERS = frozenset({Role.STORE_MANAGER, Role.REGION_MANAGER, Role.HEAD_OFFICE, Role.ADMINISTRATOR})


@blueprint.get("/asked")
def asked() -> ResponseReturnValue:
    """Questions to the groups I am an expert of."""
    return render_template("inbox/asked.html", rows=list_asked_of(viewer().agent_id))


@blueprint.route("/<number>/experts", methods=["GET", "POST"])
def ask_experts(number: str) -> ResponseReturnValue:
    """Ask a group about the ticket; the store keeps it."""
    ticket = access(number)
    sentence = ""
    if request.method == "POST":
        try:
            with transaction():
                _ask(ticket.id)
        except (Conflict, Invalid, NotFound) as error:
            sentence = sentence_of(error)
        else:
            return back_to(number, gettext("The experts are asked. The ticket stays yours."))
    groups = list_groups_for(ticket)
    page = render_template(
        "inbox/experts.html",
        ticket=ticket,
        groups=groups,
        questions=list_questions(ticket.id),
        sentence=sentence,
        text=request.form.get("text", ""),
        chosen=request.form.get("group", ""),
    )
    return page, 422 if sentence else 200


def _ask(ticket_id: int) -> None:
    actions.ask_experts(
        ticket_id=ticket_id,
        group_id=request.form.get("group", type=int, default=0),
        text=request.form.get("text", ""),
        by=viewer().actor,
        now=clock.business_now(),
    )


@blueprint.post("/<number>/suggested-reason")
def accept_reason(number: str) -> ResponseReturnValue:
    """The reason that is suggested, with one click."""
    ticket = access(number)
    return do(
        number,
        lambda: accept_suggestion(ticket_id=ticket.id, by=viewer().actor, now=clock.business_now()),
        gettext("The reason is noted."),
    )


@blueprint.route("/absence", methods=["GET", "POST"])
def absence() -> ResponseReturnValue:
    """Until when I am away; who leads a store says it for its people too."""
    if request.method == "POST":
        try:
            with transaction():
                _note_absence()
        except HubError as error:
            flash(sentence_of(error), "error")
        else:
            flash(gettext("Saved."), "ok")
        return redirect(url_for("inbox.absence"), 303)
    rows = list_absences(_people(), now=clock.business_now())
    return render_template("inbox/absence.html", rows=rows, zone=_zone())


def _people() -> set[int]:
    me = viewer()
    if me.role not in MAY_NOTE_OTHERS:
        return {me.agent_id}
    store_ids = None if me.scope.is_everything else me.scope.store_ids
    houses = [row.id for row in list_stores(store_ids=store_ids)]
    return {each for ids in list_answering_members(houses).values() for each in ids} | {me.agent_id}


def _note_absence() -> None:
    agent_id = request.form.get("agent", type=int, default=viewer().agent_id)
    if agent_id not in _people():
        raise Forbidden(N_("This person does not work in one of your stores."))
    until_at = None if request.form.get("back") == "1" else _end_of(request.form.get("until", ""))
    actions.note_absence(agent_id=agent_id, until_at=until_at, by=viewer().actor, now=clock.business_now())


def _end_of(words: str) -> datetime:
    """The end of the day that was given, in the time zone of the reader. Raises Invalid."""
    try:
        following = date.fromisoformat(words) + timedelta(days=1)
        return datetime.combine(following, time(), tzinfo=_zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(N_("Please give the last day of the absence."), field="until") from None


def _zone() -> ZoneInfo:
    return ZoneInfo(viewer().time_zone or "UTC")
