"""What routing and deadlines need of the chain, looked up once for a batch of work."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import select

from hub.core import site
from hub.core.db import db
from hub.core.words import Channel
from hub.inbox.deadlines import Target, default_target
from hub.inbox.models import ReplyTarget, RoutingOrder
from hub.inbox.routing import DEFAULT_ORDER
from hub.inbox.words import Priority, RouteSource
from hub.stores import queries as stores
from hub.stores.queries import ChainRow, StoreRow
from hub.stores.rules import Hours


class Directory:
    """Lives as long as one action or one batch; never kept between transactions."""

    def __init__(self) -> None:
        self._hours: dict[int, Hours] = {}
        self.dues: list[Any] = []

    def take_dues(self) -> list[Any]:
        """The acknowledgements collected since the last time, to be posted together."""
        taken, self.dues = self.dues, []
        return taken

    @cached_property
    def chain(self) -> ChainRow:
        return stores.get_chain()

    @cached_property
    def stores(self) -> Mapping[int, StoreRow]:
        """Every store by id, retired ones too."""
        return {row.id: row for row in stores.list_stores(is_active=None)}

    @cached_property
    def by_mailbox(self) -> Mapping[str, int]:
        return {row.mailbox.lower(): row.id for row in self.stores.values()}

    @cached_property
    def names(self) -> Mapping[int, str]:
        return {row.id: row.name for row in self.stores.values() if row.is_active}

    @cached_property
    def domains(self) -> frozenset[str]:
        """The domains of our own mail addresses."""
        sender = self.chain.sender_address.rpartition("@")[2].lower()
        return frozenset({site.inbound_domain(), sender} - {""})

    @cached_property
    def routing_order(self) -> tuple[RouteSource, ...]:
        rows = db.session.scalars(
            select(RoutingOrder.source).where(RoutingOrder.is_active).order_by(RoutingOrder.position)
        )
        return tuple(rows) or DEFAULT_ORDER

    @cached_property
    def targets(self) -> Mapping[tuple[Channel, Priority], Target]:
        return {
            (row.channel, row.priority): Target(row.first_seconds, row.next_seconds)
            for row in db.session.scalars(select(ReplyTarget))
        }

    def target(self, channel: Channel, priority: Priority) -> Target:
        return self.targets.get((channel, priority)) or default_target(channel, priority)

    def hours(self, store_id: int | None) -> Hours | None:
        """None for the central queue."""
        if store_id is None:
            return None
        if store_id not in self._hours:
            self._hours[store_id] = stores.get_hours(store_id)
        return self._hours[store_id]
