"""Doors of what people wrote in a questionnaire, and of the themes that are looked for in it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.questionnaire_results import words
from hub.blueprints.questionnaire_results.base import blueprint, crumbs, read_asked, shared
from hub.blueprints.questionnaire_results.leads import leads_of
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.inbox.actions import open_ticket_from_remark
from hub.inbox.queries.tickets import get_numbers
from hub.questionnaires.results.comments import (
    Comments,
    Sought,
    get_remark,
    list_comments,
    list_themes,
    tie_ticket,
)
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.queries import get_head
from hub.questionnaires.results.rows import Places
from hub.questionnaires.results.theming import save_theme
from hub.reasons.queries import list_reasons
from hub.staff.words import Permission
from hub.stores.queries import list_stores


@blueprint.get("/<int:questionnaire_id>/results/comments")
def comments(questionnaire_id: int) -> ResponseReturnValue:
    """Of an anonymous questionnaire for those who see every store: a comment of one store would be somebody's."""
    head, places = get_head(questionnaire_id), Places(tuple(list_stores(is_active=None)), ())
    if head.is_anonymous and not viewer().scope.is_everything:
        abort(404)
    asked = read_asked(head, places)
    found = list_comments(head, _sought(head, asked.store_ids))
    return render_template(
        "questionnaire_results/comments.html",
        head=head,
        found=found,
        **_beside(head, places, found),
        **shared(asked, places),
    )


def _beside(head: Head, places: Places, found: Comments) -> dict[str, Any]:
    """The names of questions and stores, the choices of themes, the filters that the next page keeps."""
    return {
        "titles": words.titles(head),
        "stores": {row.id: row.name for row in places.stores},
        "theme_choices": _theme_choices,
        "numbers": get_numbers([row.ticket_id for row in found.rows if row.ticket_id]),
        "may_open": viewer().may(Permission.ANSWER_TICKETS),
        "may_read_tickets": viewer().may(Permission.READ_TICKETS),
        "spoken": words.spoken(),
        "leads": leads_of(found.themes, places),
        "kept": {
            name: value for name, value in request.args.items() if name not in {"before", "questionnaire_id"}
        },
    }


@blueprint.post("/<int:questionnaire_id>/results/comments/<int:comment_id>/ticket")
def open_ticket(questionnaire_id: int, comment_id: int) -> ResponseReturnValue:
    """For the store of the answer; the same comment again leads to the same ticket."""
    with transaction():
        remark = get_remark(get_head(questionnaire_id), comment_id)
        if not viewer().scope.has_store(remark.store_id):
            abort(404)
        told: dict[str, Any] = {
            "customer_id": remark.customer_id,
            "store_id": remark.store_id,
            "text": remark.text,
        }
        now = clock.business_now()
        ticket_id = open_ticket_from_remark(remark_id=remark.id, by=viewer().actor, now=now, **told)
        tie_ticket(comment_id=remark.id, ticket_id=ticket_id)
    return redirect(url_for("inbox.ticket", number=get_numbers([ticket_id])[ticket_id]))


def _sought(head: Head, store_ids: frozenset[int] | None) -> Sought:
    return Sought(
        store_ids=None if head.is_anonymous else store_ids,
        question=request.args.get("of", ""),
        theme_id=request.args.get("theme", type=int),
        words=request.args.get("word", ""),
        before=request.args.get("before", type=int),
    )


def _theme_choices(found: Comments) -> list[tuple[int, str]]:
    """With how many comments touch each."""
    return [
        (
            row.id,
            gettext("%(theme)s (%(count)s)", theme=row.name(words.spoken()), count=format_decimal(row.count)),
        )
        for row in found.themes
    ]


@blueprint.get("/themes")
def themes() -> ResponseReturnValue:
    return _themes_page({}, None)


@blueprint.post("/themes")
def save() -> ResponseReturnValue:
    """A new theme, or one that is there."""
    form = request.form
    try:
        with transaction():
            save_theme(
                theme_id=form.get("theme", type=int),
                name_fr=form.get("name_fr", ""),
                name_en=form.get("name_en", ""),
                keywords=form.get("keywords", ""),
                reason_id=form.get("reason", type=int),
                is_active="is_off" not in form,
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Invalid as error:
        return _themes_page(dict(form), error), 422
    flash(gettext("The theme is saved. Comments are read again within a minute."), "ok")
    return redirect(url_for("questionnaire_results.themes"))


def _themes_page(typed: dict[str, str], error: Invalid | None) -> str:
    reasons = [(row.id, row.path(words.spoken())) for row in list_reasons()]
    return render_template(
        "questionnaire_results/themes.html",
        themes=list_themes(),
        typed=typed,
        error=sentence_of(error) if error else "",
        reasons=reasons,
        crumbs=crumbs,
    )
