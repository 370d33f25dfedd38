"""Settings: what runs and what is stuck, for administrators: queues, workers, clock, channels, and what to decide."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from config import Config
from hub.blueprints.access import viewer
from hub.blueprints.inbox.words import channel_words, duration_words
from hub.blueprints.settings.base import blueprint, refused, saved
from hub.blueprints.settings.mail_way_words import fault_words
from hub.blueprints.settings.queues import NAMES_OF_ROWS, list_work
from hub.core import apart, clock, workers
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.queries.storms import count_unseen_storms
from hub.mailroom.queries import count_to_look_at
from hub.mailroom.way_queries import list_drops, list_mailboxes
from hub.orders.queries import count_refused_events
from hub.outbox import blocked
from hub.outbox.actions import resume_sender
from hub.outbox.policy import CHANNELS
from hub.outbox.queries import list_channels_set_up, list_pauses
from hub.webhooks.queries import list_disabled

SILENT_SECONDS = 60
"""The clock looks at its table every five seconds; one that has not for a minute is dead."""


@blueprint.get("/operations")
def operations() -> ResponseReturnValue:
    now, machine_now = clock.business_now(), clock.machine_now()
    ticked_at = clock.find_last_tick_at()
    config: Config = current_app.config["COMPTOIR"]
    return render_template(
        "settings/operations.html",
        floor=workers.look(config.redis_url, machine_now=machine_now),
        ticked_at=ticked_at,
        has_clock=ticked_at is not None and (machine_now - ticked_at).total_seconds() < SILENT_SECONDS,
        channels=_channels(now=now),
        counts=_counts(),
        mailboxes=list_mailboxes(),
        drops=list_drops(),
        fault_words=fault_words,
        disabled_webhooks=list_disabled(),
        channel_words=channel_words,
    )


@blueprint.get("/operations/work")
def work() -> ResponseReturnValue:
    """How much is due of each kind, and since when: each room is asked once."""
    return render_template(
        "settings/operations_work.html",
        work=list_work(now=clock.business_now()),
        put_off=apart.list_put_off(),
        put_off_count=apart.count_put_off(),
        names=NAMES_OF_ROWS,
        age_words=lambda seconds: duration_words(timedelta(seconds=seconds)),
    )


@blueprint.post("/operations/resume")
def resume_channel() -> ResponseReturnValue:
    """End the pause of a channel before its time, once its fault is mended."""
    given = request.form.get("channel", "")
    if given not in set(CHANNELS):
        return refused(Invalid(N_("Please choose a channel of the list.")), "operations")
    with transaction():
        resume_sender(Channel(given), by=viewer().actor, now=clock.business_now())
    return saved("operations")


def _channels(*, now: datetime) -> list[dict[str, Any]]:
    set_up = list_channels_set_up()
    pauses = {row.channel: row for row in list_pauses(now=now)}
    return [
        {"channel": channel, "is_set_up": channel in set_up, "pause": pauses.get(channel)}
        for channel in CHANNELS
    ]


def _counts() -> dict[str, int]:
    """What waits for a person, by the page on which it is decided."""
    unknown, unmatched = blocked.count_to_look_at()
    quarantined, unseen = count_to_look_at()
    return {
        "unknown_messages": unknown,
        "quarantine": quarantined,
        "refused_orders": count_refused_events(),
        "storms": count_unseen_storms(),
        "auto_replies": unseen,
        "provider_events": unmatched,
    }
