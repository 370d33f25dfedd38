"""What the settings pages show of the inbox: the routing order and the reply targets."""

from sqlalchemy import select

from hub.core.db import db
from hub.core.words import Channel
from hub.inbox.deadlines import default_target
from hub.inbox.directory import Directory
from hub.inbox.models import ReplyTarget
from hub.inbox.queries.rows import TargetRow
from hub.inbox.words import Priority, RouteSource


def list_routing_order() -> tuple[RouteSource, ...]:
    """The sources that are asked for the store, first to last."""
    return Directory().routing_order


def list_targets() -> list[TargetRow]:
    """Every channel and priority, with the chain's own target where it has one."""
    own = {(row.channel, row.priority): row for row in db.session.scalars(select(ReplyTarget))}
    rows = []
    for channel in Channel:
        for priority in Priority:
            row = own.get((channel, priority)) or default_target(channel, priority)
            rows.append(
                TargetRow(
                    channel, priority, row.first_seconds, row.next_seconds, (channel, priority) not in own
                )
            )
    return rows
