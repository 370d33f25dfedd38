"""Mailboxes on a dovecot of the test: added, polled, looked at."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.mailroom import mailboxes, polling
from hub.mailroom.mailboxes import MailboxDetails
from hub.mailroom.models import Arrival
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import AfterPoll, ArrivalState, MailboxSecurity
from tests.conftest import TUESDAY
from tests.makers.dovecot import PASSWORD, Dovecot

ADDRESS = "lyon@verel.example"


def details(dovecot: Dovecot, user: str, **changes: Any) -> MailboxDetails:
    given = {
        "address": ADDRESS,
        "host": "localhost",
        "port": dovecot.tls_port,
        "security": MailboxSecurity.TLS,
        "username": user,
        "password": PASSWORD,
        "folder": "INBOX",
        "store_id": None,
        "after": AfterPoll.SEEN,
        "move_to": "",
    }
    return MailboxDetails(**{**given, **changes})


def add(dovecot: Dovecot, user: str, **changes: Any) -> int:
    return mailboxes.add_mailbox(
        details=details(dovecot, user, **changes), by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now()
    )


def poll() -> int:
    """Whatever is due, and everything is due."""
    for row in db.session.scalars(select(PolledMailbox)):
        row.next_poll_at = clock.machine_now()
    db.session.commit()
    handled = 0
    while count := polling.work_mailboxes(lambda: None):
        handled += count
    db.session.expire_all()
    return handled


def arrivals(session: Session) -> list[Arrival]:
    return list(session.scalars(select(Arrival).order_by(Arrival.id)))


def waiting(session: Session) -> list[Arrival]:
    return [row for row in arrivals(session) if row.state is ArrivalState.WAITING]


def seen(names: list[str]) -> int:
    return sum(name.endswith("S") for name in names)
