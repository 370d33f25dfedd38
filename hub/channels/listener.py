"""The door for mail by SMTP: a listener that says 250 only when the raw mail is stored."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.controller import Controller
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


class InboundListener:
    """A running listener; `stop` finishes what is being stored."""

    def __init__(self, controller: Controller, handler: InboundHandler) -> None:
        self._controller = controller
        self._handler = handler

    @property
    def port(self) -> int:
        """The port that was really opened (port 0 asks for a free one)."""
        server = self._controller.server
        sockets = getattr(server, "sockets", None) or ()
        return int(next(iter(sockets)).getsockname()[1]) if sockets else int(self._controller.port)

    def stop(self) -> None:
        """Take no more mail; returns when the last store is done."""
        self._controller.stop(no_assert=True)
        self._handler.close()


class _Controller(Controller):
    def __init__(
        self, handler: InboundHandler, *, host: str, port: int, max_bytes: int, tls: ssl.SSLContext | None
    ) -> None:
        self._max_bytes = max_bytes
        self._starttls = tls
        super().__init__(handler, hostname=host, port=port, ready_timeout=10)

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            data_size_limit=self._max_bytes,
            enable_SMTPUTF8=True,
            tls_context=self._starttls,
            ident="Comptoir",
            hostname="comptoir",
            loop=self.loop,
            timeout=120,
            command_call_limit=None,
        )


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
    """Start listening in a thread of its own and return.

    `store(raw, recipients, mail_from)` runs in one of `threads` threads and must have committed when it returns; the
    sender gets 250 after it and 451 when it raises. `accepts(address)` decides RCPT (550 else) and must not block.
    Mail above `max_bytes` gets 552; SIZE, 8BITMIME, SMTPUTF8 and, with `tls`, STARTTLS are advertised.
    """
    handler = InboundHandler(store=store, accepts=accepts, threads=threads)
    controller = _Controller(handler, host=host, port=port, max_bytes=max_bytes, tls=tls)
    controller.start()
    return InboundListener(controller, handler)
