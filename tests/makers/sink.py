"""A real SMTP server that keeps what it is given; it can refuse, hang or drop the line after DATA, or say anything."""

import asyncio
import email
import email.policy
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from hub.channels.email import SmtpSettings


@dataclass(frozen=True)
class Taken:
    """One mail the server said 250 to (or read before it hung)."""

    mail_from: str
    recipients: tuple[str, ...]
    mail: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        return part.get_content() if part else ""


@dataclass
class Sink:
    """`refusals`: answers to RCPT by address. `answer`: instead of 250 after DATA. `hang_at`: hangs at the n-th DATA.

    `drops_at`: the DATA after which it keeps the mail and drops the line without an answer: the acknowledgement is
    lost. `seconds_each`: how long it thinks about a mail.
    """

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    answer: str | None = None
    hang_at: int | None = None
    drops_at: frozenset[int] = frozenset()
    seconds_each: float = 0.0
    has_read: threading.Event = field(default_factory=threading.Event)
    data_count: int = 0
    connection_count: int = 0

    @property
    def settings(self) -> SmtpSettings:
        return SmtpSettings(host="127.0.0.1", port=self.port, timeout_seconds=5, local_hostname="localhost")

    def count_by_message_id(self) -> Counter[str]:
        return Counter(each.message_id for each in self.taken)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's own names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connection_count += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.data_count += 1
        if self.data_count == self.hang_at:
            self.has_read.set()
            await asyncio.sleep(3600)
        if self.answer is not None:
            return self.answer
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        self.raw.append(raw)
        mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
        self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), mail))
        if self.seconds_each:
            await asyncio.sleep(self.seconds_each)
        if self.data_count in self.drops_at and server.transport is not None:
            server.transport.abort()
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_sink() -> tuple[Sink, Controller]:
    """Start one; the caller stops the controller."""
    sink = Sink(port=free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=10)
    controller.start()
    return sink, controller
