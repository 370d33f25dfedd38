"""The door for mail by SMTP: each mail is stored and committed before it is acknowledged."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from config import Config
from hub.channels.listener import InboundListener, serve
from hub.core import clock, site
from hub.core.db import transaction
from hub.mailroom.actions import RawMail, store_arrivals
from hub.mailroom.words import ArrivalWay


class App(Protocol):
    """What the listener needs of the application: a context that holds the database session."""

    def app_context(self) -> AbstractContextManager[Any]: ...


@dataclass
class _Coming:
    """A mail that a sender waits for: kept, or the error that it gets instead."""

    mail: RawMail
    is_done: bool = False
    error: Exception | None = None


class Desk:
    """Keeps mails in groups: while one commit is under way the others gather, and the next commit is theirs.

    Each sender still hears 250 only after the commit that holds its mail. A group that fails is tried mail by mail.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._coming: deque[_Coming] = deque()
        self._turn = Lock()

    def store(self, raw: bytes, recipients: list[str], mail_from: str) -> None:
        """Return when the mail is committed; called from several threads. Raises what storing it raised."""
        mine = _Coming(RawMail(raw, recipients[0] if recipients else "", mail_from, tuple(recipients)))
        self._coming.append(mine)
        with self._turn:
            if not mine.is_done:
                self._keep_all()
        if mine.error:
            raise mine.error

    def _keep_all(self) -> None:
        group = [self._coming.popleft() for _ in range(len(self._coming))]
        error = self._keep(group)
        for each in group:
            each.error = self._keep([each]) if error and len(group) > 1 else error
            each.is_done = True

    def _keep(self, group: Sequence[_Coming]) -> Exception | None:
        try:
            with self._app.app_context(), transaction():
                store_arrivals(
                    [each.mail for each in group],
                    way=ArrivalWay.LISTENER,
                    now=clock.business_now(),
                    machine_now=clock.machine_now(),
                )
        except Exception as error:  # noqa: BLE001 - handed to the sender's thread, which raises it
            return error
        return None


@contextmanager
def open_listener(app: App, config: Config) -> Iterator[InboundListener]:
    """Listen on the configured host and port until the block ends; what is being stored is finished."""
    listener = serve(
        config.mailbox_host,
        config.mailbox_port,
        store=Desk(app).store,
        max_bytes=config.max_mail_bytes,
        accepts=is_ours,
    )
    try:
        yield listener
    finally:
        listener.stop()


def is_ours(address: str) -> bool:
    """Whether the address is on our inbound domain: this is not a relay."""
    return address.rpartition("@")[2].lower() == site.inbound_domain()
