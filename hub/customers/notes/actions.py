"""Add a note about a customer, or take one's own away again; both stand in the audit trail, without the words."""

from datetime import datetime

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Forbidden, Invalid, NotFound
from hub.core.text import N_
from hub.customers.notes.models import CustomerNote
from hub.customers.queries import get_customer

LONGEST_NOTE = 5000
KIND = "customer"


def add_note(*, customer_id: int, text: str, by: Actor, now: datetime) -> int:
    """Words that only the staff reads, until the customer asks for his data. Returns the id. Raises Invalid, NotFound."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(N_("Please write something before saving."), field="text")
    if len(words) > LONGEST_NOTE:
        raise Invalid(N_("This text is too long. Please shorten it."), field="text")
    customer = get_customer(customer_id)
    note = CustomerNote(
        customer_id=customer.id, agent_id=by.agent_id, author_name=by.name, text=words, created_at=now
    )
    db.session.add(note)
    db.session.flush()
    note_change("customer.noted", subject_kind=KIND, subject_id=customer.id, by=by, now=now, note_id=note.id)
    return note.id


def remove_note(*, customer_id: int, note_id: int, by: Actor, now: datetime) -> None:
    """Raises NotFound, and Forbidden for a note that somebody else wrote."""
    note = db.session.get(CustomerNote, note_id, with_for_update=True)
    if note is None or note.customer_id != customer_id:
        raise NotFound(N_("This note does not exist any more."))
    if note.agent_id is None or note.agent_id != by.agent_id:
        raise Forbidden(N_("Only its author takes a note away."))
    db.session.delete(note)
    note_change(
        "customer.note_removed", subject_kind=KIND, subject_id=customer_id, by=by, now=now, note_id=note_id
    )
    db.session.flush()
