"""Mail by SMTP: one connection serves a whole batch, and every answer is told apart."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Literal, Self
from uuid import UUID

from hub.channels.base import (
    ChannelError,
    Envelope,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
    Upcoming,
)
from hub.channels.dkim_signing import DkimKey, sign
from hub.channels.mime import build_mime, wire_address
from hub.channels.smtp_replies import Stage, failure_of_reply

Security = Literal["none", "starttls", "tls"]
_DROPPED = (OSError, smtplib.SMTPServerDisconnected)
_READY, _FIRST_ERROR, _CLOSING = 354, 400, 421
_SUCCESS, _INTERMEDIATE = 2, 3
_STAGES: tuple[Stage, Stage, Stage] = ("mail", "rcpt", "data")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail leaves. The server's certificate must match its name.

    `ca_file` holds the certificates (PEM) of a private authority that is trusted too; `dkim` signs what leaves.
    """

    host: str
    port: int = 25
    security: Security = "none"
    username: str = ""
    password: str = ""
    ca_file: str | None = None
    timeout_seconds: float = 30.0
    local_hostname: str | None = None
    dkim: DkimKey | None = None

    def __repr__(self) -> str:
        return f"SmtpSettings({self.host}:{self.port}, {self.security})"


class _DroppedError(Exception):
    """The server closed the connection before it had the message: safe to try once more on a new one.

    `failure` is what it means when the connection was new already.
    """

    def __init__(self, failure: ChannelError | None = None) -> None:
        super().__init__("dropped")
        self.failure = failure or TemporaryFailure("the mail server closed the connection", is_ours=True)


