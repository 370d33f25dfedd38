"""What is done in the inbox, by verb family; other rooms import from here."""

from hub.inbox.actions.acknowledging import post_acknowledgements
from hub.inbox.actions.answers import open_ticket_from_answer, withdraw_answer_ticket
from hub.inbox.actions.bulk import choose_plain, receive_new_contacts
from hub.inbox.actions.changing import (
    add_note,
    assign,
    change_priority,
    change_reason,
    free_tickets_of,
    transfer,
)
from hub.inbox.actions.contacts import open_contact
from hub.inbox.actions.ending import mark_spam, merge, reopen, set_pending, solve
from hub.inbox.actions.finding import belongs_to_ticket, lock_names
from hub.inbox.actions.noticing import mark_read, notify
from hub.inbox.actions.receiving import receive_message
from hub.inbox.actions.replying import log_call, reply
from hub.inbox.actions.setting import change_routing_order, change_target
from hub.inbox.actions.undoing import undo_reply
from hub.inbox.actions.waiting import rebuild_waits
from hub.inbox.actions.working import has_due, next_due_at, work_tickets
from hub.inbox.actions.writing import leave, note_presence, save_draft
from hub.inbox.directory import Directory
from hub.inbox.values import Contact, Incoming, IncomingFile, Received, Replied

__all__ = [
    "Contact",
    "Directory",
    "Incoming",
    "IncomingFile",
    "Received",
    "Replied",
    "add_note",
    "assign",
    "belongs_to_ticket",
    "change_priority",
    "change_reason",
    "change_routing_order",
    "change_target",
    "choose_plain",
    "free_tickets_of",
    "has_due",
    "leave",
    "lock_names",
    "log_call",
    "mark_read",
    "mark_spam",
    "merge",
    "next_due_at",
    "note_presence",
    "notify",
    "open_contact",
    "open_ticket_from_answer",
    "post_acknowledgements",
    "rebuild_waits",
    "receive_message",
    "receive_new_contacts",
    "reopen",
    "reply",
    "save_draft",
    "set_pending",
    "solve",
    "transfer",
    "undo_reply",
    "withdraw_answer_ticket",
    "work_tickets",
]
