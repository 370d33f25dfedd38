"""flask commands: mail inspection, backup and restore, set-up code; the demo's when it is one."""

import json

import click
from flask import Flask
from flask.cli import AppGroup

from hub.channels.mail_parsing.inspect import inspect_file
from hub.staff.actions import get_setup_code

mail = AppGroup("mail", help="Raw mails.")


def register(app: Flask) -> None:
    """Attach every command to the application."""
    app.cli.add_command(mail)
    app.cli.add_command(setup_code)


@mail.command("inspect")
@click.option("--json", "is_json", is_flag=True, help="One JSON line per mail (the only form).")
@click.argument("files", nargs=-1, required=True)
def inspect(*, is_json: bool, files: tuple[str, ...]) -> None:
    """Say what the hub makes of raw mails; needs no database and never stops at a bad one."""
    del is_json
    for name in files:
        click.echo(json.dumps(inspect_file(name), ensure_ascii=False))


@click.command("setup-code")
def setup_code() -> None:
    """Print the code that opens the first-run assistant."""
    click.echo(get_setup_code())
