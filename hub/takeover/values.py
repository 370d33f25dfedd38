"""What an export says, whatever system wrote it: people, tickets, messages, files, and rows that cannot be used."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.core.words import Channel
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.takeover.words import TakeoverSource


class BadRowError(Exception):
    """A row that cannot be taken; `reason` is an English msgid, `row` what is shown of it, `also` others with it."""

    def __init__(self, kind: str, external_id: str, reason: str, row: Mapping[str, Any]) -> None:
        super().__init__(reason)
        self.kind = kind
        self.external_id = external_id
        self.reason = reason
        self.row = row
        self.also: tuple[BadRowError, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ForeignPerson:
    """A customer of the other system."""

    external_id: str
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    created_at: datetime | None = None

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name.strip(), self.last_name.strip())))


@dataclass(frozen=True, kw_only=True)
class ForeignFile:
    """`read` None: the export names the file but does not hold it."""

    name: str
    read: Callable[[], bytes] | None
    content_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ForeignMessage:
    """One line of a thread; `html` is raw."""

    external_id: str
    kind: MessageKind
    channel: Channel
    author_name: str
    author_address: str
    text: str
    at: datetime
    html: str = ""
    subject: str = ""
    quoted_text: str = ""
    mail_message_id: str | None = None
    files: tuple[ForeignFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ForeignTicket:
    """`group` is what the other system calls the place that answers; `owner` a mail address or a name, or "".

    `left_out`: messages of it that cannot be taken.
    """

    external_id: str
    number: str
    subject: str
    state: TicketState
    priority: Priority
    channel: Channel
    group: str
    owner: str
    customer: ForeignPerson | None
    created_at: datetime
    updated_at: datetime
    solved_at: datetime | None
    messages: tuple[ForeignMessage, ...]
    tags: tuple[str, ...] = ()
    left_out: tuple[BadRowError, ...] = ()


@dataclass(frozen=True)
class Export:
    """An export that was opened. Each part is built when it is asked for and raises BadRowError when it cannot be.

    The parts come in the same order each time the same file is opened: a takeover goes on where it stopped.
    """

    source: TakeoverSource
    people: Sequence[Callable[[], ForeignPerson]]
    tickets: Sequence[Callable[[], ForeignTicket]]
    bad: Sequence[BadRowError] = field(default_factory=tuple)

    @property
    def size(self) -> int:
        return len(self.people) + len(self.tickets)
