"""The door for mail by SMTP: each mail is stored and committed before it is acknowledged."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from config import Config
from hub.channels.listener import InboundListener, serve
from hub.core import clock, site
from hub.core.db import transaction
from hub.mailroom.actions import store_arrival
from hub.mailroom.words import ArrivalWay


class App(Protocol):
    """What the listener needs of the application: a context that holds the database session."""

    def app_context(self) -> AbstractContextManager[Any]: ...


@contextmanager
def open_listener(app: App, config: Config) -> Iterator[InboundListener]:
    """Listen on the configured host and port until the block ends; what is being stored is finished."""

    def store(raw: bytes, recipients: list[str], mail_from: str) -> None:
        with app.app_context(), transaction():
            store_arrival(
                raw,
                way=ArrivalWay.LISTENER,
                mailbox=recipients[0] if recipients else "",
                mail_from=mail_from,
                recipients=recipients,
                now=clock.business_now(),
                machine_now=clock.machine_now(),
            )

    listener = serve(
        config.mailbox_host,
        config.mailbox_port,
        store=store,
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
