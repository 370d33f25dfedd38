"""Doors of the standard replies: list, writing, and what each store adds."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.forms import ids
from hub.blueprints.inbox.reply_acts import acts_words
from hub.blueprints.inbox.reply_codes import code_words
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.knowledge.base import blueprint, read_language, reason_choices, reason_paths
from hub.blueprints.knowledge.forms import ReplyForm
from hub.blueprints.knowledge.use_figures import use_figures
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.knowledge import actions, paragraphs, queries
from hub.knowledge.rows import ReplyRow
from hub.knowledge.rules import VARIABLES, called
from hub.loyalty.vouchers import Voucher, get_vouchers
from hub.staff.words import Permission
from hub.stores.queries import list_stores


@blueprint.get("/replies")
def list_replies() -> ResponseReturnValue:
    """By title; those of the chosen reason only, when one is chosen."""
    language = read_language(request.args.get("language")) or Language(str(get_locale()))
    reason_id = next(iter(ids([request.args.get("reason", "")])), None)
    words = request.args.get("q", "").strip()
    rows = queries.list_standard_replies(reason_id, language, search=words, is_active=None)
    return render_template(
        "knowledge/replies.html",
        rows=[row for row in rows if reason_id is None or row.reason_id == reason_id],
        words=words,
        language_asked=language,
        reason_id=reason_id,
        choices=reason_choices(),
        reasons=reason_paths(),
    )


@blueprint.get("/replies/<int:reply_id>")
def show_reply(reply_id: int) -> ResponseReturnValue:
    row = queries.get_standard_reply(reply_id)
    return render_template("knowledge/reply.html", row=row, **_around(row))


@blueprint.route("/replies/new", methods=["GET", "POST"])
def new_reply() -> ResponseReturnValue:
    form = ReplyForm(language=str(get_locale()))
    form.offer()
    return _write(form, None)


@blueprint.route("/replies/<int:reply_id>/edit", methods=["GET", "POST"])
def edit_reply(reply_id: int) -> ResponseReturnValue:
    row = queries.get_standard_reply(reply_id)
    form = ReplyForm(obj=row, **ReplyForm.given(row.acts))
    form.offer(row.acts)
    return _write(form, row)


@blueprint.post("/replies/<int:reply_id>/paragraph")
def save_paragraph(reply_id: int) -> ResponseReturnValue:
    """What one store adds at the end, by its manager or the head office; empty takes it away."""
    store_id = read_id(request.form.get("store", "")) or 0
    if not viewer().scope.has_store(store_id):
        raise NotFound(N_("You write for your own stores only."))
    try:
        with transaction():
            paragraphs.save_paragraph(
                reply_id=queries.get_standard_reply(reply_id).id,
                store_id=store_id,
                text=request.form.get("text", ""),
                by=viewer().actor,
                now=clock.business_now(),
            )
        flash(gettext("Saved for this store."), "ok")
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
    return redirect(url_for("knowledge.show_reply", reply_id=reply_id), 303)


def _write(form: ReplyForm, row: ReplyRow | None) -> ResponseReturnValue:
    saved: list[int] = []

    def save() -> None:
        saved.append(
            actions.save_standard_reply(
                reply_id=row.id if row else None, by=viewer().actor, now=clock.business_now(), **form.values()
            )
        )

    if form.does(save):
        flash(gettext("Saved."), "ok")
        return redirect(url_for("knowledge.show_reply", reply_id=saved[0]), 303)
    return render_template(
        "knowledge/edit_reply.html", form=form, row=row, variables=_variables()
    ), form.status


def _around(row: ReplyRow) -> dict[str, object]:
    me, stores = viewer(), [(store.id, store.name) for store in list_stores()]
    may_add = row.may_stores_add and me.may(Permission.EDIT_STORE_PARAGRAPHS)
    return {
        **use_figures(reply_id=row.id),
        "channels": ", ".join(map(channel_words, row.channels)),
        "acts": acts_words([row]).get(row.id, ""),
        "gives": ", ".join(map(code_words, _vouchers(row))),
        "reason": reason_paths().get(row.reason_id or 0, ""),
        "paragraphs": paragraphs.list_paragraphs(row.id),
        "stores": stores,
        "own_stores": [each for each in stores if me.scope.has_store(each[0])] if may_add else [],
    }


def _vouchers(row: ReplyRow) -> list[Voucher]:
    pool_ids = [row.acts.pool_id] if row.acts.pool_id else []
    return list(get_vouchers(pool_ids, now=clock.business_now()).values())


def _variables() -> list[tuple[str, str]]:
    """Each variable as it is typed, and what it stands for."""
    language = Language(str(get_locale()))
    return [("{{" + name + "}}", called(name, language)) for name in VARIABLES]
