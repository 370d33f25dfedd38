"""Mail over real SMTP on the loopback: one connection for a batch, every answer told apart, store-then-250."""

import smtplib
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from hub.channels.base import Envelope, PermanentFailure, TemporaryFailure, UnknownOutcome
from hub.channels.console import ConsoleTransport
from hub.channels.email import SmtpSettings, SmtpTransport
from hub.channels.listener import InboundListener, serve
from hub.channels.mail_parsing import parse_mail
from hub.channels.mime import build_mime
from hub.channels.registry import ChannelSettings, open_transport
from hub.channels.smtp_replies import failure_of_reply

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
Answer = Callable[[str], str | None]


def envelope(number: int = 1, recipient: str = "dora@boutique.fr") -> Envelope:
    return Envelope(
        key=uuid.UUID(int=number), channel="email", sender_address="lyon@boutique.fr", sender_name="Lyon",
        recipient=recipient, subject=f"Avis {number}", text="Bonjour\n.point\n..deux", html="<p>é</p>", sent_at=NOW,
        return_path="bounce+1@boutique.fr",
    )  # fmt: skip


@contextmanager
def listening(
    store: Callable[[bytes, list[str], str], None], max_bytes: int = 100_000
) -> Iterator[InboundListener]:
    listener = serve(
        "127.0.0.1",
        0,
        store=store,
        max_bytes=max_bytes,
        accepts=lambda address: address.endswith("@boutique.fr"),
    )
    try:
        yield listener
    finally:
        listener.stop()


def transport(port: int, *, timeout_seconds: float = 5.0) -> SmtpTransport:
    settings = SmtpSettings(
        host="127.0.0.1", port=port, timeout_seconds=timeout_seconds, local_hostname="test"
    )
    return SmtpTransport(settings, machine_now=lambda: NOW)


def usual_answer(command: str, features: tuple[str, ...]) -> str:
    if command.startswith("ehlo"):
        return "\r\n".join([*(f"250-{feature}" for feature in ("test", *features)), "250 HELP"])
    return "354 go" if command == "DATA" else "250 ok"


