"""Takes the customers of a replay some at a time: what was known of them is read once, then their passages run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.queries import get_customers
from hub.loyalty.queries import list_pools
from hub.loyalty.rows import PoolRow
from hub.orders.queries import get_orders
from hub.outbox.places import home_of
from hub.outbox.policy import get_policy
from hub.plans.entering import Newcomer, dated
from hub.plans.gather import Zones
from hub.plans.looking.asked import World
from hub.plans.replay.costs import Prices
from hub.plans.replay.doors import Doors
from hub.plans.replay.gate import Gate
from hub.plans.replay.occurrences import list_entries
from hub.plans.replay.passages import Entering
from hub.plans.replay.past import open_past
from hub.plans.replay.reactions import Reactions
from hub.plans.replay.running import Running
from hub.plans.replay.scripts import Script
from hub.plans.replay.tally import Tally
from hub.stores.queries import get_chain

AT_ONCE = 4_000
"""Occurrences whose passages run together."""
MOST = 500_000
"""More are refused, so that the memory of a worker suffices."""
MOST_TOGETHER = 60_000
"""The same for a plan with a daily limit, whose passages compete and cannot be taken apart."""
TOO_MANY = N_("So many customers would enter in this time that the replay stopped. Please choose fewer days.")


def list_groups(script: Script) -> list[list[Entering]]:
    """The occurrences, all of one customer in the same group; the same groups each time. Raises Invalid for too many."""
    by_customer: dict[int, list[Entering]] = {}
    is_whole = script.definition.daily_limit is not None
    most = MOST_TOGETHER if is_whole else MOST
    for number, entry in enumerate(list_entries(script.definition, since=script.since, until=script.until)):
        if number >= most:
            raise Invalid(TOO_MANY)
        by_customer.setdefault(entry.customer_id, []).append(entry)
    return list(_packed(by_customer, most if is_whole else AT_ONCE))


def _packed(by_customer: Mapping[int, list[Entering]], size: int) -> Iterator[list[Entering]]:
    group: list[Entering] = []
    for customer_id in sorted(by_customer):
        if len(group) >= size:
            yield group
            group = []
        group += sorted(by_customer[customer_id], key=lambda each: (each.at, each.newcomer.entry_key))
    if group:
        yield group


def _dated(script: Script, group: Sequence[Entering], world: World) -> list[Entering]:
    """A plan that follows the end of a product takes those who bought one, each with its day."""
    newcomers = [each.newcomer for each in group]
    found = dated(script.definition, newcomers, world.orders, time_zone=script.time_zone)
    days = {_occurrence(each): each for each in found}
    named = [(each, days.get(_occurrence(each.newcomer))) for each in group]
    return [replace(each, newcomer=newcomer) for each, newcomer in named if newcomer]


def _occurrence(each: Newcomer) -> tuple[int, str, datetime]:
    """The same key may come twice: the first one enters, at its own moment."""
    return each.customer_id, each.entry_key, each.anchor_at


class Stage:
    """What all groups share: the pools, the chain's mean order by day."""

    def __init__(self, script: Script, reactions: Reactions, tally: Tally) -> None:
        self._script = script
        self._reactions = reactions
        self._tally = tally
        self._averages: dict[date, int] = {}
        self.pools: Mapping[str, PoolRow] = {pool.key: pool for pool in list_pools()}

    def run(self, group: Sequence[Entering]) -> Iterator[datetime]:
        """Tells how far it is, for a plan that goes day by day."""
        script, chain = self._script, get_chain()
        people = get_customers({each.customer_id for each in group})
        order_ids = {each.newcomer.values.get("order_id") for each in group} - {None}
        world = World(people, get_orders([int(each) for each in order_ids if each]), self._averages)
        group = _dated(script, group, world)
        zones = Zones.of(people.values())
        past = open_past(script.plan_id, people, since=script.since, until=script.until)
        running = Running(
            script,
            world=world,
            zones={row.id: zones.zone_of(row) for row in people.values()},
            past=past,
            gate=Gate(past, people, policy=get_policy(), home=home_of(chain.time_zone)),
            doors=Doors(script, world, pools=self.pools, prices=Prices(chain.currency), tally=self._tally),
            reactions=self._reactions,
            tally=self._tally,
        )
        yield from running.run(group)
