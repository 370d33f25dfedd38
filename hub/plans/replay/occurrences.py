"""What would have let customers in: each trigger's occurrences of the past, from the tables that remember them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text

from hub.core.db import db
from hub.plans import rules
from hub.plans.definitions import Definition
from hub.plans.entering import Newcomer, as_told
from hub.plans.fallen import Silence
from hub.plans.occurring.baskets import wait_of, waits_for_files
from hub.plans.occurring.listing import SCANNED, list_caught_up, list_occurrences
from hub.plans.replay.passages import Entering
from hub.plans.words import Trigger
from hub.stores.queries import get_chain

TICK = timedelta(microseconds=1)
# Each gives customer_id, at, ref (what the entry key is made of) and data of what happened in [since, until).
_PLACED = text("""
    SELECT customer_id, placed_at AS at, id AS ref, NULL AS data FROM orders
    WHERE placed_at >= :since AND placed_at < :until
""")
_DELIVERED = text("""
    SELECT customer_id, delivered_at AS at, id AS ref, NULL AS data FROM orders
    WHERE delivered_at >= :since AND delivered_at < :until
""")
# The first of a customer's life; one that was cancelled as it came does not count.
_FIRST = text("""
    SELECT customer_id, placed_at AS at, id AS ref, NULL AS data FROM orders AS o
    WHERE placed_at >= :since AND placed_at < :until AND NOT (state = 'cancelled' AND state_at <= placed_at)
        AND NOT EXISTS (SELECT FROM orders AS before WHERE before.customer_id = o.customer_id
            AND (before.placed_at, before.id) < (o.placed_at, o.id)
            AND NOT (before.state = 'cancelled' AND before.state_at <= before.placed_at))
""")
# What orders passed on their way, new accounts and fallen scores are kept as facts only.
_TOLD = text("""
    SELECT customer_id, happened_at AS at, (data ->> 'order_id')::bigint AS ref, data FROM facts
    WHERE kind = :kind AND happened_at >= :since AND happened_at < :until AND customer_id IS NOT NULL
""")
# Not of who had ordered again on a later day, as is known by now; see fallen.py.
_FALLEN = text("""
    SELECT customer_id, happened_at AS at, id AS ref, data FROM facts
    WHERE kind = :kind AND happened_at >= :since AND happened_at < :until AND customer_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM orders WHERE orders.customer_id = facts.customer_id
            AND placed_at >= (CAST(data ->> 'last_order_on' AS date) + 1)::timestamp AT TIME ZONE :zone
            AND placed_at <= happened_at AND NOT (state = 'cancelled' AND state_at <= happened_at))
""")
# A yes where there was none.
_JOINED = text("""
    SELECT address.customer_id, said.happened_at AS at, said.id AS ref, NULL AS data FROM consent_entries AS said
    JOIN addresses AS address ON address.kind = said.address_kind AND address.value = said.address
    WHERE said.channel = 'email' AND said.purpose IN ('newsletter', 'promotion') AND said.action = 'given'
        AND said.happened_at >= :since AND said.happened_at < :until
        AND NOT coalesce((SELECT before.action = 'given' FROM consent_entries AS before
            WHERE before.address_kind = said.address_kind AND before.address = said.address
                AND before.channel = said.channel AND before.purpose = said.purpose AND before.theme = said.theme
                AND (before.happened_at, before.id) < (said.happened_at, said.id)
            ORDER BY before.happened_at DESC, before.id DESC LIMIT 1), false)
""")
_EVENTS = text("""
    SELECT customer_id, happened_at AS at, id AS ref, jsonb_build_object('name', name) AS data FROM own_events
    WHERE outcome = 'taken' AND name = :name AND happened_at >= :since AND happened_at < :until
        AND customer_id IS NOT NULL
