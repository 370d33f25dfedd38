"""flask commands: mails and their quarantine, search figures, backup and restore, set-up code."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from hub.channels.mail_parsing.inspect import inspect_file
from hub.content.actions import publish_builtin_templates
from hub.core import clock, site
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.core.words import Channel
from hub.customer_commands import fit_value, rebuild_states
from hub.customers.hygiene.base import find_known, without_base
from hub.customers.hygiene.report import check_file, lines_of
from hub.import_commands import import_file
from hub.inbox.actions import rebuild_batch
from hub.knowledge_commands import knowledge
from hub.mailroom.actions import release_arrival
from hub.mailroom.queries import list_quarantine, list_unseen
from hub.order_commands import orders
from hub.outbox.actions import resume_sender
from hub.outbox.queries import list_pauses
from hub.plans.actions import add_builtin_plans
from hub.questionnaire_commands import questionnaires
from hub.staff.actions import get_setup_code
from hub.statistics.columns.rebuilding import mark_everything
from hub.statistics_commands import statistics
from hub.stores.queries import find_chain, find_store_by_code
from hub.supervisor import backup
from hub.takeover.opening import open_path
from hub.takeover.running import check_export, open_export, take_batch
from hub.takeover.taking import House
from hub.takeover.values import Export
from hub.takeover.words import TakeoverSource

Result = TypeVar("Result")
mail = AppGroup("mail", help="Raw mails.")
customers = AppGroup("customers", help="Customers and their consents.")
inbox = AppGroup("inbox", help="Tickets and their waits.")


def register(app: Flask) -> None:
    """Attach every command to the application."""
    app.cli.add_command(mail)
    app.cli.add_command(knowledge)
    app.cli.add_command(customers)
    customers.add_command(rebuild_states)
    customers.add_command(fit_value)
    customers.add_command(import_file)
    app.cli.add_command(inbox)
    app.cli.add_command(orders)
    app.cli.add_command(questionnaires)
    app.cli.add_command(statistics)
    app.cli.add_command(setup_code)
    app.cli.add_command(back_up)
    app.cli.add_command(restore)
    app.cli.add_command(take_over)


@mail.command("inspect")
@click.option("--json", "is_json", is_flag=True, help="One JSON line per mail (the only form).")
@click.argument("files", nargs=-1, required=True)
def inspect(*, is_json: bool, files: tuple[str, ...]) -> None:
    """Say what the hub makes of raw mails; needs no database and never stops at a bad one."""
    del is_json
    for name in files:
        found = inspect_file(name, frozenset({site.inbound_domain()}))
        click.echo(json.dumps(found, ensure_ascii=False))


@mail.command("quarantine")
@click.option("--auto-replies", "is_unseen", is_flag=True, help="Those that belong to no ticket, instead.")
def quarantine(*, is_unseen: bool) -> None:
    """Print one JSON line per mail in quarantine, newest first; `reason` says why nobody could sort it."""
    after: str | None = None
    while True:
        page = list_unseen(after) if is_unseen else list_quarantine(after)
        for row in page.rows:
            told = asdict(row) | {"received_at": row.received_at.isoformat()}
            click.echo(json.dumps(told, ensure_ascii=False))
        after = page.next_key
        if after is None:
            return


@mail.command("release")
@click.argument("ids", nargs=-1, required=True, type=int)
def release(*, ids: tuple[int, ...]) -> None:
    """Sort quarantined mails again, each for itself; ends with 1 when one of them cannot be released.

    An auto-reply without a ticket becomes one.
    """
    is_complete = True
    for arrival_id in ids:
        try:
            with transaction():
                moments = {"now": clock.business_now(), "machine_now": clock.machine_now()}
                release_arrival(arrival_id, by=SYSTEM, **moments)
            click.echo(f"{arrival_id}: released.")
        except HubError as error:
            is_complete = False
            click.echo(f"{arrival_id}: {error}", err=True)
    if not is_complete:
        raise SystemExit(1)


@mail.command("pauses")
def pauses() -> None:
    """Print one JSON line per channel that waits because its server complains about us."""
    for row in list_pauses(now=clock.business_now()):
        moments = {"paused_at": row.paused_at.isoformat(), "resumes_at": row.resumes_at.isoformat()}
        click.echo(json.dumps(asdict(row) | moments, ensure_ascii=False))


@mail.command("resume")
def resume() -> None:
    """Let mail leave at once, when the fault of a pause is mended; without a pause nothing changes."""
    with transaction():
        resume_sender(Channel.EMAIL, by=SYSTEM, now=clock.business_now())
    click.echo("Mail leaves again.")


@mail.command("publish")
def publish() -> None:
    """Publish what has changed of the product's mails and plans, after an upgrade; run it as often as you like."""
    with transaction():
        count = publish_builtin_templates(now=clock.business_now())
        plan_count = add_builtin_plans(now=clock.business_now()) if find_chain() else 0
    click.echo(f"{count} new versions.")
    if plan_count:
        click.echo(f"{plan_count} new versions of plans.")


