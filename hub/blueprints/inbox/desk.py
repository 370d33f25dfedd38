"""Doors that open pages keep asking: who waits, what is new in the list and in a ticket, and where the live events are."""

from datetime import UTC, datetime

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from hub.blueprints.access import viewer
from hub.blueprints.inbox.base import access, blueprint
from hub.blueprints.inbox.thread import gather_thread
from hub.core import clock, live
from hub.core.db import transaction
from hub.inbox.queries.badge import count_news, count_waiting_for
from hub.staff.actions import note_attendance

LATEST_SECOND = 253_402_300_799  # the last one of the year 9999


@blueprint.post("/desk")
def desk() -> ResponseReturnValue:
    """The person has a page open: chats may come; answers how many customers wait and where the stream is."""
    me, machine_now = viewer(), clock.machine_now()
    with transaction():
        note_attendance(agent_id=me.agent_id, machine_now=machine_now)
    topics = live.scope_topics(is_everything=me.scope.is_everything, store_ids=me.scope.store_ids)
    count = count_waiting_for(me)
    return jsonify(
        waiting=count,
        text=ngettext("%(num)s customer waits", "%(num)s customers wait", count),
        stream=live.make_stream_url(topics, machine_now=machine_now),
    )


@blueprint.get("/new-count")
def new_count() -> ResponseReturnValue:
    """How many tickets came, or wait anew, since the list on screen was shown: for the bar above it."""
    after = request.args.get("after", type=int, default=0)
    since = request.args.get("since", type=int)
    moment = datetime.fromtimestamp(since, UTC) if since is not None and 0 < since < LATEST_SECOND else None
    count = count_news(viewer(), after_id=after, since=moment, but_number=request.args.get("but", ""))
    return jsonify(count=count, text=ngettext("%(num)s new", "%(num)s new", count))


@blueprint.get("/<number>/news")
def news(number: str) -> ResponseReturnValue:
    """What was said and done in a ticket after an event, as lines of the thread; and whether a visitor is there."""
    ticket, after = access(number, as_expert=True), request.args.get("after", type=int, default=0)
    if ticket.last_event_id <= after:
        return jsonify(html="", event=ticket.last_event_id)
    given = gather_thread(ticket)
    lines = [line for line in given["lines"] if line["order"] > after]
    html = render_template("inbox/_thread.html", ticket=ticket, **{**given, "lines": lines})
    return jsonify(html=html, event=ticket.last_event_id, chat=given["chat"])
