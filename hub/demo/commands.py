"""flask demo …: fill the chain, describe it, keep its mails."""

import json
import signal
from threading import Event

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from hub.channels.listener import serve
from hub.core.db import transaction
from hub.demo import fill, mailbox

group = AppGroup("demo", help="The demo chain: fill, describe, sink.")


def register(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("fill")
def fill_chain() -> None:
    """Fill the demo chain, once."""
    with transaction():
        is_new = fill.fill()
    click.echo("The demo chain is filled." if is_new else "The demo chain was filled already.")


@group.command("describe")
def describe() -> None:
    """Print the address, a key and the log-ins as JSON."""
    config = current_app.config["COMPTOIR"]
    click.echo(
        json.dumps(
            {
                "base_url": config.base_url,
                "smtp": {"host": config.mailbox_host, "port": config.mailbox_port},
                "inbound_domain": config.inbound_domain,
                **fill.describe(),
            }
        )
    )


@group.command("sink")
def sink() -> None:
    """Receive every mail of the demo until SIGTERM."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    config = app.config["COMPTOIR"]

    def store(raw: bytes, recipients: list[str], mail_from: str) -> None:
        with app.app_context():
            mailbox.keep(raw, recipients, mail_from)

    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    listener = serve(
        config.sink_host,
        config.sink_port,
        store=store,
        max_bytes=config.max_mail_bytes,
        accepts=lambda _address: True,
    )
    stopped.wait()
    listener.stop()
