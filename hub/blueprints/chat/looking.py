"""Doors of the widget that show: its words and whether anybody is there, new lines; and leaving."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints.chat.base import blueprint, chat_shape, find_token, read_place, read_token, setup_now
from hub.blueprints.chat.words import widget_words
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import NotFound
from hub.inbox import actions, queries
from hub.inbox.actions.chat_leaving import NO_CHAT

LONGEST_NUMBER = 18


@blueprint.post("/chat/hello")
@limiter.limit("40 per minute")
def hello() -> ResponseReturnValue:
    """The widget is opened: its words, whether somebody is there, and the chat that goes on, if any."""
    place = read_place()
    chat_id = find_token()
    is_open = queries.may_chat(place.store_id, now=clock.business_now(), machine_now=clock.machine_now())
    return jsonify(
        words=widget_words(setup_now().privacy_url),
        open=is_open,
        chat=_look(chat_id, after_id=0, read_id=0) if chat_id else None,
    )


@blueprint.post("/chat/look")
@limiter.limit("200 per minute")
def look() -> ResponseReturnValue:
    """New lines; the widget says which it has shown. 404 when the chat is over."""
    found = _look(read_token(), after_id=_number("after"), read_id=_number("read"))
    if found is None:
        raise NotFound(NO_CHAT)
    return jsonify(chat=found)


@blueprint.post("/chat/leave")
@limiter.limit("60 per minute")
def leave() -> ResponseReturnValue:
    """The visitor ends the chat, or its page goes; a beacon, which hears no answer."""
    chat_id = find_token()
    if chat_id is not None:
        is_closed = request.form.get("closed") == "1"
        with transaction():
            _leave(chat_id, is_closed=is_closed)
    return "", 204


def _leave(chat_id: int, *, is_closed: bool) -> None:
    try:
        actions.leave_chat(
            chat_id=chat_id,
            is_closed=is_closed,
            read_message_id=_number("read"),
            now=clock.business_now(),
            machine_now=clock.machine_now(),
        )
    except NotFound:
        return  # it was over already


def _look(chat_id: int, *, after_id: int, read_id: int) -> dict[str, object] | None:
    """Note that the visitor is there, then what is new; None when the chat is over."""
    now, machine_now = clock.business_now(), clock.machine_now()
    try:
        with transaction():
            actions.note_visitor(chat_id=chat_id, read_message_id=read_id, now=now, machine_now=machine_now)
    except NotFound:
        return None
    page = queries.find_chat_page(chat_id, after_id=after_id, machine_now=machine_now)
    return chat_shape(chat_id, page) if page else None


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0
