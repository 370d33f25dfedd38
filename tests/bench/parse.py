"""Speed of reading mail, of building and sending it, and of the listener; each beside its baseline in the same run."""

import smtplib
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from hub.channels.base import Envelope
from hub.channels.email import SmtpSettings, SmtpTransport
from hub.channels.listener import serve
from hub.channels.mail_parsing import parse_mail
from hub.channels.mime import build_mime

SENT_AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
BODY = (
    "Bonjour,\n\nJ'ai commandé une paire de chaussures à Lyon et je n'ai rien reçu.\nCordialement,\nDora\n"
    * 8
)
QUOTE = "\nLe 03/02/2026 à 14:05, Boutique Lyon <lyon@boutique.fr> a écrit :\n> Bonjour\n> votre commande\n"


def envelope(number: int) -> Envelope:
    """A mail of about 3 kB with text and HTML, personal for each number."""
    return Envelope(
        key=uuid.UUID(int=number), channel="email", sender_address="lyon@boutique.fr", sender_name="Léa, Lyon",
        recipient=f"dora{number}@boutique.fr", subject=f"Votre commande n° {number}", text=BODY + QUOTE,
        html=f"<p>{BODY}</p>", sent_at=SENT_AT,
    )  # fmt: skip


def _rate(count: int, work: Callable[[int], object]) -> float:
    start = time.perf_counter()
    for number in range(count):
        work(number)
    return count / (time.perf_counter() - start)


def _stdlib_read(raw: bytes) -> None:
    message = message_from_bytes(raw, policy=default)
    body = message.get_body(("plain",))
    _ = (message["from"].addresses, str(message["subject"]), body.get_content() if body else "")


def _stdlib_build(number: int) -> bytes:
    source, message = envelope(number), EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "Léa <lyon@boutique.fr>",
        source.recipient,
        source.subject,
    )
    message.set_content(source.text)
    message.add_alternative(source.html or "", subtype="html")
    return message.as_bytes()


def _bare_loop(port: int, messages: list[bytes]) -> float:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench") as client:
        return _rate(
            len(messages),
            lambda number: client.sendmail("lyon@boutique.fr", ["dora@boutique.fr"], messages[number]),
        )


def _our_loop(port: int, count: int) -> float:
    settings = SmtpSettings(host="127.0.0.1", port=port, local_hostname="bench")
    with SmtpTransport(settings, machine_now=lambda: datetime.now(UTC)) as wire:
        return _rate(count, lambda number: wire.send(envelope(number)))


def _parallel(port: int, messages: list[bytes], clients: int) -> float:
    start = time.perf_counter()
    threads = [threading.Thread(target=_bare_loop, args=(port, messages)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return clients * len(messages) / (time.perf_counter() - start)


def run(count: int = 400) -> dict[str, float]:
    """Rates per second; `count` mails for each figure. Sending and listening share the machine in one process."""
    raw = build_mime(envelope(1))
    listener = serve(
        "127.0.0.1", 0, store=lambda _raw, _to, _sender: None, max_bytes=10_000_000, accepts=lambda _: True
    )
    try:
        messages = [build_mime(envelope(number)) for number in range(count)]
        bare = _bare_loop(listener.port, messages)
        sent = _our_loop(listener.port, count)
        heard = _parallel(listener.port, messages, clients=4)
    finally:
        listener.stop()
    return {
        "mail_bytes": float(len(raw)),
        "parse_per_second": _rate(count, lambda _: parse_mail(raw)),
        "parse_stdlib_default_per_second": _rate(count // 4, lambda _: _stdlib_read(raw)),
        "parse_stdlib_compat32_per_second": _rate(count, lambda _: message_from_bytes(raw)),
        "build_per_second": _rate(count, lambda number: build_mime(envelope(number))),
        "build_stdlib_per_second": _rate(count // 4, _stdlib_build),
        "send_per_second": sent,
        "send_bare_smtplib_per_second": bare,
        "listener_per_second_4_clients": heard,
    }


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name}: {value:.0f}")
