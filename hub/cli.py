"""flask commands: mail inspection, search figures, backup and restore, set-up code; the demo's when it is one."""

import json
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from hub.channels.mail_parsing.inspect import inspect_file
from hub.core.words import Language
from hub.knowledge import evaluating
from hub.staff.actions import get_setup_code

mail = AppGroup("mail", help="Raw mails.")
knowledge = AppGroup("knowledge", help="Articles and their search.")


def register(app: Flask) -> None:
    """Attach every command to the application."""
    app.cli.add_command(mail)
    app.cli.add_command(knowledge)
    app.cli.add_command(setup_code)


@mail.command("inspect")
@click.option("--json", "is_json", is_flag=True, help="One JSON line per mail (the only form).")
@click.argument("files", nargs=-1, required=True)
def inspect(*, is_json: bool, files: tuple[str, ...]) -> None:
    """Say what the hub makes of raw mails; needs no database and never stops at a bad one."""
    del is_json
    for name in files:
        click.echo(json.dumps(inspect_file(name), ensure_ascii=False))


@knowledge.command("evaluate")
@click.option("--typos", "has_typos", is_flag=True, help="Put one typo into each question.")
@click.option("--language", type=click.Choice(list(Language)), help="Of the file; found out when left away.")
@click.argument("file", type=click.Path(path_type=Path))
def evaluate(*, has_typos: bool, language: str | None, file: Path) -> None:
    """Print as JSON how often the right article is among the first; needs no database and no Redis."""
    try:
        material = evaluating.read_material(file)
    except evaluating.UnreadableFileError as error:
        raise click.ClickException(str(error)) from error
    tongue = Language(language) if language else evaluating.language_of(material)
    figures = evaluating.evaluate(material, language=tongue, has_typos=has_typos)
    click.echo(json.dumps(figures, ensure_ascii=False))


@click.command("setup-code")
def setup_code() -> None:
    """Print the code that opens the first-run assistant."""
    click.echo(get_setup_code())
