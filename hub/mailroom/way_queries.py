"""What pages look up about the ways in: mailboxes that are polled and drops for raw mails, with their figures."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.mailroom.way_models import MailDrop, PolledMailbox
from hub.mailroom.words import AfterPoll, MailboxAuth, MailboxFault, MailboxSecurity


@dataclass(frozen=True)
class MailboxRow:
    """A polled mailbox without its secrets. `error_count` is how often in a row it failed."""

    id: int
    address: str
    host: str
    port: int
    security: MailboxSecurity
    username: str
    auth: MailboxAuth
    token_url: str
    client_id: str
    scope: str
    folder: str
    store_id: int | None
    after: AfterPoll
    move_to: str
    is_active: bool
    last_polled_at: datetime | None
    fault: MailboxFault | None
    fault_detail: str
    error_count: int
    stored_count: int
    duplicate_count: int
    held_count: int


@dataclass(frozen=True)
class DropRow:
    """A drop for raw mails without its secret."""

    id: int
    key: str
    name: str
    mailbox: str
    store_id: int | None
    is_active: bool
    stored_count: int
    duplicate_count: int
    refused_count: int
    last_stored_at: datetime | None
    last_refused_at: datetime | None
    last_refusal: str


_MAILBOX: tuple[Any, ...] = tuple(getattr(PolledMailbox, each.name) for each in fields(MailboxRow))
_DROP: tuple[Any, ...] = tuple(getattr(MailDrop, each.name) for each in fields(DropRow))


def list_mailboxes() -> list[MailboxRow]:
    """By address."""
    rows = db.session.execute(select(*_MAILBOX).order_by(PolledMailbox.address, PolledMailbox.id))
    return [MailboxRow(*row) for row in rows]


def find_mailbox(mailbox_id: int) -> MailboxRow | None:
    row = db.session.execute(select(*_MAILBOX).where(PolledMailbox.id == mailbox_id)).one_or_none()
    return MailboxRow(*row) if row else None


def get_mailbox(mailbox_id: int) -> MailboxRow:
    """Raises NotFound."""
    row = find_mailbox(mailbox_id)
    if row is None:
        raise NotFound(N_("There is no such mailbox. Please reload the page."))
    return row


def list_drops() -> list[DropRow]:
    """By name."""
    rows = db.session.execute(select(*_DROP).order_by(MailDrop.name, MailDrop.id))
    return [DropRow(*row) for row in rows]
