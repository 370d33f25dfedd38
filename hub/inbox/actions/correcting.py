"""Remembers where the hub had put a ticket that a person moved: what the re-route rate counts."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.db import db
from hub.inbox.models import RouteCorrection, Ticket


def keep_correction(ticket: Ticket, store_id: int | None, *, by: Actor, now: datetime) -> None:
    """The first move by a person only, before the ticket itself changes."""
    kept = {
        "ticket_id": ticket.id,
        "first_store_id": ticket.store_id,
        "first_source": ticket.route_source,
        "first_confidence": ticket.route_confidence,
        "store_id": store_id,
        "opened_at": ticket.created_at,
        "corrected_at": now,
        "by_id": by.agent_id,
    }
    db.session.execute(insert(RouteCorrection).values(kept).on_conflict_do_nothing())
