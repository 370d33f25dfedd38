"""Whose turn it is to poll which mailbox: a lease that lapses, so that two pollers never read one at the same time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from hub.channels.imap import ImapFault, ImapSettings
from hub.core import clock, sealing, site
from hub.core.db import db, transaction
from hub.core.facts import record
from hub.mailroom import poll_rules, signing_in, ways_setup
from hub.mailroom.facts import MailboxFailed
from hub.mailroom.signing_in import SECRETS, Pass
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import AfterPoll, MailboxAuth, MailboxFault, MailboxSecurity
from hub.stores.queries import get_store

LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Lease:
    """A mailbox in the hands of one poller. `settings` is None when its secrets cannot be read any more.

    `how` is given where a token signs in.
    """

    mailbox_id: int
    token: str
    address: str
    recipients: tuple[str, ...]
    settings: ImapSettings | None
    uid_validity: int | None
    last_uid: int
    last_polled_at: datetime | None
    how: Pass | None = None


class LeaseLostError(Exception):
    """Somebody paused or changed the mailbox, or the lease has lapsed: the other poller goes on."""


def is_due(machine_now: datetime) -> ColumnElement[bool]:
    """Active, its time has come, and nobody reads it."""
    return and_(
        PolledMailbox.is_active,
        PolledMailbox.next_poll_at <= machine_now,
        or_(PolledMailbox.lease_until.is_(None), PolledMailbox.lease_until < machine_now),
    )


def claim() -> tuple[Lease | None, bool]:
    """The mailbox that waits longest, and whether another waits too."""
    with transaction():
        moment = clock.machine_now()
        due = select(PolledMailbox).where(is_due(moment)).order_by(PolledMailbox.next_poll_at)
        rows = db.session.scalars(due.limit(2).with_for_update(skip_locked=True)).all()
        if not rows:
            return None, False
        rows[0].lease_token = secrets.token_hex(8)
        rows[0].lease_until = moment + LEASE
        db.session.flush()
        return make_lease(rows[0]), len(rows) > 1


def make_lease(row: PolledMailbox) -> Lease:
    """What a poller needs of a mailbox; mails of a store's own mailbox are written to that store."""
    store = get_store(row.store_id) if row.store_id else None
    is_plain = row.auth is MailboxAuth.PLAIN
    how = None if is_plain else signing_in.read_pass(row, machine_now=clock.machine_now())
    return Lease(
        mailbox_id=row.id,
        token=row.lease_token or "",
        address=row.address,
        recipients=(f"{store.mailbox}@{site.inbound_domain()}",) if store else (),
        settings=_settings_of(row) if is_plain or how is not None else None,
        uid_validity=row.uid_validity,
        last_uid=row.last_uid,
        last_polled_at=row.last_polled_at,
        how=how,
    )


def _settings_of(row: PolledMailbox) -> ImapSettings | None:
    password = sealing.unseal(SECRETS, row.password_sealed) if row.auth is MailboxAuth.PLAIN else ""
    if password is None:
        return None
    setup = ways_setup.current()
    return ImapSettings(
        host=row.host,
        port=row.port,
        is_tls=row.security is MailboxSecurity.TLS,
        username=row.username,
        password=password,
        folder=row.folder,
        move_to=row.move_to if row.after is AfterPoll.MOVE else "",
        ca_file=setup.ca_file,
        timeout_seconds=setup.timeout_seconds,
    )


def settings_of(lease: Lease) -> ImapSettings:
    """Raises SealedError when the secrets cannot be read any more."""
    if lease.settings is None:
        raise SealedError
    return lease.settings


def hold(lease: Lease, *, machine_now: datetime) -> PolledMailbox:
    """The row, locked and with a fresh lease, in the transaction of what is kept. Raises LeaseLostError."""
    wanted = select(PolledMailbox).where(PolledMailbox.id == lease.mailbox_id).with_for_update()
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None or row.lease_token != lease.token:
        raise LeaseLostError
    row.lease_until = machine_now + LEASE
    return row


def note_success(lease: Lease, *, is_more: bool, trouble: str = "") -> None:
    """Polled: at the usual pace again, or at once when there is more. `trouble`: mails that could not be taken."""
    with transaction():
        moment = clock.machine_now()
        row = hold(lease, machine_now=moment)
        row.last_polled_at = clock.business_now()
        row.error_count, row.is_told = 0, False
        row.fault = MailboxFault.MAIL_REFUSED if trouble else None
        row.fault_detail = trouble[:300]
        pace = ways_setup.current().poll_seconds
        row.next_poll_at = (
            moment if is_more else poll_rules.next_poll_at(0, poll_seconds=pace, machine_now=moment)
        )
        row.lease_until = row.lease_token = None


def note_failure(lease: Lease, error: Exception) -> None:
    """Not polled: ever later, and one alarm once it lasts."""
    with transaction():
        moment = clock.machine_now()
        row = hold(lease, machine_now=moment)
        row.fault, row.fault_detail = _fault_of(error)
        row.error_count += 1
        pace = ways_setup.current().poll_seconds
        row.next_poll_at = poll_rules.next_poll_at(row.error_count, poll_seconds=pace, machine_now=moment)
        row.lease_until = row.lease_token = None
        if poll_rules.needs_alarm(row.error_count, is_told=row.is_told):
            row.is_told = True
            record(MailboxFailed(mailbox_id=row.id), now=clock.business_now())


class SealedError(Exception):
    """The secrets were sealed with another SECRET_KEY."""


def _fault_of(error: Exception) -> tuple[MailboxFault, str]:
    if isinstance(error, ImapFault):
        return MailboxFault(error.fault.value), error.detail
    if isinstance(error, SealedError):
        return MailboxFault.SEALED, ""
    return MailboxFault.PROTOCOL, f"{type(error).__name__}: {error}".replace("\0", "")[:300]
