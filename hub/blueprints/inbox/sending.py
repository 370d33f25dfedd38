"""Doors of the composer: reply, note, call, draft, presence, undo; and what happens when somebody was faster."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.base import access, back_to, blueprint
from hub.blueprints.inbox.composing import (
    draft_kind,
    file_ids,
    file_rows,
    keep_text_of,
    put_under,
    take_uploads,
)
from hub.blueprints.inbox.happenings import Names
from hub.blueprints.inbox.inserted import inserted_fields, inserted_ready
from hub.blueprints.inbox.rows import thread_lines
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, HubError, Invalid
from hub.inbox import actions, queries
from hub.inbox.mentions import find_unmatched
from hub.inbox.queries import TicketView
from hub.inbox.words import MessageKind, PresenceKind, TicketState
from hub.knowledge.uses import forget_uses

LEAVING = "leaving"


@blueprint.post("/<number>/reply")
def reply(number: str) -> ResponseReturnValue:
    """Send what the composer holds: to the customer, or as a note when the composer says so."""
    ticket = access(number, as_expert=True)
    try:
        with transaction():
            take_uploads(ticket)
        if request.form.get("mode") == "note":
            return _note(ticket)
        inserted = inserted_ready(ticket, request.form.get("text", ""))
        with transaction():
            _send(ticket, inserted)
    except Invalid as error:
        return _show_again(ticket, error)
    except Conflict as error:
        return _ask(number, error)
    return back_to(number, gettext("The reply is on its way."))


@blueprint.post("/<number>/note")
def note(number: str) -> ResponseReturnValue:
    return _note(access(number, as_expert=True))


@blueprint.route("/<number>/call", methods=["GET", "POST"])
def call(number: str) -> ResponseReturnValue:
    """A call to the customer: one that reached him or her ends the wait."""
    ticket, text = access(number), request.form.get("text", "")
    if request.method == "POST":
        try:
            with transaction():
                _log_call(ticket, text)
        except Invalid as error:
            flash(sentence_of(error), "error")
        else:
            return back_to(number, gettext("The call is noted."))
    status = 422 if request.method == "POST" else 200
    return render_template("inbox/call.html", ticket=ticket, text=text), status


@blueprint.post("/<number>/undo")
def undo(number: str) -> ResponseReturnValue:
    """Take the reply back while it waits; its words are in the composer again."""
    ticket = access(number, as_expert=True)
    try:
        with transaction():
            message_id = request.form.get("message_id", type=int, default=0)
            back = actions.undo_reply(
                ticket_id=ticket.id, message_id=message_id, by=viewer().actor, now=clock.business_now()
            )
            forget_uses(message_id=message_id)
            put_under(ticket, back.text, back.inserted)
    except HubError as error:
        return back_to(number, sentence_of(error), "warn")
    return back_to(number, gettext("The reply did not leave. Its text is in the composer again."))


@blueprint.post("/<number>/draft")
def save_draft(number: str) -> ResponseReturnValue:
    ticket = access(number, as_expert=True)
    with transaction():
        keep_text_of(ticket, draft_kind(), text=request.form.get("text", ""))
    return "", 204


@blueprint.post("/<number>/keep")
def keep_text(number: str) -> ResponseReturnValue:
    """Back to the ticket with the text in the composer, to change it; with `drop`, without it."""
    ticket = access(number, as_expert=True)
    is_dropped = request.form.get("drop") == "1"
    with transaction():
        keep_text_of(ticket, MessageKind.AGENT, is_dropped=is_dropped)
        if is_dropped:
            actions.discard_files(ticket_id=ticket.id, by=viewer().actor, machine_now=clock.machine_now())
    if is_dropped:
        return redirect(url_for("inbox.ticket", number=number), 303)
    return redirect(url_for("inbox.ticket", number=number, _anchor="reply"), 303)


@blueprint.post("/<number>/presence")
def presence(number: str) -> ResponseReturnValue:
    """Say that the person reads or writes here; answers who else does, by name."""
    ticket, now, me = access(number, as_expert=True), clock.machine_now(), viewer()
    is_writing = request.form.get("doing") == PresenceKind.WRITING
    kind = PresenceKind.WRITING if is_writing else PresenceKind.VIEWING
    with transaction():
        if request.form.get("doing") == LEAVING:
            actions.leave(ticket_id=ticket.id, agent_id=me.agent_id)
        else:
            actions.note_presence(ticket_id=ticket.id, agent_id=me.agent_id, kind=kind, machine_now=now)
    others = queries.list_presence(ticket.id, machine_now=now, but_agent_id=me.agent_id)
    return jsonify(text=" ".join(_presence_words(row.name, row.kind) for row in others))


def _send(ticket: TicketView, inserted: dict[str, Any] | None) -> None:
    form = request.form
    actions.reply(
        ticket_id=ticket.id,
        text=form.get("text", ""),
        by=viewer().actor,
        now=clock.business_now(),
        last_event_id=form.get("last_event_id", type=int),
        is_forced=form.get("is_forced") == "1",
        undo_seconds=viewer().undo_seconds,
        inserted=inserted,
        key=form.get("key") or None,
        file_ids=file_ids(ticket),
        ends_draft=False,  # the text may have been begun as a note: a reply kept beside it stays
    )
    keep_text_of(ticket, MessageKind.AGENT, text="")


def _log_call(ticket: TicketView, text: str) -> None:
    actions.log_call(
        ticket_id=ticket.id,
        text=text,
        has_reached=request.form.get("has_reached") == "1",
        by=viewer().actor,
        now=clock.business_now(),
    )


def _note(ticket: TicketView) -> ResponseReturnValue:
    try:
        with transaction():
            actions.add_note(
                ticket_id=ticket.id,
                text=request.form.get("text", ""),
                by=viewer().actor,
                now=clock.business_now(),
                file_ids=file_ids(ticket),
            )
            keep_text_of(ticket, MessageKind.NOTE, text="")
    except Invalid as error:
        return _show_again(ticket, error)
    unknown = find_unmatched(
        request.form.get("text", ""), {row.id: row.name for row in queries.list_colleagues(ticket.store_id)}
    )
    if unknown:
        return back_to(ticket.number, _untold(unknown), "warn")
    return back_to(ticket.number, gettext("The note is saved. Only the staff can read it."))


def _untold(names: list[str]) -> str:
    return gettext(
        "The note is saved, but %(names)s told nobody: no colleague here has this name, or several do. "
        "Add a note with the full name.",
        names=", ".join(f"@{name}" for name in names),
    )


def _show_again(ticket: TicketView, error: HubError) -> ResponseReturnValue:
    """The ticket with the sentence on top; what was written is kept as a draft."""
    with transaction():
        keep_text_of(ticket, draft_kind(), text=request.form.get("text", ""))
    return back_to(ticket.number, sentence_of(error), "error")


def _ask(number: str, error: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or the ticket is closed: nothing was sent, the text is kept, the person decides."""
    ticket = access(number, as_expert=True)
    seen = request.form.get("last_event_id", type=int, default=0)
    newer = [row for row in queries.list_thread(ticket.id) if row.event_id > seen]
    page = render_template(
        "inbox/collision.html",
        ticket=ticket,
        sentence=sentence_of(error),
        text=request.form.get("text", ""),
        key=request.form.get("key", ""),
        started=request.form.get("started", ""),
        files=file_rows(ticket),
        inserted=inserted_fields(),
        lines=thread_lines(newer, [], {}, Names()),
        is_closed=ticket.state is TicketState.CLOSED,
    )
    return page, 409


def _presence_words(name: str, kind: PresenceKind) -> str:
    if kind is PresenceKind.WRITING:
        return gettext("%(name)s is writing in this ticket.", name=name)
    return gettext("%(name)s is reading this ticket.", name=name)
