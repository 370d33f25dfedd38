"""Tells the browsers of the staff of new tickets and of answers, a batch of facts at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hub.core import clock
from hub.core.facts import FactRow
from hub.core.words import Language
from hub.inbox import queries
from hub.outbox import pushing
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.words import Role
from hub.stores.queries import get_stores

NEWS = timedelta(minutes=30)
"""What is older is no news: a take-over of another system's tickets, a queue that stood still."""
HANDS = frozenset({Role.AGENT, Role.STORE_MANAGER})
CENTRAL = frozenset({Role.HEAD_OFFICE})
NEW_TICKET = {Language.FRENCH: "Nouveau ticket", Language.ENGLISH: "New ticket"}
ANSWERED = {
    Language.FRENCH: "Le client a écrit : ticket {number}",
    Language.ENGLISH: "The customer wrote: ticket {number}",
}
CENTRAL_QUEUE = {Language.FRENCH: "File centrale", Language.ENGLISH: "Central queue"}
KINDS = frozenset({"TicketOpened", "CustomerWrote"})


@dataclass(frozen=True)
class _Alert:
    """What one person is told; a person hears of new tickets of a store once a minute, however many come."""

    key: str
    agent_id: int
    payload: Mapping[str, str]


def alert(facts: Sequence[FactRow]) -> int:
    """The same fact told again alerts once. Returns how many alerts are new."""
    now = clock.business_now()
    fresh = [fact for fact in facts if fact.kind in KINDS and now - fact.happened_at <= NEWS]
    subscribed = pushing.list_subscribed() if fresh else frozenset()
    if not subscribed:
        return 0
    by_key: dict[str, dict[int, Mapping[str, str]]] = defaultdict(dict)
    for each in [*_new_tickets(fresh, subscribed), *_answers(fresh, subscribed)]:
        by_key[each.key].setdefault(each.agent_id, each.payload)
    machine_now = clock.machine_now()
    return sum(
        pushing.post_pushes(payloads, key=key, machine_now=machine_now) for key, payloads in by_key.items()
    )


def _new_tickets(facts: Sequence[FactRow], subscribed: frozenset[int]) -> Iterator[_Alert]:
    """To the people of the store; of the central queue to the head office."""
    opened = [fact for fact in facts if fact.kind == "TicketOpened"]
    numbers = queries.list_numbers([fact.data["ticket_id"] for fact in opened])
    store_ids = {fact.data["store_id"] for fact in opened}
    houses = get_stores([store_id for store_id in store_ids if store_id])
    people = {store_id: _people(store_id, subscribed) for store_id in store_ids}
    for fact in opened:
        store_id = fact.data["store_id"]
        minute = int(fact.happened_at.timestamp()) // 60
        for agent in people[store_id]:
            title = houses[store_id].name if store_id else CENTRAL_QUEUE[agent.language]
            payload = {
                "title": title,
                "body": NEW_TICKET[agent.language],
                "url": f"/inbox/{numbers[fact.data['ticket_id']]}",
                "tag": f"store-{store_id or 0}",
            }
            yield _Alert(f"store:{store_id or 0}:{minute}", agent.id, payload)


def _people(store_id: int | None, subscribed: frozenset[int]) -> list[AgentRow]:
    roles = HANDS if store_id else CENTRAL
    found = [
        agent for agent in staff.list_store_agents(store_id) if agent.id in subscribed and agent.role in roles
    ]
    choices = queries.get_choices([agent.id for agent in found])
    return [agent for agent in found if choices[agent.id].has_new_tickets]


def _answers(facts: Sequence[FactRow], subscribed: frozenset[int]) -> Iterator[_Alert]:
    """To the assignee."""
    wrote = [fact for fact in facts if fact.kind == "CustomerWrote"]
    assigned = queries.list_assigned([fact.data["ticket_id"] for fact in wrote])
    heard = subscribed & {row.agent_id for row in assigned.values()}
    agents, choices = staff.get_agents(heard), queries.get_choices(heard)
    for fact in wrote:
        row = assigned.get(fact.data["ticket_id"])
        agent = agents.get(row.agent_id) if row else None
        if row is None or agent is None or not agent.is_active or not choices[agent.id].has_answers:
            continue
        payload = {
            "title": row.store_name or CENTRAL_QUEUE[agent.language],
            "body": ANSWERED[agent.language].format(number=row.number),
            "url": f"/inbox/{row.number}",
            "tag": f"ticket-{row.number}",
        }
        yield _Alert(f"fact:{fact.id}", agent.id, payload)