""")
FACTS = {
    Trigger.ORDER_PAID: "OrderPaid",
    Trigger.ORDER_SHIPPED: "OrderShipped",
    Trigger.ORDER_READY: "OrderReady",
    Trigger.ACCOUNT_CREATED: "CustomerAdded",
    Trigger.CHURN_BELOW: "ChurnThresholdCrossed",
}
STATEMENTS: Mapping[Trigger, TextClause] = {
    Trigger.ORDER_PLACED: _PLACED,
    Trigger.ORDER_DELIVERED: _DELIVERED,
    Trigger.FIRST_ORDER: _FIRST,
    Trigger.NEWSLETTER_JOINED: _JOINED,
    Trigger.EVENT: _EVENTS,
    **dict.fromkeys(FACTS, _TOLD),
    Trigger.CHURN_BELOW: _FALLEN,
}
AS_NOTED = frozenset({*FACTS})
"""Known as far as it was noted at the time; an order imported later has no such past."""
WITHOUT_PAST = frozenset({Trigger.BY_HAND})
"""Nobody knows whom a person would have let in."""
PROSPECTS = frozenset({Trigger.ACCOUNT_CREATED, Trigger.NEWSLETTER_JOINED})


def list_entries(definition: Definition, *, since: datetime, until: datetime) -> Iterator[Entering]:
    """Everything that would have let somebody in, in no order; the same customer and key may come twice.

    A plan that catches up begins with its launch: who had passed it in the days before enters first.
    """
    for trigger in definition.entry.on:
        if trigger in SCANNED:
            for each in list_caught_up(trigger, definition, begun_at=since - TICK):
                yield Entering(since, as_told(definition, trigger, each), is_caught_up=True)
            yield from _scan(trigger, definition, since, until)
        elif trigger in STATEMENTS:
            yield from _read(trigger, definition, since, until)


def _scan(trigger: Trigger, definition: Definition, since: datetime, until: datetime) -> Iterator[Entering]:
    """Nobody told it: found as the live engine finds it."""
    params = definition.entry.params
    is_counted = trigger is Trigger.BASKET_LEFT and not waits_for_files(params)
    wait = wait_of(params) if is_counted else timedelta()
    for batch in list_occurrences(trigger, params, since=since - TICK, until=until - TICK):
        for each in batch.newcomers:
            at = max(each.anchor_at + wait, since)
            yield Entering(at, as_told(definition, trigger, each))


def _read(trigger: Trigger, definition: Definition, since: datetime, until: datetime) -> Iterator[Entering]:
    given: dict[str, Any] = {"since": since, "until": until}
    if trigger in FACTS:
        given["kind"] = FACTS[trigger]
    if trigger is Trigger.CHURN_BELOW:
        given["zone"] = get_chain().time_zone
    if trigger is Trigger.EVENT:
        given["name"] = definition.entry.params.get("name", "")
    for row in db.session.execute(STATEMENTS[trigger], given):
        data = row.data or {}
        if rules.fits(definition.entry, trigger, data):
            each = Newcomer(
                customer_id=row.customer_id,
                entry_key=_key_of(trigger, row.ref, data),
                anchor_at=row.at,
                values=_values_of(trigger, row.ref, data),
            )
            yield Entering(row.at, as_told(definition, trigger, each))


def _key_of(trigger: Trigger, ref: int, data: Mapping[str, Any]) -> str:
    """As the reactions of the live engine name the occurrence."""
    if trigger in PROSPECTS:
        return "welcome:prospect"
    if trigger is Trigger.FIRST_ORDER:
        return "welcome:first-order"
    if trigger is Trigger.CHURN_BELOW:
        return churn_silence(data["last_order_on"]).entry_key
    return f"event:{ref}" if trigger is Trigger.EVENT else f"order:{ref}"


def churn_silence(last_order_on: str) -> Silence:
    return Silence(last_order_on, get_chain().time_zone)


def _values_of(trigger: Trigger, ref: int, data: Mapping[str, Any]) -> Mapping[str, Any]:
    if trigger in PROSPECTS:
        return {}
    if trigger is Trigger.CHURN_BELOW:
        return churn_silence(data["last_order_on"]).values
    return {"event_id": ref} if trigger is Trigger.EVENT else {"order_id": ref}
