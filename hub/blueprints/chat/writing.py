"""Doors of the widget that write: the first line, which opens the ticket, further ones, and the message left when nobody is there."""

import secrets

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from hub.blueprints.chat.base import blueprint, chat_shape, read_place, read_token
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import NotFound
from hub.core.words import Language
from hub.inbox import actions, queries
from hub.inbox.actions import Said, Visitor
from hub.inbox.actions.chat_leaving import NO_CHAT

LONGEST_KEY = 40


@blueprint.post("/chat/open")
@limiter.limit("6 per minute;60 per day")
def open_chat() -> ResponseReturnValue:
    """The first line: from now on the chat is a ticket."""
    visitor, now = _visitor(), clock.business_now()
    with transaction():
        said = actions.open_chat(
            text=_text(), visitor=visitor, key=_key(), now=now, machine_now=clock.machine_now()
        )
    return _answer(said)


@blueprint.post("/chat/say")
@limiter.limit("30 per minute")
def say() -> ResponseReturnValue:
    chat_id = read_token()
    with transaction():
        said = actions.say(
            chat_id=chat_id,
            text=_text(),
            key=_key(),
            now=clock.business_now(),
            machine_now=clock.machine_now(),
        )
    return _answer(said)


@blueprint.post("/chat/note")
@limiter.limit("6 per minute;60 per day")
def leave_note() -> ResponseReturnValue:
    """Nobody is there: the message becomes a ticket that is answered by mail."""
    visitor = _visitor()
    with transaction():
        actions.leave_note(
            text=_text(),
            visitor=visitor,
            key=_key(),
            now=clock.business_now(),
            machine_now=clock.machine_now(),
        )
    return jsonify(done=True), 201


def _answer(said: Said) -> ResponseReturnValue:
    """The line as it stands now, and what came before it that the widget has not shown."""
    after = request.form.get("after", type=int, default=said.message_id - 1)
    page = queries.find_chat_page(
        said.chat_id, after_id=min(max(after, 0), said.message_id), machine_now=clock.machine_now()
    )
    if page is None:
        raise NotFound(NO_CHAT)
    return jsonify(chat=chat_shape(said.chat_id, page)), 201


def _visitor() -> Visitor:
    place = read_place()
    return Visitor(
        language=Language(str(get_locale())),
        name=request.form.get("name", ""),
        email=request.form.get("email", ""),
        page_url=place.page_url,
        origin=place.origin,
        store_id=place.store_id,
    )


def _text() -> str:
    return request.form.get("text", "")


def _key() -> str:
    """Drawn by the widget for each line, so that one sent twice is one; ours when it names none."""
    return request.form.get("key", "")[:LONGEST_KEY] or secrets.token_hex(12)
