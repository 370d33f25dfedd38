"""The door for mail by SMTP: a listener that says 250 only when the raw mail is stored."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

Store = Callable[[bytes, list[str], str], None]
Accepts = Callable[[str], bool]

MAX_RECIPIENTS = 100
_log = logging.getLogger(__name__)


class InboundHandler:
    """aiosmtpd's hooks: who may be written to, and store-then-250."""

    def __init__(self, *, store: Store, accepts: Accepts, threads: int) -> None:
        self._store = store
        self._accepts = accepts
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="mail-store")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds its hooks by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """550 for a stranger's domain: this is not a relay."""
        del server, session
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients, send the rest in another message"
        if not self._accepts(address):
            return "550 5.1.1 This address is not served here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Store first, then acknowledge; a store that fails makes the sender try again."""
        del server, session
        content = envelope.content
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content or b""
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._pool, self._store, raw, list(envelope.rcpt_tos), envelope.mail_from or ""
            )
        except Exception:  # noqa: BLE001 - whatever went wrong, the sender must keep the mail
            _log.exception("an inbound mail could not be stored", extra={"size": len(raw)})
            return "451 4.3.0 The message could not be stored, please try again later"
        return "250 2.0.0 Message stored"

    def close(self) -> None:
        """Wait for the stores that are under way."""
        self._pool.shutdown(wait=True)


class _TolerantSmtp(SMTP):
    """Some senders write lines far above the 998 characters of RFC 5321: a mail is not lost for that."""

    line_length_limit = 1_000_000


class InboundListener:
    """A listener with an event loop in a thread of its own; `stop` finishes what is being stored."""

    def __init__(self, server: socket.socket, handler: InboundHandler, options: dict[str, Any]) -> None:
        self.port: int = server.getsockname()[1]
        self._handler = handler
        self._options = options
        self._loop = asyncio.new_event_loop()
        self._serving = self._loop.run_until_complete(self._loop.create_server(self._protocol, sock=server))
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-listener", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more mail; returns when the last store is done."""
        self._loop.call_soon_threadsafe(self._serving.close)
        self._handler.close()
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _protocol(self) -> _TolerantSmtp:
        return _TolerantSmtp(self._handler, loop=self._loop, **self._options)

    async def _hang_up(self) -> None:
        await asyncio.sleep(0.05)  # the last answers leave first
        current = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def serve(
    host: str,
    port: int,
    *,
    store: Store,
    max_bytes: int,
    accepts: Accepts,
    tls: ssl.SSLContext | None = None,
    threads: int = 8,
) -> InboundListener:
    """Start listening in a thread of its own and return; port 0 asks for a free one (see `.port`).

    `store(raw, recipients, mail_from)` runs in one of `threads` threads and must have committed when it returns; the
    sender gets 250 after it and 451 when it raises. `accepts(address)` decides RCPT (550 else) and must not block.
    Mail above `max_bytes` gets 552; SIZE, 8BITMIME, SMTPUTF8 and, with `tls`, STARTTLS are advertised. Raises OSError
    when the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.create_server((host, port), family=family, backlog=256)
    options = {
        "data_size_limit": max_bytes,
        "enable_SMTPUTF8": True,
        "tls_context": tls,
        "ident": "Comptoir",
        "hostname": "comptoir",
        "timeout": 120,
    }
    return InboundListener(server, InboundHandler(store=store, accepts=accepts, threads=threads), options)
