"""Doors of the inbox: lists, tickets, what is done with them, contacts noted in the store."""

from hub.blueprints.inbox import (
    acts,
    changes,
    contact,
    desk,
    exporting,
    listing,
    pages,
    sending,
    suggestions,
    views,
)
from hub.blueprints.inbox.base import blueprint

ANSWERING = (
    "reply",
    "note",
    "call",
    "undo",
    "save_draft",
    "keep_text",
    "presence",
    "choose_reason",
    "solve",
    "reopen",
    "pending",
    "mark_spam",
    "merge",
    "change",
    "assign",
    "transfer",
    "change_reason",
    "change_priority",
    "new_contact",
    "suggestions",
)
"""Ways that ask for more than reading tickets."""

__all__ = [
    "ANSWERING",
    "acts",
    "blueprint",
    "changes",
    "contact",
    "desk",
    "exporting",
    "listing",
    "pages",
    "sending",
    "suggestions",
    "views",
]
