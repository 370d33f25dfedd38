"""Settings: the ways in that one sets up: mailboxes polled by IMAP, addresses to which a provider posts raw mails."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, saved
from hub.blueprints.settings.mail_way_forms import DropForm, MailboxForm
from hub.blueprints.settings.mail_way_words import fault_words, oauth_examples, trial_words
from hub.core import clock, site
from hub.core.db import transaction
from hub.mailroom import drops, mailboxes, way_queries
from hub.mailroom.drops import NewDrop
from hub.stores.queries import list_stores


@blueprint.get("/mail-ways")
def mail_ways() -> ResponseReturnValue:
    """Mailboxes and addresses, each with its figures and what failed last."""
    return render_template(
        "settings/mail_ways.html",
        mailboxes=way_queries.list_mailboxes(),
        drops=way_queries.list_drops(),
        stores={row.id: row.name for row in list_stores(is_active=None)},
        fault_words=fault_words,
    )


@blueprint.route("/mail-ways/new", methods=["GET", "POST"])
def new_mailbox() -> ResponseReturnValue:
    """Kept and polled at once; then its own page, where it can be tried."""
    form, made = MailboxForm(), list[int]()
    form.offer()
    if form.does(lambda: made.append(_add(form))):
        return saved("mailbox", mailbox_id=made[0])
    values = {"form": form, "mailbox": None, "examples": oauth_examples()}
    return render_template("settings/mailbox.html", **values), form.status


@blueprint.route("/mail-ways/<int:mailbox_id>", methods=["GET", "POST"])
def mailbox(mailbox_id: int) -> ResponseReturnValue:
    kept = way_queries.get_mailbox(mailbox_id)
    form = MailboxForm(obj=kept)
    form.offer()
    if form.does(lambda: _edit(mailbox_id, form)):
        return saved("mailbox", mailbox_id=mailbox_id)
    values = {"form": form, "mailbox": kept, "fault_words": fault_words, "examples": oauth_examples()}
    return render_template("settings/mailbox.html", **values), form.status


@blueprint.post("/mail-ways/<int:mailbox_id>/test")
def try_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """Really log in, with what is kept; no transaction is open while the server is waited for."""
    with transaction():
        lease = mailboxes.prepare_trial(mailbox_id)
    trial = mailboxes.try_mailbox(lease)
    flash(trial_words(trial), "error" if trial.fault else "ok")
    return redirect(url_for("settings.mailbox", mailbox_id=mailbox_id), 303)


@blueprint.post("/mail-ways/<int:mailbox_id>/switch")
def switch_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """Pause, or go on where it was left."""
    with transaction():
        mailboxes.switch_mailbox(
            mailbox_id=mailbox_id,
            is_active=request.form.get("is_active") == "1",
            by=viewer().actor,
            now=clock.business_now(),
            machine_now=clock.machine_now(),
        )
    return saved("mail_ways")


@blueprint.route("/mail-ways/addresses/new", methods=["GET", "POST"])
def new_drop() -> ResponseReturnValue:
    """The secret is shown in the answer to the POST and nowhere else."""
    form, made = DropForm(), list[NewDrop]()
    form.offer()
    if form.does(lambda: made.append(_make(form))):
        url = f"{site.base_url()}{url_for('hooks.take_raw_mail', key=made[0].key)}"
        return render_template("settings/drop_made.html", made=made[0], url=url, name=form.name.data)
    return render_template("settings/drop.html", form=form), form.status


@blueprint.post("/mail-ways/addresses/<int:drop_id>/switch")
def switch_drop(drop_id: int) -> ResponseReturnValue:
    """Close it, or open it again with the secret it has."""
    is_active = request.form.get("is_active") == "1"
    with transaction():
        drops.switch_drop(drop_id=drop_id, is_active=is_active, by=viewer().actor, now=clock.business_now())
    return saved("mail_ways")


def _add(form: MailboxForm) -> int:
    return mailboxes.add_mailbox(
        details=form.details(),
        by=viewer().actor,
        now=clock.business_now(),
        machine_now=clock.machine_now(),
    )


def _edit(mailbox_id: int, form: MailboxForm) -> None:
    mailboxes.edit_mailbox(
        mailbox_id=mailbox_id,
        details=form.details(),
        by=viewer().actor,
        now=clock.business_now(),
        machine_now=clock.machine_now(),
    )


def _make(form: DropForm) -> NewDrop:
    return drops.make_drop(
        name=str(form.name.data),
        mailbox=str(form.mailbox.data),
        store_id=form.chosen_store(),
        by=viewer().actor,
        now=clock.business_now(),
    )
