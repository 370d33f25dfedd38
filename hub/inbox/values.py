"""What is handed to the inbox and what it hands back: frozen values without rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.core.words import Channel, Language
from hub.inbox.words import IncomingKind, ThreadedBy
from hub.staff.rules import Scope


@dataclass(frozen=True)
class IncomingFile:
    """A file already kept on the shelf of core.files under `sha256`; `media_type` was found from its content."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    content_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One contact from outside, as a door hands it in.

    `from_address` is a mail address, or "" when only `phone` is known. `reply_to` is where the sender wants the
    answer. `text` is what is new, `quoted_text` what was folded away, `html` is sanitised. `store_id` is the store
    the sender chose in a form or stood in. `external_ids`: how other systems know him, by system. `happened_at` is when it came in, if that was before now. `source_kind`, `source_id`: what a
    new ticket answers (a message of ours: "outbound"). `has_files_to_come`: files of it are fetched later. `ticket_id`: the ticket of the chat it was written in. `scope`:
    the stores whose tickets the system that hands it in may write into; None: a customer's own way in, into any.
    """

    channel: Channel
    from_address: str = ""
    from_name: str = ""
    reply_to: str | None = None
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    quoted_text: str = ""
    html: str = ""
    attachments: tuple[IncomingFile, ...] = ()
    mail_message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    language: Language | None = None
    arrival_id: int | None = None
    kind: IncomingKind = IncomingKind.MESSAGE
    store_id: int | None = None
    reason_key: str | None = None
    order_number: str | None = None
    phone: str | None = None
    external_ids: Mapping[str, str] = field(default_factory=dict)
    happened_at: datetime | None = None
    key: str | None = None
    source_kind: str | None = None
    source_id: int | None = None
    ticket_id: int | None = None
    has_files_to_come: bool = False
    scope: Scope | None = None

    def may_join(self, store_id: int | None) -> bool:
        """Whether it may be written into a ticket of this store."""
        return self.scope is None or self.scope.has_store(store_id)


@dataclass(frozen=True)
class Received:
    """`ticket_id` is None only for an auto-reply that belongs to no ticket."""

    ticket_id: int | None
    number: str | None
    message_id: int | None
    is_new_ticket: bool
    threaded_by: ThreadedBy = ThreadedBy.NONE


@dataclass(frozen=True)
class Replied:
    """`message_id` is the line of the thread, `outbound_id` the message in the door out; None in a chat's window."""

    message_id: int
    outbound_id: int | None


@dataclass(frozen=True)
class TakenBack:
    """An answer that did not leave: its text as it was written, and what was kept with it."""

    text: str
    inserted: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact at the counter or on the phone, noted by an agent. At least a name, a mail or a phone.

    `key`: noted under it once, however often it is sent. `is_settled`: helped on the spot, so it is solved at once.
    `noted_at`: when it was said, if that was before now.
    """

    store_id: int
    channel: Channel
    text: str
    subject: str = ""
    customer_id: int | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    first_name: str = ""
    last_name: str = ""
    reason_id: int | None = None
    order_number: str | None = None
    language: Language = Language.FRENCH
    key: str | None = None
    is_settled: bool = False
    noted_at: datetime | None = None
    inserted: dict[str, object] = field(default_factory=dict)
    call_id: int | None = None
