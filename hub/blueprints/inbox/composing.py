"""What the composer holds besides its buttons: the text kept as a draft, the files kept with it."""

from collections.abc import Mapping
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.inbox.base import access, back_to, blueprint
from hub.blueprints.inbox.inserted_ids import FIELDS, inserted_ids, joined_ids
from hub.blueprints.inbox.rows import size_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.inbox import actions, queries
from hub.inbox.actions import Upload
from hub.inbox.queries import TicketView
from hub.inbox.words import MessageKind

DRAFT_KINDS = {"note": MessageKind.NOTE}


def draft_kind() -> MessageKind:
    return DRAFT_KINDS.get(request.form.get("mode", ""), MessageKind.AGENT)


def keep_text_of(
    ticket: TicketView,
    kind: MessageKind,
    *,
    text: str | None = None,
    is_dropped: bool = False,
) -> None:
    """A reply and a note stand beside each other, each as it was left.

    Without script the composer holds one text: one that was begun as the other kind (`started` of the form) is no longer
    kept as that, and joins what is kept as this one, which stays when nothing is to join it: the text was sent, or let go.
    """
    words = request.form.get("text", "") if text is None else text
    begun = started_as(kind)
    if begun is not kind:
        own, more = _drafts(ticket).get(kind, ("", {}))[0].rstrip(), "" if is_dropped else words
        _save(ticket, begun, "")
        _save(ticket, kind, "\n\n".join(each for each in (own, more) if each.strip()), inserted_ids())
    else:
        _save(ticket, kind, "" if is_dropped else words, inserted_ids())


def started_as(kind: MessageKind) -> MessageKind:
    """What the text in the composer was when the page was made; with script it is what it is."""
    word = request.form.get("started")
    return kind if word is None else DRAFT_KINDS.get(word, MessageKind.AGENT)


def put_under(ticket: TicketView, text: str, inserted: Mapping[str, Any]) -> None:
    """A reply that did not leave is in the composer again: under what the person was writing, if anything."""
    own, ids = _drafts(ticket).get(MessageKind.AGENT, ("", {}))
    own = own.rstrip()
    joined = joined_ids(ids, inserted.get(FIELDS, {}))
    _save(ticket, MessageKind.AGENT, f"{own}\n\n{text}" if own else text, joined)


def _drafts(ticket: TicketView) -> dict[MessageKind, tuple[str, Mapping[str, list[int]]]]:
    return {row.kind: (row.text, row.inserted) for row in queries.list_drafts(ticket.id, viewer().agent_id)}


def _save(
    ticket: TicketView, kind: MessageKind, text: str, inserted: Mapping[str, list[int]] | None = None
) -> None:
    """Only a reply remembers what was inserted: a note has no figures, and sets nothing."""
    actions.save_draft(
        ticket_id=ticket.id,
        agent_id=viewer().agent_id,
        kind=kind,
        text=text,
        inserted=inserted if kind is MessageKind.AGENT else None,
        now=clock.business_now(),
    )


def take_uploads(ticket: TicketView) -> None:
    """Keep the files that came with the form, if any. Raises Invalid (files)."""
    chosen = [
        Upload(file.filename or "", file.read()) for file in request.files.getlist("files") if file.filename
    ]
    actions.keep_files(ticket_id=ticket.id, uploads=chosen, by=viewer().actor, now=clock.business_now())


def file_ids(ticket: TicketView) -> list[int]:
    """The files that wait in the person's composer here."""
    return [row.id for row in queries.list_composer_files(ticket.id, viewer().agent_id)]


def file_rows(ticket: TicketView) -> list[dict[str, object]]:
    found = queries.list_composer_files(ticket.id, viewer().agent_id)
    return [{"id": row.id, "name": row.name, "size": size_words(row.size_bytes)} for row in found]


@blueprint.post("/<number>/files")
def attach(number: str) -> ResponseReturnValue:
    """Keep chosen files with the draft; the list of them, or the ticket again with its text."""
    ticket = access(number, as_expert=True)
    sentence = ""
    try:
        with transaction():
            take_uploads(ticket)
            if not wants_fragment():
                keep_text_of(ticket, draft_kind())
    except Invalid as error:
        sentence = sentence_of(error)
    return _answer(ticket, sentence)


@blueprint.post("/<number>/files/<int:file_id>/remove")
def remove_file(number: str, file_id: int) -> ResponseReturnValue:
    ticket = access(number, as_expert=True)
    with transaction():
        actions.remove_file(
            ticket_id=ticket.id, file_id=file_id, by=viewer().actor, machine_now=clock.machine_now()
        )
        if not wants_fragment():
            keep_text_of(ticket, draft_kind())
    return _answer(ticket, "")


def _answer(ticket: TicketView, sentence: str) -> ResponseReturnValue:
    if not wants_fragment():
        return back_to(ticket.number, sentence, "error")
    page = render_template(
        "inbox/_files.html", ticket=ticket, files=file_rows(ticket), sentence=sentence, is_fragment=True
    )
    return page, 422 if sentence else 200


@blueprint.get("/<number>/colleagues")
def colleagues(number: str) -> ResponseReturnValue:
    """Who may be named with @ in a note here."""
    ticket = access(number, as_expert=True)
    return jsonify([{"id": row.id, "name": row.name} for row in queries.list_colleagues(ticket.store_id)])
