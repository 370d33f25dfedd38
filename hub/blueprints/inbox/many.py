"""Doors of acts on many tickets: what to do with those ticked, what became of each, undo."""

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox import words
from hub.blueprints.inbox.base import blueprint
from hub.blueprints.inbox.filters import read_asked, with_saved
from hub.blueprints.inbox.moments import read_moment
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import HubError, Invalid
from hub.core.text import N_
from hub.inbox import actions, queries
from hub.inbox.queries import Picking
from hub.inbox.snoozes import SnoozeUntil
from hub.inbox.words import BulkKind, Priority
from hub.reasons import queries as reasons
from hub.staff import queries as staff
from hub.stores import queries as stores

PEOPLE_SHOWN = 200
SHOWN = 50


@blueprint.route("/bulk", methods=["GET", "POST"])
def choose_bulk() -> ResponseReturnValue:
    """What may be done with the tickets ticked, or with all that the list finds; changes nothing yet."""
    picking, keep = _pick()
    if not picking.tickets:
        flash(gettext("Please tick at least one ticket first."), "warn")
        return redirect(url_for("inbox.list_tickets", **keep), 303)
    return _page(picking, keep)


@blueprint.post("/bulk/do")
def act_on_many() -> ResponseReturnValue:
    """Do one thing to each of them, then say what became of each."""
    picking, keep = _pick()
    try:
        act = _read_act()
        with transaction():
            run_id = actions.act_on_many(act, picking, viewer=viewer(), now=clock.business_now())
    except HubError as error:
        flash(sentence_of(error), "error")
        return _page(picking, keep) if picking.tickets else redirect(url_for("inbox.list_tickets"), 303)
    return redirect(url_for("inbox.bulk_result", run_id=run_id, **keep), 303)


@blueprint.get("/bulk/<int:run_id>")
def bulk_result(run_id: int) -> ResponseReturnValue:
    """How many were done, and which not and why."""
    run = queries.access_bulk_run(run_id, viewer())
    refused = [
        (number, gettext(text) % dict(values) if values else gettext(text))
        for number, text, values in run.refused
    ]
    return render_template(
        "inbox/bulk_result.html",
        run=run,
        refused=refused,
        did=bulk_words(run.kind),
        keep=read_asked(request.args).keep,
    )


@blueprint.post("/bulk/<int:run_id>/undo")
def undo_bulk(run_id: int) -> ResponseReturnValue:
    """Put back what nobody has changed since."""
    try:
        with transaction():
            count = actions.undo_bulk_run(run_id, viewer=viewer(), now=clock.business_now())
        flash(ngettext("%(num)s ticket is as before.", "%(num)s tickets are as before.", count), "ok")
    except HubError as error:
        flash(sentence_of(error), "warn")
    return redirect(url_for("inbox.bulk_result", run_id=run_id), 303)


def _pick() -> tuple[Picking, dict[str, Any]]:
    """The tickets of the request, by number or by the list they stand in, and the list's address."""
    asked = with_saved(read_asked(request.values), queries.list_views(viewer()))
    if request.values.get("all"):
        return queries.pick_found(asked.filters, viewer()), asked.keep
    numbers = request.values.getlist("ticket") or request.values.get("numbers", "").split()
    return queries.pick_tickets(numbers, viewer()), asked.keep


def _page(picking: Picking, keep: dict[str, Any]) -> str:
    tongue, rows = str(get_locale()), reasons.list_reasons()
    return render_template(
        "inbox/bulk.html",
        picking=picking,
        numbers=" ".join(ticket.number for ticket in picking.tickets),
        keep=keep,
        people=_people(picking),
        stores=[("", gettext("central queue")), *((row.id, row.name) for row in stores.list_stores())],
        reasons=[(row.id, row.path(tongue)) for row in rows if not row.has_children],
        tags=[(row.name, row.name) for row in queries.list_tags()],
        merge_options=[(row.number, f"{row.number} · {row.subject}") for row in picking.tickets[:SHOWN]],
        priorities=[(each.value, words.priority_words(each)) for each in Priority],
        most=queries.MOST_PICKED,
    )


def _people(picking: Picking) -> list[tuple[Any, str]]:
    """The person, nobody, and who works in the stores of the tickets."""
    found: dict[int, str] = {}
    for store_id in {ticket.store_id for ticket in picking.tickets}:
        found |= {row.id: row.name for row in staff.list_store_agents(store_id)}
    others = sorted(((name, each) for each, name in found.items()), key=lambda pair: pair[0].casefold())
    return [
        (viewer().agent_id, gettext("me")),
        ("", gettext("nobody")),
        *((each, name) for name, each in others[:PEOPLE_SHOWN] if each != viewer().agent_id),
    ]


def _read_act() -> actions.BulkAct:
    """The act of the form. Raises Invalid and NotFound."""
    form = request.form
    kind, until = form.get("act", ""), form.get("until", SnoozeUntil.TOMORROW.value)
    if kind not in set(BulkKind) or until not in set(SnoozeUntil):
        raise Invalid(N_("Please choose what to do."))
    into = form.get("into", "").strip()
    return actions.BulkAct(
        kind=BulkKind(kind),
        assignee_id=form.get("assignee", type=int),
        store_id=form.get("store_to", type=int),
        tag=form.get("tag", ""),
        reason_id=form.get("reason", type=int),
        priority=_priority(form.get("priority", "")),
        until=SnoozeUntil(until),
        day=_day(form.get("day", "")),
        into_id=queries.access_ticket(into, viewer()).id if into else None,
        is_forced=bool(form.get("forced")),
        script=form.get("script", ""),
        due_at=_moment(form.get("due", "")),
    )


def _priority(given: str) -> Priority:
    return Priority(given) if given in set(Priority) else Priority.NORMAL


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _moment(given: str) -> datetime | None:
    return read_moment(given) if given else None


def bulk_words(kind: BulkKind) -> str:
    words_of = {
        BulkKind.ASSIGN: gettext("Assigned"),
        BulkKind.TRANSFER: gettext("Moved to another store"),
        BulkKind.TAG: gettext("Tagged"),
        BulkKind.UNTAG: gettext("Tag taken off"),
        BulkKind.REASON: gettext("Reason noted"),
        BulkKind.PRIORITY: gettext("Priority noted"),
        BulkKind.SOLVE: gettext("Solved"),
        BulkKind.PENDING: gettext("Waiting for the customer"),
        BulkKind.SPAM: gettext("Closed as spam"),
        BulkKind.SNOOZE: gettext("Snoozed"),
        BulkKind.MERGE: gettext("Merged"),
        BulkKind.CALL: gettext("Put on the call list"),
    }
    return words_of[kind]
