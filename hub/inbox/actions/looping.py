"""Mail storms: automatic mails that the caps hold back are counted, and told to the staff once."""

from datetime import datetime

from sqlalchemy import Boolean, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.actions.acknowledging import list_sent
from hub.inbox.actions.events import note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.deadlines import LONGEST_WINDOW, may_write_to
from hub.inbox.models import AutomaticMail, MailLoop, Ticket
from hub.inbox.words import NoticeKind
from hub.staff import queries as staff
from hub.staff.words import Permission, Role

MANAGERS = frozenset({Role.STORE_MANAGER, Role.REGION_MANAGER, Role.HEAD_OFFICE})


def may_write(address: str, *, ticket_id: int | None, machine_now: datetime) -> bool:
    """Whether the caps let one more automatic mail out, to this address and about this ticket."""
    of_address = list_sent([address.lower()], machine_now=machine_now).get(address.lower(), ())
    of_ticket = select(AutomaticMail.sent_at).where(
        AutomaticMail.ticket_id == ticket_id, AutomaticMail.sent_at > machine_now - LONGEST_WINDOW
    )
    return may_write_to(
        of_address,
        db.session.scalars(of_ticket).all() if ticket_id else (),
        machine_now=machine_now,
    )


def hold_back(ticket: Ticket, *, now: datetime, machine_now: datetime) -> None:
    """An automatic mail did not leave because of the caps: counted; the first of a storm is told to the staff."""
    address = ticket.requester_address or ""
    counted = {"held_count": MailLoop.held_count + 1, "last_at": machine_now}
    if _count(address, counted, machine_now):
        return
    statement = insert(MailLoop).values(
        address=address, ticket_id=ticket.id, held_count=1, started_at=machine_now, last_at=machine_now
    )
    kept = statement.on_conflict_do_update(
        index_elements=["address"], index_where=MailLoop.seen_at.is_(None), set_=counted
    )
    added = kept.returning(MailLoop.id, literal_column("xmax = 0", Boolean))
    loop_id, is_new = db.session.execute(added).one()
    if is_new:
        _tell(ticket, loop_id, now=now)


def _count(address: str, values: dict[str, object], machine_now: datetime) -> bool:
    """Add to the storm that is under way for the address, seen by somebody or not; False when there is none."""
    latest = (
        select(func.max(MailLoop.id))
        .where(MailLoop.address == address, MailLoop.last_at > machine_now - LONGEST_WINDOW)
        .scalar_subquery()
    )
    changed = update(MailLoop).where(MailLoop.id == latest).values(**values).returning(MailLoop.id)
    return db.session.scalar(changed.execution_options(synchronize_session=False)) is not None


def _tell(ticket: Ticket, loop_id: int, *, now: datetime) -> None:
    """One notice to each manager of the store, else to the administrators, and one line in the ticket."""
    people = [row.id for row in staff.list_store_agents(ticket.store_id) if row.role in MANAGERS]
    people = people or [row.id for row in staff.list_agents_with(Permission.EDIT_SETTINGS)]
    notify(
        agent_ids=people, kind=NoticeKind.MAIL_LOOP, ticket_id=ticket.id, now=now, data={"loop_id": loop_id}
    )
    note_ticket("mail_loop", ticket, by=SYSTEM, now=now, loop_id=loop_id)


def mark_loop_seen(loop_id: int, *, by: Actor, now: datetime, machine_now: datetime) -> None:
    """A person has seen the storm; while it lasts nobody is told again. Raises NotFound."""
    row = db.session.scalar(select(MailLoop).where(MailLoop.id == loop_id).with_for_update())
    if row is None:
        raise NotFound(N_("This mail storm does not exist."))
    if row.seen_at is None:
        row.seen_at, row.seen_by_id = machine_now, by.agent_id
        note_change("mail_loop.seen", subject_kind="mail_loop", subject_id=loop_id, by=by, now=now)
    db.session.flush()
