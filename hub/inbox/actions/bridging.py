"""What became of a reply on a social network: the bridge confirms it, or nobody took it; its author is told when it failed."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.inbox.actions.events import lock_end, move_state, next_event, note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.actions.receiving import reopen_row
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import MessageKind, NoticeKind, TicketState
from hub.outbox import actions as outbox
from hub.outbox.actions import BridgeReport

WITHOUT_BRIDGE = N_("This message was not handed to a bridge: its delivery is known by other means.")


def confirm_delivery(*, message_id: int, report: BridgeReport, by: Actor, now: datetime) -> bool:
    """The bridge's word on a reply. Returns whether it was news: the same word twice changes nothing.

    The wait ended when the person answered and stays ended; a reply that was not delivered brings the ticket back
    into work, also a solved one, and tells its author; of a ticket that was merged, the joint one. Raises Conflict.
    """
    message = db.session.get(TicketMessage, message_id)
    if message is None or message.kind is not MessageKind.AGENT or message.outbound_id is None:
        raise Conflict(WITHOUT_BRIDGE)
    ticket = lock_end(message.ticket_id)
    if ticket is None or not outbox.take_bridge_report(message.outbound_id, report, now=now):
        return False
    if report.is_delivered:
        next_event(ticket)
    else:
        _bring_back(ticket, message, by=by, now=now)
    db.session.flush()
    return True


def give_up_delivery(*, outbound_id: int, why: str, now: datetime) -> bool:
    """Nobody took the reply over from us; `why` is one of the words of `hub.outbox.bridge`."""
    found = select(TicketMessage.id).where(TicketMessage.outbound_id == outbound_id)
    message_id = db.session.scalar(found)
    if message_id is None:
        return False
    report = BridgeReport(is_delivered=False, reason=why)
    try:
        return confirm_delivery(message_id=message_id, report=report, by=SYSTEM, now=now)
    except Conflict:
        return False


def _bring_back(ticket: Ticket, message: TicketMessage, *, by: Actor, now: datetime) -> None:
    note_ticket("delivery_failed", ticket, by=by, now=now, message_id=message.id)
    if ticket.state is TicketState.SOLVED:
        reopen_row(ticket, by=by, now=now)
    elif ticket.state is TicketState.PENDING:
        move_state(ticket, TicketState.OPEN, by=by, now=now)
    ticket.list_at = now
    told = {each for each in (message.agent_id, ticket.assignee_id) if each is not None}
    notify(agent_ids=told, kind=NoticeKind.REPLY_FAILED, ticket_id=ticket.id, now=now)
