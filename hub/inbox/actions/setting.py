"""Changes the inbox's settings: the routing order and the reply targets."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.alert_policy import SETTING, check_percents
from hub.inbox.attention import SETTING as UNATTENDED
from hub.inbox.models import ReplyTarget, RoutingOrder
from hub.inbox.routing import check_order
from hub.inbox.words import Priority, RouteSource
from hub.stores.actions import change_setting

SHORTEST_SECONDS = 60
LONGEST_SECONDS = 30 * 24 * 3600


def change_routing_order(sources: Sequence[RouteSource], *, by: Actor, now: datetime) -> None:
    """The sources in the order in which they are asked, each once. Raises Invalid."""
    if not check_order(sources):
        raise Invalid(N_("Please name each source of the routing exactly once."), field="sources")
    db.session.execute(delete(RoutingOrder))
    db.session.add_all(
        RoutingOrder(source=source, position=position, is_active=True)
        for position, source in enumerate(sources, start=1)
    )
    note_change(
        "routing_order.changed", subject_kind="inbox", subject_id=None, by=by, now=now, sources=list(sources)
    )
    db.session.flush()


def change_target(
    *, channel: Channel, priority: Priority, first_seconds: int, next_seconds: int, by: Actor, now: datetime
) -> None:
    """Business seconds for the first and each next reply; waits under way keep theirs. Raises Invalid."""
    for name, seconds in (("first_seconds", first_seconds), ("next_seconds", next_seconds)):
        if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
            raise Invalid(N_("Please give a target between 1 minute and 30 days."), field=name)
    wanted = {"first_seconds": first_seconds, "next_seconds": next_seconds}
    statement = insert(ReplyTarget).values(channel=channel, priority=priority, **wanted)
    db.session.execute(statement.on_conflict_do_update(index_elements=["channel", "priority"], set_=wanted))
    note_change(
        "reply_target.changed",
        subject_kind="inbox",
        subject_id=None,
        by=by,
        now=now,
        channel=channel,
        priority=priority,
        **wanted,
    )
    db.session.flush()


def change_alert_policy(
    *,
    percents: Mapping[str, int | None],
    has_delay_notice: bool,
    tells_unattended: bool | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Who is warned at which share of the target (None: not at all), and whether customers hear of a delay.

    `tells_unattended`: whether stores that have not chosen are told when nobody is signed in (None: as it was).

    Raises Invalid with the audience as its field. Waits under way take the new steps from their next warning on.
    """
    value = {"percents": check_percents(percents), "has_delay_notice": has_delay_notice}
    change_setting(SETTING, value, by=by, now=now)
    if tells_unattended is not None:
        change_setting(UNATTENDED, {"is_on": tells_unattended}, by=by, now=now)