class SmtpTransport:
    """A `Transport`; `machine_now` stamps receipts. Not thread-safe: one worker, one transport."""

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        machine_now: Callable[[], datetime],
        upcoming: Upcoming | None = None,
    ) -> None:
        self._settings = settings
        self._machine_now = machine_now
        self._upcoming = upcoming
        self._rendered: Envelope | None = None
        self._written: dict[UUID, bytes] = {}
        self._smtp: smtplib.SMTP | None = None
        self._is_fresh = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()

    def send(self, envelope: Envelope) -> Receipt:
        """Hand one mail to the server; TemporaryFailure, PermanentFailure or UnknownOutcome when it is not taken."""
        if self._rendered is not None and self._rendered.key == envelope.key:
            self._rendered = None  # the one before was refused: its turn comes before it was written ahead
        try:
            message = self._written.pop(envelope.key, None) or self._write(envelope)
            recipient = wire_address(envelope.recipient)
            path = envelope.sender_address if envelope.return_path is None else envelope.return_path
            sender = wire_address(path) if path else ""
        except ValueError as error:
            raise PermanentFailure(str(error), scope=_scope_of_value(envelope)) from error
        reference = self.send_message(sender=sender, recipient=recipient, message=message)
        return Receipt(key=envelope.key, reference=reference, accepted_at=self._machine_now())

    def _write(self, envelope: Envelope) -> bytes:
        message = build_mime(envelope)
        signing = self._settings.dkim
        return sign(message, signing) if signing is not None else message

    def _render_ahead(self) -> None:
        """Render a later message while the server thinks about the commands of this one: the wait costs nothing."""
        if self._rendered is None and self._upcoming is not None:
            self._rendered = self._upcoming()

    def _write_ahead(self) -> None:
        """Write what was rendered ahead while the server thinks about the body of this one."""
        envelope, self._rendered = self._rendered, None
        if envelope is not None:
            with suppress(ValueError):  # said when its turn comes
                self._written[envelope.key] = self._write(envelope)

    def send_message(self, *, sender: str, recipient: str, message: bytes) -> str:
        """Hand over ready bytes; returns the server's words of acceptance."""
        for _ in range(2):
            smtp = self._smtp or self._connect()
            was_fresh, self._is_fresh = self._is_fresh, False
            try:
                return self._transact(smtp, sender, recipient, message)
            except _DroppedError as error:
                self._drop()
                if was_fresh:
                    raise error.failure from error
        raise TemporaryFailure("the mail server closed the connection twice", is_ours=True)

    def _connect(self) -> smtplib.SMTP:
        stage: Stage = "connect"
        try:
            smtp = self._open()
            self._smtp = smtp
            if self._settings.username:
                stage = "auth"
                smtp.login(self._settings.username, self._settings.password)
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise failure_of_reply(error.smtp_code, _words(error.smtp_error), stage) from error
        except smtplib.SMTPNotSupportedError as error:
            self._drop()
            raise PermanentFailure(str(error), scope="sender") from error
        except ssl.SSLError as error:
            self._drop()
            raise PermanentFailure(f"TLS: {error.reason or error}", scope="sender") from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise TemporaryFailure(f"cannot reach the mail server: {error}"[:300], is_ours=True) from error
        self._is_fresh = True
        return smtp

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        timeout, name = settings.timeout_seconds, settings.local_hostname
        if settings.security == "tls":
            return _greet(
                smtplib.SMTP_SSL(
                    settings.host, settings.port, local_hostname=name, timeout=timeout, context=_tls(settings)
                )
            )
        smtp = _greet(smtplib.SMTP(settings.host, settings.port, local_hostname=name, timeout=timeout))
        if settings.security == "starttls":
            self._smtp = smtp
            smtp.starttls(context=_tls(settings))
            _greet(smtp)
        return smtp

    def _transact(self, smtp: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> str:
        """MAIL, RCPT and DATA in one write where the server allows it (RFC 2920), then the body."""
        commands = _commands(smtp, sender, recipient, len(message))
        replies = self._ask(smtp, commands)
        for (code, words), stage in zip(replies, _STAGES, strict=False):
            if code == _CLOSING:
                raise _DroppedError(failure_of_reply(code, words, stage))
            if code // 100 != (_INTERMEDIATE if stage == "data" else _SUCCESS):
                self._abandon(smtp, is_waiting=replies[-1][0] == _READY)
                raise failure_of_reply(code, words, stage)
        return self._send_body(smtp, message)

    def _ask(self, smtp: smtplib.SMTP, commands: tuple[str, str, str]) -> list[tuple[int, str]]:
        """The answers to the commands, up to the first refusal where they are asked one by one."""
        is_pipelined = smtp.has_extn("pipelining")
        replies: list[tuple[int, str]] = []
        for said in ["".join(commands)] if is_pipelined else commands:
            _say(smtp, said.encode("utf-8"))
            self._render_ahead()
            replies += [_reply(smtp) for _ in (commands if is_pipelined else [said])]
            if replies[-1][0] >= _FIRST_ERROR:
                break
        return replies

    def _send_body(self, smtp: smtplib.SMTP, message: bytes) -> str:
        body = message if message.endswith(b"\r\n") else message + b"\r\n"
        _say(smtp, _stuff_dots(body))
        self._write_ahead()
        try:
            code, answer = smtp.getreply()
        except _DROPPED as error:
            self._drop()
            raise UnknownOutcome(f"no answer after the message was handed over: {error}"[:300]) from error
        if code // 100 != _SUCCESS:
            if code == _CLOSING:
                self._drop()
            raise failure_of_reply(code, _words(answer), "data")
        return _words(answer)[:200]

    def _abandon(self, smtp: smtplib.SMTP, *, is_waiting: bool) -> None:
        """Make the connection usable again after a refusal."""
        if self._smtp is None:
            return
        try:
            if is_waiting:  # a server that says 354 although it refused the recipient waits for a message
                smtp.send(b".\r\n")
                smtp.getreply()
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _greet(smtp: smtplib.SMTP) -> smtplib.SMTP:
    smtp.ehlo_or_helo_if_needed()
    return smtp


def _tls(settings: SmtpSettings) -> ssl.SSLContext:
    """Certificates are always verified, against the system's authorities and the private one."""
    context = ssl.create_default_context()
    if settings.ca_file:
        context.load_verify_locations(settings.ca_file)
    return context


def check_authorities(ca_file: str) -> None:
    """Raises OSError when the file of SMTP_CA_FILE cannot be read or holds no certificate."""
    try:
        ssl.create_default_context().load_verify_locations(ca_file)
    except OSError as error:  # an ssl.SSLError is one
        raise OSError(f"SMTP_CA_FILE holds no certificate in PEM that can be read: {ca_file}.") from error


def _commands(smtp: smtplib.SMTP, sender: str, recipient: str, size: int) -> tuple[str, str, str]:
    needs_utf8 = not (sender.isascii() and recipient.isascii())
    if needs_utf8 and not smtp.has_extn("smtputf8"):
        raise PermanentFailure("the mail server cannot carry this address (SMTPUTF8)", scope="recipient")
    options = f" SIZE={size}" if smtp.has_extn("size") else ""
    options += " BODY=8BITMIME SMTPUTF8" if needs_utf8 else ""
    return f"MAIL FROM:<{sender}>{options}\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n"


def _stuff_dots(body: bytes) -> bytes:
    """A line that begins with a dot gets another (RFC 5321 4.5.2), and the dot that ends the message follows."""
    first = b"." if body.startswith(b".") else b""
    return first + body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _say(smtp: smtplib.SMTP, said: bytes) -> None:
    try:
        smtp.send(said)
    except _DROPPED as error:
        raise _DroppedError from error


def _reply(smtp: smtplib.SMTP) -> tuple[int, str]:
    try:
        code, words = smtp.getreply()
    except _DROPPED as error:
        raise _DroppedError from error
    if code == -1:
        raise _DroppedError
    return code, _words(words)


def _words(answer: bytes | str) -> str:
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    return " ".join(text.split())


def _scope_of_value(envelope: Envelope) -> Literal["recipient", "content"]:
    try:
        wire_address(envelope.recipient)
    except ValueError:
        return "recipient"
    return "content"
