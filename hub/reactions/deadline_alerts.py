"""Warns people of a deadline that nears or has passed: a notice, and the ways each of them has chosen."""

from collections.abc import Sequence

from hub.core import clock
from hub.core.words import Language
from hub.inbox import actions as inbox
from hub.inbox import queries
from hub.inbox.queries import TicketView
from hub.inbox.words import Audience, NoticeKind
from hub.outbox import pushing
from hub.reactions import staff_mails
from hub.reactions.happening import Happening
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import Role

ALL_OF_IT = 100
LADDER: dict[Audience, tuple[Role, ...]] = {
    Audience.ASSIGNEE: (Role.AGENT, Role.STORE_MANAGER, Role.REGION_MANAGER),
    Audience.STORE_MANAGER: (Role.STORE_MANAGER, Role.REGION_MANAGER),
    Audience.REGION_MANAGER: (Role.REGION_MANAGER,),
}
"""Whose step it is, and who stands in where the store has nobody of the first kind."""
PUSHED = {
    (Language.FRENCH, False): "Échéance proche : ticket {number}",
    (Language.FRENCH, True): "Échéance passée : ticket {number}",
    (Language.ENGLISH, False): "Reply due soon: ticket {number}",
    (Language.ENGLISH, True): "Reply late: ticket {number}",
}


def warn_people(seen: Happening) -> None:
    """One step of the escalation; nobody is warned twice of one wait, and nobody once it is over."""
    ticket = queries.access_ticket_by_id(seen.data["ticket_id"], SYSTEM_VIEWER)
    since = queries.find_wait_start(ticket.id)
    if since is None or since > seen.happened_at:
        return
    told = queries.list_warned(ticket.id, since)
    audience = Audience(seen.data.get("audience", Audience.ASSIGNEE))
    people = [agent for agent in people_of(audience, ticket) if agent.id not in told]
    percent = int(seen.data.get("percent", 0))
    is_missed = percent >= ALL_OF_IT
    inbox.notify(
        agent_ids=[agent.id for agent in people],
        kind=NoticeKind.DEADLINE_MISSED if is_missed else NoticeKind.DEADLINE_NEAR,
        ticket_id=ticket.id,
        now=clock.business_now(),
        data={"percent": percent},
    )
    _tell_outside(seen, ticket, people, is_missed=is_missed)


def people_of(audience: Audience, ticket: TicketView) -> list[AgentRow]:
    """The assignee, or the agents of the store for a ticket nobody has; managers; else the next ones up."""
    if audience is Audience.ASSIGNEE and ticket.assignee_id:
        assignee = staff.get_agents([ticket.assignee_id]).get(ticket.assignee_id)
        if assignee is not None and assignee.is_active:
            return [assignee]
    members = staff.list_store_agents(ticket.store_id)
    for role in LADDER[audience]:
        found = [agent for agent in members if agent.role is role]
        if found:
            return found
    return [agent for agent in staff.list_store_agents(None) if agent.role is Role.HEAD_OFFICE]


def _tell_outside(
    seen: Happening, ticket: TicketView, people: Sequence[AgentRow], *, is_missed: bool
) -> None:
    choices = queries.get_choices([agent.id for agent in people])
    cause = staff_mails.MISSED if is_missed else staff_mails.NEAR
    staff_mails.alert(seen, ticket, [agent for agent in people if choices[agent.id].has_mails], cause)
    payloads = {
        agent.id: push_of(ticket, PUSHED[agent.language, is_missed])
        for agent in people
        if choices[agent.id].has_warnings
    }
    pushing.post_pushes(payloads, key=f"fact:{seen.fact_id}", machine_now=clock.machine_now())


def push_of(ticket: TicketView, words: str) -> dict[str, str]:
    """The store, the number of the ticket and its address: nothing that a customer wrote."""
    return {
        "title": ticket.store_name or "Comptoir",
        "body": words.format(number=ticket.number),
        "url": f"/inbox/{ticket.number}",
        "tag": f"ticket-{ticket.number}",
    }
