"""Doors of the chat's set-up, for marketers: on or off, the sites that may show it, the line to put into their pages."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField, TextAreaField

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form
from hub.blueprints.message_tabs import message_tabs
from hub.core import clock, site
from hub.inbox import actions, queries
from hub.staff.words import Permission
from hub.stores.queries import get_chain, get_store, list_stores

blueprint = Blueprint("chats", __name__)
EDITING = ("save_setup", "save_store")


class ChatForm(Form):
    is_on = BooleanField(_("Show the chat"))
    sites = TextAreaField(_("Sites that may show it, one a line"))
    privacy_url = StringField(_("Page about privacy"))


class StoreChatForm(Form):
    is_on = BooleanField(_("This store answers chats"))
    sites = TextAreaField(_("Further sites for this store, one a line"))


@blueprint.context_processor
def shared() -> dict[str, object]:
    return {"may_edit": viewer().may(Permission.EDIT_MESSAGES), "message_tabs": message_tabs}


@blueprint.get("/")
def show_setup() -> ResponseReturnValue:
    setup = queries.get_setup()
    given = {"is_on": setup.is_on, "sites": "\n".join(setup.sites), "privacy_url": setup.privacy_url}
    return _page(ChatForm(formdata=None, data=given))


@blueprint.post("/")
def save_setup() -> ResponseReturnValue:
    form = ChatForm()
    if not form.does(lambda: _change(form)):
        return _page(form), form.status
    flash(gettext("Saved."), "ok")
    return redirect(url_for("chats.show_setup"), 303)


@blueprint.get("/stores/<int:store_id>")
def show_store(store_id: int) -> ResponseReturnValue:
    setup = queries.get_setup()
    sites = "\n".join(setup.store_sites.get(store_id, ()))
    given = {"is_on": store_id not in setup.store_off, "sites": sites}
    return _store_page(store_id, StoreChatForm(formdata=None, data=given))


@blueprint.post("/stores/<int:store_id>")
def save_store(store_id: int) -> ResponseReturnValue:
    form = StoreChatForm()
    if not form.does(lambda: _change_store(store_id, form)):
        return _store_page(store_id, form), form.status
    flash(gettext("Saved."), "ok")
    return redirect(url_for("chats.show_setup"), 303)


def _change(form: ChatForm) -> None:
    actions.change_chat(
        is_on=bool(form.is_on.data),
        sites=(form.sites.data or "").splitlines(),
        privacy_url=form.privacy_url.data or "",
        by=viewer().actor,
        now=clock.business_now(),
    )


def _change_store(store_id: int, form: StoreChatForm) -> None:
    actions.change_store_chat(
        store_id=store_id,
        is_on=bool(form.is_on.data),
        sites=(form.sites.data or "").splitlines(),
        by=viewer().actor,
        now=clock.business_now(),
    )


def _page(form: ChatForm) -> str:
    setup = queries.get_setup()
    rows = [
        {
            "store": row.name,
            "state": gettext("answers chats") if row.id not in setup.store_off else gettext("no chat"),
            "sites": ", ".join(setup.store_sites.get(row.id, ())) or "–",
            "href": url_for("chats.show_store", store_id=row.id),
        }
        for row in list_stores()
    ]
    return render_template(
        "chats/setup.html", form=form, rows=rows, website=get_chain().website_url, line=embed_line("")
    )


def _store_page(store_id: int, form: StoreChatForm) -> str:
    store = get_store(store_id)
    return render_template("chats/store.html", form=form, store=store, line=embed_line(store.slug))


def embed_line(slug: str) -> str:
    """What the site puts into its pages."""
    store = f' data-store="{slug}"' if slug else ""
    return f'<script src="{site.base_url()}/chat.js"{store} async></script>'
