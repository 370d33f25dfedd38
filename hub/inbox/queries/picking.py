"""Which tickets a bulk act is about: those ticked, or the first 500 that a list finds; only visible ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.models import BulkRun, Ticket
from hub.inbox.queries.access import only_visible
from hub.inbox.queries.lists import list_tickets
from hub.inbox.queries.rows import TicketFilters
from hub.inbox.words import BulkKind
from hub.staff.rules import Viewer

MOST_PICKED = 500


@dataclass(frozen=True)
class Picked:
    """A ticket to act on."""

    id: int
    number: str
    subject: str
    requester_name: str
    store_id: int | None


@dataclass(frozen=True)
class Picking:
    """The tickets, and the numbers that name none the person may see."""

    tickets: tuple[Picked, ...]
    unknown: tuple[str, ...] = ()


def pick_tickets(numbers: Sequence[str], viewer: Viewer) -> Picking:
    """The tickets of these numbers, the first 500, in their order."""
    asked = list(dict.fromkeys(number.strip().upper() for number in numbers if number.strip()))[:MOST_PICKED]
    found = select(Ticket.id, Ticket.number, Ticket.subject, Ticket.requester_name, Ticket.store_id)
    rows = db.session.execute(only_visible(found.where(among(Ticket.number, asked)), viewer)).all()
    by_number = {row.number: Picked(*row) for row in rows}
    tickets = tuple(by_number[number] for number in asked if number in by_number)
    return Picking(tickets, tuple(number for number in asked if number not in by_number))


def pick_found(filters: TicketFilters, viewer: Viewer) -> Picking:
    """The first 500 tickets of a list."""
    rows = list_tickets(filters, viewer, size=MOST_PICKED).rows
    return Picking(
        tuple(Picked(row.id, row.number, row.subject, row.requester_name, row.store_id) for row in rows)
    )


@dataclass(frozen=True)
class BulkRunRow:
    """What was done to many tickets: `done` numbers, `refused` numbers with an English sentence and its values."""

    id: int
    kind: BulkKind
    given: Mapping[str, Any]
    done: tuple[str, ...]
    refused: tuple[tuple[str, str, Mapping[str, Any]], ...]
    can_undo: bool
    undone_count: int | None
    created_at: datetime


def access_bulk_run(run_id: int, viewer: Viewer) -> BulkRunRow:
    """What a person did to many tickets. Raises NotFound for somebody else's."""
    row = db.session.scalar(select(BulkRun).where(BulkRun.id == run_id, BulkRun.agent_id == viewer.agent_id))
    if row is None:
        raise NotFound(N_("This page is not there any more. Please go back to the list."))
    return BulkRunRow(
        row.id,
        row.kind,
        row.given,
        tuple(each["number"] for each in row.done),
        tuple((each["number"], each["text"], each["values"]) for each in row.refused),
        row.undone_at is None and any(each["before"] is not None for each in row.done),
        row.undone_count,
        row.created_at,
    )
