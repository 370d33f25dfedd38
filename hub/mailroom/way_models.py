"""Ways in that an administrator sets up: mailboxes that are polled, and drops to which a provider posts raw mails."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.mailroom.words import AfterPoll, MailboxAuth, MailboxFault, MailboxSecurity


class PolledMailbox(Base):
    """A folder of a mailbox that is polled by IMAP. `store_id` None: the chain's, its mails are routed like any other.

    `uid_validity` and `last_uid` only spare the look at what is known; what makes a mail one is its arrival's key.
    `next_poll_at`, `lease_until` are machine time; `last_polled_at` is business time. `fault` is why the last poll
    failed, `fault_detail` the server's words, `error_count` how often in a row; `is_told`: the alarm of this fault was given.
    Secrets are sealed, "" where there is none; `access_token_sealed` is good until `access_expires_at` (machine time).
    """

    __tablename__ = "polled_mailboxes"
    __table_args__ = (
        UniqueConstraint("host", "username", "folder"),
        Index("ix_polled_mailboxes_due", "next_poll_at", postgresql_where="is_active"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[MailboxSecurity] = mapped_column(words(MailboxSecurity))
    username: Mapped[str]
    auth: Mapped[MailboxAuth] = mapped_column(
        words(MailboxAuth), default=MailboxAuth.PLAIN, server_default=MailboxAuth.PLAIN
    )
    password_sealed: Mapped[str]
    token_url: Mapped[str] = mapped_column(default="", server_default="")
    client_id: Mapped[str] = mapped_column(default="", server_default="")
    scope: Mapped[str] = mapped_column(default="", server_default="")
    client_secret_sealed: Mapped[str] = mapped_column(default="", server_default="")
    refresh_token_sealed: Mapped[str] = mapped_column(default="", server_default="")
    access_token_sealed: Mapped[str] = mapped_column(default="", server_default="")
    access_expires_at: Mapped[datetime | None]
    folder: Mapped[str]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    after: Mapped[AfterPoll] = mapped_column(words(AfterPoll))
    move_to: Mapped[str] = mapped_column(default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    uid_validity: Mapped[int | None]
    last_uid: Mapped[int] = mapped_column(default=0, server_default="0")
    next_poll_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    last_polled_at: Mapped[datetime | None]
    fault: Mapped[MailboxFault | None] = mapped_column(words(MailboxFault))
    fault_detail: Mapped[str] = mapped_column(default="", server_default="")
    error_count: Mapped[int] = mapped_column(default=0, server_default="0")
    is_told: Mapped[bool] = mapped_column(default=False, server_default="false")
    stored_count: Mapped[int] = mapped_column(default=0, server_default="0")
    duplicate_count: Mapped[int] = mapped_column(default=0, server_default="0")
    held_count: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]


class MailDrop(Base):
    """An address of ours to which a provider posts raw mails, signed with the drop's own secret.

    `key` stands in the address; `mailbox` is whom its mails were written to. Times are business time.
    """

    __tablename__ = "mail_drops"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    mailbox: Mapped[str]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    secret_sealed: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    stored_count: Mapped[int] = mapped_column(default=0, server_default="0")
    duplicate_count: Mapped[int] = mapped_column(default=0, server_default="0")
    refused_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_stored_at: Mapped[datetime | None]
    last_refused_at: Mapped[datetime | None]
    last_refusal: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
