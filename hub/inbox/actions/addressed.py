"""A mail that was written to several stores: one ticket, in one of them, that says which others were written to."""

from collections.abc import Iterable
from datetime import datetime

from hub.core.actor import SYSTEM
from hub.inbox.actions.events import lock_end, note_ticket
from hub.inbox.directory import Directory
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.routing import local_parts
from hub.inbox.values import Incoming

ALSO = "also_written_to"


def find_addressed(recipients: Iterable[str], directory: Directory) -> list[int]:
    """The stores whose addresses are among the recipients, in their order."""
    locals_ = local_parts((each for each in recipients if "@" in each), directory.domains)
    return [directory.by_mailbox[local] for local in locals_ if local in directory.by_mailbox]


def note_addressed(ticket: Ticket, incoming: Incoming, *, directory: Directory, now: datetime) -> None:
    """A new ticket says which other stores the mail was written to; most were written to one."""
    found = find_addressed(incoming.recipients, directory) if len(incoming.recipients) > 1 else []
    if len(found) > 1:
        _note(ticket, [each for each in found if each != ticket.store_id], now=now)


def note_twin(twin: TicketMessage, incoming: Incoming, *, directory: Directory, now: datetime) -> None:
    """The same mail came by another store's mailbox: its ticket says so, unless the mail itself said so before."""
    before = find_addressed(map(str, twin.inserted.get("written_to", ())), directory)
    noted = [*before, *twin.inserted.get(ALSO, ())]
    new = [each for each in find_addressed(incoming.recipients, directory) if each not in noted]
    ticket = lock_end(twin.ticket_id) if new else None
    if ticket is not None:
        twin.inserted = {**twin.inserted, ALSO: [*twin.inserted.get(ALSO, ()), *new]}
        _note(ticket, [each for each in new if each != ticket.store_id], now=now)


def _note(ticket: Ticket, store_ids: Iterable[int], *, now: datetime) -> None:
    for store_id in store_ids:
        note_ticket(ALSO, ticket, by=SYSTEM, now=now, other_store_id=store_id)
