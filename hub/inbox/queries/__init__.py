"""What others look up in the inbox; `viewer` is asked wherever a person looks."""

from hub.inbox.queries.lists import count_newer, count_views, list_customer_tickets, list_tickets
from hub.inbox.queries.rows import (
    AttachmentRow,
    DraftRow,
    PresenceRow,
    TargetRow,
    ThreadEvent,
    ThreadMessage,
    TicketFilters,
    TicketRow,
    TicketView,
    WaitRow,
)
from hub.inbox.queries.settings import list_routing_order, list_targets
from hub.inbox.queries.tickets import (
    access_attachment,
    access_ticket,
    access_ticket_by_id,
    find_number,
    has_open_ticket_on_order,
    list_drafts,
    list_events,
    list_orders_with_open_ticket,
    list_presence,
    list_thread,
    list_waits,
)

__all__ = [
    "AttachmentRow",
    "DraftRow",
    "PresenceRow",
    "TargetRow",
    "ThreadEvent",
    "ThreadMessage",
    "TicketFilters",
    "TicketRow",
    "TicketView",
    "WaitRow",
    "access_attachment",
    "access_ticket",
    "access_ticket_by_id",
    "count_newer",
    "count_views",
    "find_number",
    "has_open_ticket_on_order",
    "list_customer_tickets",
    "list_drafts",
    "list_events",
    "list_orders_with_open_ticket",
    "list_presence",
    "list_routing_order",
    "list_targets",
    "list_thread",
    "list_tickets",
    "list_waits",
]