@contextmanager
def scripted_server(answer: Answer, *, features: tuple[str, ...] = ()) -> Iterator[tuple[int, list[str]]]:
    """A server that says what the test wants; None closes the connection, "silence" says nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    seen: list[str] = []

    def talk(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 test\r\n")
            seen.append("connect")
            is_body = False
            for raw in lines:
                line = raw.decode().rstrip("\r\n")
                if is_body and line != ".":
                    continue
                command = "body" if is_body else line
                is_body = False
                seen.append(command)
                reply = answer(command)
                if reply is None:
                    return
                if reply == "silence":
                    continue
                reply = usual_answer(command, features) if reply == "usual" else reply
                is_body = command == "DATA" and reply.startswith("354")
                connection.sendall(f"{reply}\r\n".encode())

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1], seen
    finally:
        server.close()


def test_a_batch_goes_over_one_connection_and_arrives_whole() -> None:
    stored: list[tuple[bytes, list[str], str]] = []
    with (
        listening(lambda raw, to, sender: stored.append((raw, to, sender))) as listener,
        transport(listener.port) as wire,
    ):
        receipts = [wire.send(envelope(number)) for number in range(1, 6)]
    assert [receipt.accepted_at for receipt in receipts] == [NOW] * 5
    assert [to for _, to, _ in stored] == [["dora@boutique.fr"]] * 5
    assert {sender for _, _, sender in stored} == {"bounce+1@boutique.fr"}
    mail = parse_mail(stored[0][0])
    assert (mail.subject, mail.text) == ("Avis 1", "Bonjour\n.point\n..deux")


def test_a_refused_recipient_leaves_the_connection_usable() -> None:
    stored: list[bytes] = []
    with (
        listening(lambda raw, _to, _sender: stored.append(raw)) as listener,
        transport(listener.port) as wire,
    ):
        with pytest.raises(PermanentFailure) as refused:
            wire.send(envelope(1, "dora@elsewhere.fr"))
        wire.send(envelope(2))
    assert refused.value.scope == "recipient"
    assert len(stored) == 1


def test_a_store_that_fails_makes_the_sender_keep_the_mail() -> None:
    def fail(raw: bytes, to: list[str], sender: str) -> None:
        raise OSError("disk full")

    with (
        listening(fail) as listener,
        transport(listener.port) as wire,
        pytest.raises(TemporaryFailure, match="451"),
    ):
        wire.send(envelope())


def test_an_oversize_mail_is_refused_with_552() -> None:
    stored: list[bytes] = []
    with listening(lambda raw, _to, _sender: stored.append(raw), max_bytes=2_000) as listener:
        with smtplib.SMTP("127.0.0.1", listener.port, timeout=5) as client:
            client.ehlo()
            assert client.esmtp_features["size"] == "2000"
            assert client.has_extn("smtputf8")
            client.mail("a@b.fr")
            client.rcpt("x@boutique.fr")
            assert client.data(b"x" * 3_000 + b"\r\n")[0] == 552
        with transport(listener.port) as wire, pytest.raises(PermanentFailure) as refused:
            wire.send_message(sender="a@b.fr", recipient="x@boutique.fr", message=b"y" * 3_000)
    assert (refused.value.scope, stored) == ("content", [])


def test_no_answer_after_the_message_is_unknown() -> None:
    with (
        scripted_server(lambda command: "silence" if command == "body" else "usual") as (port, _),
        transport(port, timeout_seconds=0.5) as wire,
        pytest.raises(UnknownOutcome),
    ):
        wire.send(envelope())


def test_a_connection_closed_after_the_message_is_unknown() -> None:
    with (
        scripted_server(lambda command: None if command == "body" else "usual") as (port, _),
        transport(port) as wire,
        pytest.raises(UnknownOutcome),
    ):
        wire.send(envelope())


def test_a_connection_dropped_between_two_mails_is_opened_again() -> None:
    mails = iter(range(9))

    def answer(command: str) -> str | None:
        return None if command.startswith("MAIL") and next(mails) == 1 else "usual"

    with scripted_server(answer) as (port, seen), transport(port) as wire:
        wire.send(envelope(1))
        wire.send(envelope(2))
    assert (seen.count("connect"), seen.count("body")) == (2, 2)


def test_a_server_that_closes_with_421_gets_the_mail_on_a_new_connection_once() -> None:
    """Every third mail of a connection is answered 421, before the message or instead of taking it."""
    mails = iter(range(99))

    def answer(command: str) -> str | None:
        return (
            "421 4.3.2 too many messages" if command.startswith("MAIL") and next(mails) % 3 == 2 else "usual"
        )

    with scripted_server(answer) as (port, seen), transport(port) as wire:
        for number in range(1, 8):
            wire.send(envelope(number))
    assert seen.count("body") == 7
    assert seen.count("connect") == 4


def test_a_server_that_says_421_at_once_is_not_tried_for_ever() -> None:
    def answer(command: str) -> str | None:
        return "421 4.3.2 closing" if command.startswith("MAIL") else "usual"

    with (
        scripted_server(answer) as (port, seen),
        transport(port) as wire,
        pytest.raises(TemporaryFailure, match="421"),
    ):
        wire.send(envelope())
    assert (seen.count("connect"), seen.count("body")) == (1, 0)


def test_421_instead_of_taking_the_message_is_tried_later_not_at_once() -> None:
    with (
        scripted_server(lambda command: "421 4.3.2 closing" if command == "body" else "usual") as (
            port,
            seen,
        ),
        transport(port) as wire,
        pytest.raises(TemporaryFailure, match="421"),
    ):
        wire.send(envelope())
    assert seen.count("body") == 1


def test_the_next_mail_is_written_while_the_server_thinks() -> None:
    """The wire asks for one later message a mail, and sends what it wrote ahead as it is."""
    waiting = [envelope(number) for number in range(2, 5)]
    stored: list[bytes] = []
    with listening(lambda raw, _to, _sender: stored.append(raw)) as listener:
        settings = SmtpSettings(host="127.0.0.1", port=listener.port, local_hostname="test")
        wire = SmtpTransport(
            settings, machine_now=lambda: NOW, upcoming=lambda: waiting.pop(0) if waiting else None
        )
        with wire:
            wire.send(envelope(1))
            assert [each.subject for each in waiting] == ["Avis 3", "Avis 4"]
            for number in range(2, 5):
                wire.send(envelope(number))
            assert wire._written == {}
    assert [parse_mail(raw).subject for raw in stored] == [f"Avis {number}" for number in range(1, 5)]


def test_a_mail_after_a_refused_one_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was rendered ahead while the server refused the one before; on its own turn it is written, and not again."""
    written: list[str] = []

    def write(self: SmtpTransport, letter: Envelope) -> bytes:
        written.append(letter.subject)
        return build_mime(letter)

    monkeypatch.setattr(SmtpTransport, "_write", write)
    waiting = [envelope(2), envelope(3)]
    with listening(lambda _raw, _to, _sender: None) as listener:
        settings = SmtpSettings(host="127.0.0.1", port=listener.port, local_hostname="test")
        wire = SmtpTransport(
            settings, machine_now=lambda: NOW, upcoming=lambda: waiting.pop(0) if waiting else None
        )
        with wire:
            with pytest.raises(PermanentFailure):
                wire.send(envelope(1, "dora@elsewhere.fr"))
            for number in (2, 3):
                wire.send(envelope(number))
            assert wire._written == {}
    assert written == ["Avis 1", "Avis 2", "Avis 3"]


