"""What comes back by itself: snoozed tickets wake, scheduled replies leave."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from hub.core import clock
from hub.core.apart import do_each, is_free
from hub.core.db import db, transaction
from hub.inbox.actions.scheduling import next_leaving_at, send_due_replies
from hub.inbox.actions.snoozing import wake_by_time
from hub.inbox.models import Ticket

BATCH = 100
KIND = "snoozes"


def work_later(wake: Callable[[], None]) -> int:
    """One batch: tickets first, then replies; returns how many came back. One that fails is put off alone."""
    with transaction():
        now, machine_now = clock.business_now(), clock.machine_now()
        free = is_free(KIND, Ticket.id, machine_now=machine_now)
        found = select(Ticket).where(Ticket.snoozed_until <= now, free)
        found = found.order_by(Ticket.snoozed_until, Ticket.id)
        tickets = db.session.scalars(
            found.limit(BATCH).with_for_update(skip_locked=True).execution_options(populate_existing=True)
        ).all()
        do_each(
            KIND,
            tickets,
            lambda ticket: wake_by_time(ticket, now=now),
            id_of=lambda ticket: ticket.id,
            machine_now=machine_now,
        )
    with transaction():
        sent = send_due_replies(now=now, machine_now=machine_now, size=BATCH)
    if BATCH in {len(tickets), sent}:
        wake()
    return len(tickets) + sent


def has_due() -> bool:
    """Whether a snooze is over or a reply is to leave now."""
    due_at = next_due_at()
    return due_at is not None and due_at <= clock.business_now()


def next_due_at() -> datetime | None:
    """Business time of the next waking or leaving; what is put off comes by machine time."""
    machine_now = clock.machine_now()
    free = is_free(KIND, Ticket.id, machine_now=machine_now)
    snoozed = select(Ticket.snoozed_until).where(Ticket.snoozed_until.is_not(None), free)
    first = snoozed.order_by(Ticket.snoozed_until).limit(1)
    moments = (db.session.scalar(first), next_leaving_at(machine_now=machine_now))
    return min((moment for moment in moments if moment is not None), default=None)
