"""Settings: how soon a store should reply, by channel and priority, in minutes of opening time."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.inbox.words import channel_words, priority_words
from hub.blueprints.settings.base import blueprint, refused, saved
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox import actions, queries
from hub.inbox.words import Priority

MINUTE = 60


@blueprint.get("/targets")
def targets() -> ResponseReturnValue:
    """One priority at a time; each channel has its own small form."""
    chosen = _chosen(request.args.get("priority"))
    rows = [
        {
            "channel": row.channel.value,
            "name": channel_words(row.channel),
            "first": row.first_seconds // MINUTE,
            "following": row.next_seconds // MINUTE,
            "is_default": row.is_default,
        }
        for row in queries.list_targets()
        if row.priority is chosen
    ]
    names = [(priority, priority_words(priority)) for priority in Priority]
    return render_template("settings/targets.html", rows=rows, chosen=chosen, names=names)


@blueprint.post("/targets")
def change_target() -> ResponseReturnValue:
    """Waits under way keep the target they began with."""
    priority = _chosen(request.form.get("priority"))
    try:
        with transaction():
            _change(priority)
    except Invalid as error:
        return refused(error, "targets", priority=priority.value)
    return saved("targets", priority=priority.value)


def _change(priority: Priority) -> None:
    channel = request.form.get("channel", "")
    if channel not in set(Channel):
        raise Invalid(N_("Please choose a channel of the list."), field="channel")
    actions.change_target(
        channel=Channel(channel),
        priority=priority,
        first_seconds=_seconds("first"),
        next_seconds=_seconds("following"),
        by=viewer().actor,
        now=clock.business_now(),
    )


def _seconds(name: str) -> int:
    """Minutes of the form in seconds; what is no number is 0, which the inbox refuses with its bounds."""
    text = request.form.get(name, "").strip()
    return int(text) * MINUTE if text.isascii() and text.isdigit() else 0


def _chosen(text: str | None) -> Priority:
    return Priority(text) if text in set(Priority) else Priority.NORMAL
