"""What routing and deadlines need of the chain, looked up once for a batch of work."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import select

from hub.core import site
from hub.core.db import db
from hub.core.words import Channel
from hub.inbox.alert_policy import AlertPolicy, read_policy
from hub.inbox.deadlines import Target, default_target
from hub.inbox.models import PhoneLine, ReplyTarget, RoutingOrder
from hub.inbox.routing import complete_order
from hub.inbox.routing_rules import Rule
from hub.inbox.ruleset import Switches, get_rules, read_switches
from hub.inbox.suggesting import read_choice
from hub.inbox.words import Priority, RouteSource
from hub.reasons.queries import ReasonRow, list_reasons
from hub.stores import queries as stores
from hub.stores.queries import ChainRow, StoreRow
from hub.stores.rules import Hours


class Directory:
    """Lives as long as one action or one batch; never kept between transactions."""

    def __init__(self) -> None:
        self._hours: dict[int, Hours] = {}
        self.dues: list[Any] = []
        self.unassigned: list[Any] = []

    def take_dues(self) -> list[Any]:
        """The acknowledgements collected since the last time, to be posted together."""
        taken, self.dues = self.dues, []
        return taken

    def take_unassigned(self) -> list[Any]:
        """New tickets whose assignee is still to be found, with whom a rule wants, collected since the last time."""
        taken, self.unassigned = self.unassigned, []
        return taken

    @cached_property
    def switches(self) -> Switches:
        return read_switches()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The routing rules in their order."""
        return get_rules(self.switches.stamp)

    @cached_property
    def suggests(self) -> bool:
        """Whether new tickets without a reason are looked at for one."""
        return self.switches.can_suggest and read_choice(self.chain.settings).is_on

    @cached_property
    def reasons(self) -> Mapping[int, ReasonRow]:
        """Every reason by id, retired ones too."""
        return {row.id: row for row in list_reasons(active=False)}

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
    def by_phone(self) -> Mapping[str | None, int]:
        """Active stores by their number, as far as one number is one store's, and by the line they are called on."""
        rows = [row for row in self.stores.values() if row.is_active and row.phone]
        counts = Counter(row.phone for row in rows)
        lines = select(PhoneLine.number, PhoneLine.store_id).where(PhoneLine.number.is_not(None))
        called = {
            number: store_id for number, store_id in db.session.execute(lines) if store_id in self.names
        }
        return {row.phone: row.id for row in rows if counts[row.phone] == 1} | called

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
        rows = db.session.execute(
            select(RoutingOrder.source, RoutingOrder.is_active).order_by(RoutingOrder.position)
        ).all()
        left_out = {row.source for row in rows if not row.is_active}
        return tuple(each for each in complete_order([row.source for row in rows]) if each not in left_out)

    @cached_property
    def targets(self) -> Mapping[tuple[Channel, Priority], Target]:
        return {
            (row.channel, row.priority): Target(row.first_seconds, row.next_seconds)
            for row in db.session.scalars(select(ReplyTarget))
        }

    @cached_property
    def alerts(self) -> AlertPolicy:
        """The steps of the escalation, and whether customers hear of a delay."""
        return read_policy(self.chain.settings)

    def target(self, channel: Channel, priority: Priority) -> Target:
        return self.targets.get((channel, priority)) or default_target(channel, priority)

    def hours(self, store_id: int | None) -> Hours | None:
        """None for the central queue."""
        if store_id is None:
            return None
        if store_id not in self._hours:
            self._hours[store_id] = stores.get_hours(store_id)
        return self._hours[store_id]
