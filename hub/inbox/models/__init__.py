"""Tickets, their messages, waits, and what agents do around them: every table of the inbox."""

from hub.inbox.models.desk import AutomaticMail, Draft, Presence
from hub.inbox.models.routing import RoutingOrder
from hub.inbox.models.tickets import Ticket, TicketAttachment, TicketMessage, TicketParty
from hub.inbox.models.waits import ReplyTarget, ReplyWait

__all__ = [
    "AutomaticMail",
    "Draft",
    "Presence",
    "ReplyTarget",
    "ReplyWait",
    "RoutingOrder",
    "Ticket",
    "TicketAttachment",
    "TicketMessage",
    "TicketParty",
]
