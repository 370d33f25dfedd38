"""Who follows a ticket, and who is named in a note: a mention makes a follower and tells the person."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.db import db
from hub.inbox.actions.events import note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.colleagues import list_colleagues
from hub.inbox.mentions import find_mentioned, names_somebody
from hub.inbox.models import Ticket, TicketFollower
from hub.inbox.words import NoticeKind


def follow(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """The person hears of what happens here from now on."""
    if by.agent_id is not None:
        _add(ticket_id, [by.agent_id], now=now)


def unfollow(*, ticket_id: int, by: Actor) -> None:
    mine = (TicketFollower.ticket_id == ticket_id, TicketFollower.agent_id == by.agent_id)
    db.session.execute(delete(TicketFollower).where(*mine))


def tell_mentioned(ticket: Ticket, text: str, *, by: Actor, now: datetime) -> list[int]:
    """Those whom a note names with @: they follow from now on and are told. Returns their ids."""
    if not names_somebody(text):
        return []
    people = {row.id: row.name for row in list_colleagues(ticket.store_id)}
    named = find_mentioned(text, people)
    others = [agent_id for agent_id in named if agent_id != by.agent_id]
    if others:
        _add(ticket.id, others, now=now)
        notify(agent_ids=others, kind=NoticeKind.MENTIONED, ticket_id=ticket.id, by=by, now=now)
        note_ticket("mentioned", ticket, by=by, now=now, agent_ids=others)
    return others


def _add(ticket_id: int, agent_ids: Iterable[int], *, now: datetime) -> None:
    rows = [{"ticket_id": ticket_id, "agent_id": each, "followed_at": now} for each in sorted(set(agent_ids))]
    db.session.execute(insert(TicketFollower).values(rows).on_conflict_do_nothing())