def test_pipelining_with_a_server_that_says_354_all_the_same() -> None:
    refusals = iter(["550 5.1.1 user unknown", "usual"])

    def answer(command: str) -> str | None:
        return next(refusals) if command.startswith("RCPT") else "usual"

    with scripted_server(answer, features=("PIPELINING",)) as (port, seen), transport(port) as wire:
        with pytest.raises(PermanentFailure):
            wire.send(envelope(1))
        wire.send(envelope(2))
    assert (seen.count("connect"), seen.count("rset")) == (1, 1)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with transport(port) as wire, pytest.raises(TemporaryFailure) as refused:
        wire.send(envelope())
    assert refused.value.is_ours


def test_a_bad_address_never_reaches_the_server() -> None:
    with transport(1) as wire, pytest.raises(PermanentFailure) as refused:
        wire.send(envelope(1, "dora@boutique.fr>\r\nRCPT TO:<x@y.fr"))
    assert refused.value.scope == "recipient"


@pytest.mark.parametrize(
    ("code", "text", "stage", "expected"),
    [
        (550, "5.1.1 user unknown", "rcpt", "recipient"),
        (550, "rejected", "rcpt", "recipient"),
        (552, "5.2.2 mailbox full", "rcpt", "later"),
        (450, "4.2.0 greylisted", "rcpt", "later"),
        (421, "4.7.0 your IP has a poor reputation", "mail", "later, ours"),
        (535, "5.7.8 authentication failed", "auth", "sender"),
        (554, "no reverse DNS for your IP", "connect", "sender"),
        (550, "5.1.1 user unknown", "mail", "sender"),
        (554, "5.7.1 relay access denied", "rcpt", "sender"),
        (554, "5.6.0 message looks like spam", "data", "content"),
        (554, "refused", "data", "content"),
    ],
)
def test_whose_fault_a_reply_is(code: int, text: str, stage: str, expected: str) -> None:
    failure = failure_of_reply(code, text, stage)  # type: ignore[arg-type]
    if isinstance(failure, PermanentFailure):
        assert failure.scope == expected
    else:
        assert isinstance(failure, TemporaryFailure)
        assert ("later, ours" if failure.is_ours else "later") == expected


def test_without_a_server_nothing_leaves() -> None:
    wire = open_transport("email", ChannelSettings(), machine_now=lambda: NOW)
    assert isinstance(wire, ConsoleTransport)
    with wire:
        assert wire.send(envelope()).reference.startswith("console-")
    with pytest.raises(KeyError):
        open_transport("fax", ChannelSettings(), machine_now=lambda: NOW)


def test_a_line_longer_than_the_standard_is_taken() -> None:
    stored: list[bytes] = []
    with (
        listening(lambda raw, _to, _sender: stored.append(raw)) as listener,
        transport(listener.port) as wire,
    ):
        wire.send_message(
            sender="", recipient="x@boutique.fr", message=b"Subject: long\r\n\r\n" + b"x" * 50_000
        )
    assert len(stored[0]) > 50_000
