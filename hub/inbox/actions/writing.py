"""What an agent leaves while writing: drafts saved as typed, and presence."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hub.core import live
from hub.core.db import db, tell_after_commit
from hub.core.live import News, NewsKind
from hub.inbox.actions.chat_windows import tell_visitors_of
from hub.inbox.chats import PRESENCE_LASTS
from hub.inbox.models import Draft, Presence, Ticket
from hub.inbox.words import MessageKind, PresenceKind


def save_draft(
    *,
    ticket_id: int,
    agent_id: int,
    kind: MessageKind,
    text: str,
    inserted: Mapping[str, list[int]] | None = None,
    now: datetime,
) -> None:
    """Keep what is typed (a reply or a note), with the ids of what was inserted; an empty text forgets it."""
    if not text.strip():
        mine = (Draft.ticket_id == ticket_id, Draft.agent_id == agent_id, Draft.kind == kind)
        db.session.execute(delete(Draft).where(*mine))
        return
    statement = insert(Draft).values(
        ticket_id=ticket_id,
        agent_id=agent_id,
        kind=kind,
        text=text.replace("\x00", ""),
        inserted=inserted or {},
        saved_at=now,
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["ticket_id", "agent_id", "kind"],
            set_={"text": statement.excluded.text, "inserted": statement.excluded.inserted, "saved_at": now},
        )
    )


def note_presence(*, ticket_id: int, agent_id: int, kind: PresenceKind, machine_now: datetime) -> None:
    """Somebody looks at or writes in the ticket; who has it open is told when that is new."""
    if _is_news(ticket_id, agent_id, kind, machine_now):
        _tell(ticket_id)
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
    _tell(ticket_id)
    db.session.execute(delete(Presence).where(Presence.ticket_id == ticket_id, Presence.agent_id == agent_id))


def _is_news(ticket_id: int, agent_id: int, kind: PresenceKind, machine_now: datetime) -> bool:
    mine = (Presence.ticket_id == ticket_id, Presence.agent_id == agent_id)
    known = db.session.execute(select(Presence.kind, Presence.seen_at).where(*mine)).one_or_none()
    return known is None or known.kind is not kind or known.seen_at <= machine_now - PRESENCE_LASTS


def _tell(ticket_id: int) -> None:
    store_id = db.session.scalar(select(Ticket.store_id).where(Ticket.id == ticket_id))
    tell_after_commit(News(NewsKind.PRESENCE, live.ticket_topics(store_id), ticket_id))
    tell_visitors_of(ticket_id)
