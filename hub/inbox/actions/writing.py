"""What an agent leaves while writing: drafts saved as typed, and presence."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.inbox.models import Draft, Presence
from hub.inbox.words import MessageKind, PresenceKind


def save_draft(*, ticket_id: int, agent_id: int, kind: MessageKind, text: str, now: datetime) -> None:
    """Keep what is typed (a reply or a note); an empty text forgets it."""
    if not text.strip():
        mine = (Draft.ticket_id == ticket_id, Draft.agent_id == agent_id, Draft.kind == kind)
        db.session.execute(delete(Draft).where(*mine))
        return
    statement = insert(Draft).values(
        ticket_id=ticket_id, agent_id=agent_id, kind=kind, text=text.replace("\x00", ""), saved_at=now
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["ticket_id", "agent_id", "kind"],
            set_={"text": statement.excluded.text, "saved_at": now},
        )
    )


def note_presence(*, ticket_id: int, agent_id: int, kind: PresenceKind, machine_now: datetime) -> None:
    """Somebody looks at or writes in the ticket."""
    statement = insert(Presence).values(
        ticket_id=ticket_id, agent_id=agent_id, kind=kind, seen_at=machine_now
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["ticket_id", "agent_id"], set_={"kind": kind, "seen_at": machine_now}
        )
    )


def leave(*, ticket_id: int, agent_id: int) -> None:
    """The agent turned to something else."""
    db.session.execute(delete(Presence).where(Presence.ticket_id == ticket_id, Presence.agent_id == agent_id))
