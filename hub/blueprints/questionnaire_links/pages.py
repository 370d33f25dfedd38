"""Doors of open links: the list with addresses and frames, made and changed."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.questionnaire_links.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.questionnaires import open_links
from hub.questionnaires.links import address_of
from hub.questionnaires.open_links import LinkRow
from hub.questionnaires.words import LinkKind
from hub.stores.queries import list_stores

FRAME = '<iframe src="{address}" title="{title}" width="100%" height="900" loading="lazy" style="border:0"></iframe>'


@blueprint.get("/<int:questionnaire_id>/links")
def list_links(questionnaire_id: int) -> ResponseReturnValue:
    return _show(questionnaire_id)


@blueprint.post("/<int:questionnaire_id>/links")
def make(questionnaire_id: int) -> ResponseReturnValue:
    asked = request.form
    store = asked.get("store_id", "")
    try:
        with transaction():
            open_links.make_link(
                questionnaire_id,
                kind=_kind_of(asked.get("kind", "")),
                name=asked.get("name", "").replace("\x00", ""),
                store_id=_store_of(store),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Invalid as error:
        return _show(questionnaire_id, error)
    flash(gettext("The link is made."))
    return redirect(url_for("questionnaire_links.list_links", questionnaire_id=questionnaire_id), 303)


@blueprint.post("/<int:questionnaire_id>/links/counters")
def make_counters(questionnaire_id: int) -> ResponseReturnValue:
    """One for each store that has none yet."""
    with transaction():
        count = open_links.make_counter_links(questionnaire_id, by=viewer().actor, now=clock.business_now())
    flash(ngettext("One code was made.", "%(num)d codes were made.", count))
    return redirect(url_for("questionnaire_links.list_links", questionnaire_id=questionnaire_id), 303)


@blueprint.post("/<int:questionnaire_id>/links/<int:link_id>")
def change(questionnaire_id: int, link_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            open_links.change_link(
                questionnaire_id,
                link_id,
                is_active="is_active" in request.form,
                most_a_day=request.form.get("most_a_day", "").strip(),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Invalid as error:
        return _show(questionnaire_id, error)
    flash(gettext("The link is changed."))
    return redirect(url_for("questionnaire_links.list_links", questionnaire_id=questionnaire_id), 303)


def kind_words() -> dict[LinkKind, str]:
    return {
        LinkKind.LINK: gettext("Link to send around"),
        LinkKind.COUNTER: gettext("Code for the counter of a store"),
        LinkKind.EMBED: gettext("Frame in a page of your site"),
    }


def _kind_of(text: str) -> LinkKind:
    return LinkKind(text) if text in set(LinkKind) else LinkKind.LINK


def _store_of(text: str) -> int | None:
    known = {str(store.id): store.id for store in list_stores()}
    return known.get(text)


def _line(row: LinkRow) -> dict[str, object]:
    address = address_of(row.token)
    frame = (
        FRAME.format(address=address, title=row.name.replace('"', "")) if row.kind is LinkKind.EMBED else ""
    )
    return {"row": row, "address": address, "frame": frame, "kind": kind_words()[row.kind]}


def _show(questionnaire_id: int, error: Invalid | None = None) -> ResponseReturnValue:
    handed = open_links.get_handed(questionnaire_id)
    rows = open_links.list_links(questionnaire_id)
    shown = render_template(
        "questionnaire_links/list.html",
        handed=handed,
        lines=[_line(row) for row in rows],
        has_counters=any(row.kind is LinkKind.COUNTER and row.is_active for row in rows),
        kinds=[(kind.value, words) for kind, words in kind_words().items()],
        stores=[
            ("", gettext("No store in particular")),
            *((str(each.id), each.name) for each in list_stores()),
        ],
        given=request.form,
        notice=sentence_of(error) if error else "",
    )
    return shown, 422 if error else 200