@click.command("setup-code")
@click.option("--if-needed", is_flag=True, help="Print nothing once the set-up is complete.")
def setup_code(*, if_needed: bool) -> None:
    """Print the code that opens the first-run assistant."""
    chain = find_chain() if if_needed else None
    if chain is None or not chain.sender_address:
        click.echo(get_setup_code())


@click.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def back_up(target: Path) -> None:
    """Write the database and the files to one archive."""
    config = current_app.config["COMPTOIR"]
    size = _explained(lambda: backup.back_up(_database(), config.var_path / "files", target))
    click.echo(f"{target}: {size} bytes.")


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="This replaces the whole database. Go on?")
def restore(source: Path) -> None:
    """Replace the database by that of an archive; stop the other processes first."""
    config = current_app.config["COMPTOIR"]
    db.session.remove()
    db.engine.dispose()
    _explained(lambda: backup.restore(_database(), config.var_path / "files", source))
    click.echo("Restored.")


def _database() -> str:
    url: str | None = current_app.config["COMPTOIR"].database_url
    if url is None:
        raise click.ClickException("No database: set DATABASE_URL, or start the embedded one with make run.")
    return url


def _explained(act: Callable[[], Result]) -> Result:
    """What the PostgreSQL program said, instead of a stack trace."""
    try:
        return act()
    except (RuntimeError, OSError) as error:
        raise click.ClickException(str(error)) from None


@customers.command("check")
@click.option("--json", "is_json", is_flag=True, help="One JSON object instead of lines.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(*, is_json: bool, file: Path) -> None:
    """Say what is wrong in a file of customers and what was meant; docs/customers-check.md explains the report.

    Changes nothing. Without a database only the lists of the house and the file itself are asked.
    """
    known = find_known(clock.machine_now().date())
    if known is None:
        click.echo("No database: the domains of the base are not known.", err=True)
    try:
        report = check_file(file, file.name, known or without_base(clock.machine_now().date()))
    except HubError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if is_json else "\n".join(lines_of(report)))


@inbox.command("rebuild-waits")
@click.option("--check", "is_check", is_flag=True, help="Only compare; exit code 1 when they differ.")
def rebuild_reply_waits(*, is_check: bool) -> None:
    """Make the reply waits anew from messages and the audit trail, and print what differed as one JSON line."""
    after_id: int | None = 0
    tickets = waits = 0
    differing: list[str] = []
    while after_id is not None:
        with transaction():
            found = rebuild_batch(after_id=after_id, is_check=is_check)
        tickets, waits, after_id = tickets + found.ticket_count, waits + found.wait_count, found.last_id
        differing += found.differing
        db.session.remove()
    if differing and not is_check:
        with transaction():
            mark_everything()
    told = {"tickets": tickets, "waits": waits, "differing": len(differing), "first": differing[:20]}
    click.echo(json.dumps(told))
    if is_check and differing:
        raise SystemExit(1)


@click.command("takeover")
@click.argument("source", type=click.Choice([source.value for source in TakeoverSource]))
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read everything, write nothing.")
@click.option(
    "--map", "groups", multiple=True, help="GROUP=STORE-CODE, for groups that are not called like a store."
)
@click.option("--own", multiple=True, help="mbox: an address of ours, or @our-domain.")
@with_appcontext
def take_over(
    *, source: str, path: Path, dry_run: bool, groups: tuple[str, ...], own: tuple[str, ...]
) -> None:
    """Take tickets and customers over from an export: a file, a zip archive or a folder.

    Prints the report as JSON; rows that cannot be taken are printed to stderr, one JSON line each. Run it again after
    an interruption or with a newer export: what was taken over is not taken twice.
    """
    try:
        house = House(_chosen_stores(groups))
        now = clock.business_now()
        export = open_export(TakeoverSource(source), open_path(path), own=own, now=now)
    except HubError as error:
        raise click.ClickException(str(error)) from error
    found = check_export(export)
    report = found.as_report(house)
    for bad in found.bad:
        click.echo(json.dumps({"kind": bad.kind, "id": bad.external_id, "reason": bad.reason}), err=True)
    if not dry_run:
        report["done"] = _take_all(export, house)
    click.echo(json.dumps(report, ensure_ascii=False, indent=1))


def _chosen_stores(groups: tuple[str, ...]) -> dict[str, int | None]:
    chosen: dict[str, int | None] = {}
    for given in groups:
        name, _, code = given.rpartition("=")
        store = find_store_by_code(code)
        if store is None:
            raise click.ClickException(f"No store has the code {code}.")
        chosen[name] = store.id
    return chosen


def _take_all(export: Export, house: House) -> dict[str, int]:
    """A transaction a batch, so that an interruption loses one batch at most."""
    done = {"people": 0, "new": 0, "known": 0}
    bad: set[tuple[str, str, str]] = set()
    with click.progressbar(length=export.size, file=sys.stderr) as bar:
        position = 0
        while position < export.size:
            with transaction():
                taken = take_batch(export, house, position=position, now=clock.business_now())
            for name, count in (("people", taken.people), ("new", taken.new), ("known", taken.known)):
                done[name] += count
            bad |= {(each.kind, each.external_id, each.reason) for each in taken.bad}
            position += taken.parts
            bar.update(taken.parts)
    return done | {"bad": len(bad)}
