"""Doors of the editor: a draft with its blocks, what was found in it and how it looks; saved by a button or while typing."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.templates.base import blueprint, house, language_of, template_of
from hub.blueprints.templates.form import place_of, read_draft, write_seen
from hub.blueprints.templates.preview import FORMS, Look, fill, list_people, read_look
from hub.blueprints.templates.words import sample_words
from hub.content import actions, queries
from hub.content.blocks import FIELDS, BlockKind
from hub.content.findings import Report
from hub.content.rows import DraftView, TemplateRow
from hub.content.samples import SampleKey
from hub.content.variables import known_variables
from hub.content.words import VariableKind
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, HubError, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.customers.queries import CustomerRow, get_customer
from hub.staff import queries as staff
from hub.staff.words import Permission

NO_DRAFT = N_("There is no draft in this language. Please open the template and begin one.")


@blueprint.get("/<key>/<language>/edit")
def edit_template(key: str, language: str) -> ResponseReturnValue:
    """The blocks as a list, the checks and the preview beside it."""
    row, spoken = template_of(key), language_of(language)
    draft = queries.find_draft(row.id, spoken)
    if draft is None:
        raise NotFound(NO_DRAFT)
    return _page(row, draft, read_look(request.args), people=list_people(request.args.get("q", "").strip()))


@blueprint.post("/<key>/<language>/edit")
def save_draft(key: str, language: str) -> ResponseReturnValue:
    """Save what was typed, after what the pressed button does to the blocks; back to the same place."""
    spoken = language_of(language)
    try:
        place = _save(key, spoken)
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
        return _page(*_typed(key, spoken), read_look(request.form)), error.status
    if request.form.get("act", "save") == "save":
        flash(gettext("The draft is saved. Customers still get the version in use."), "ok")
    look = read_look(request.form)
    address = url_for(".edit_template", key=key, language=language, **look.keep)
    return redirect(f"{address}#{place}", 303)


@blueprint.post("/<key>/<language>/keep")
def keep_draft(key: str, language: str) -> ResponseReturnValue:
    """Save while typing; answers with the checks and the preview of what is saved now."""
    spoken, problem = language_of(language), ""
    try:
        _save(key, spoken)
    except (Conflict, Invalid) as error:
        problem = sentence_of(error)
    row, draft = template_of(key), _draft_or_typed(key, spoken, is_typed=bool(problem))
    return render_template(
        "templates/_beside.html", **_beside(row, draft, read_look(request.form), problem=problem)
    )


def _save(key: str, language: Language) -> str:
    """Save the form; returns the place of the page to come back to."""
    content, sent = read_draft(request.form), request.form
    with transaction():
        actions.save_draft(
            key=key,
            language=language,
            content=content,
            seen_revision=sent.get("revision", type=int, default=0),
            by=viewer().actor,
            now=clock.business_now(),
        )
    return place_of(sent.get("act", "save"), content.blocks, len(sent.getlist("block")))


def _typed(key: str, language: Language) -> tuple[TemplateRow, DraftView]:
    """The draft as it stands in the form, so that nothing typed is lost; its revision is the one that was seen."""
    row = template_of(key)
    kept = queries.find_draft(row.id, language)
    if kept is None:
        raise NotFound(NO_DRAFT)
    try:
        content = read_draft(request.form)
    except HubError:
        return row, kept
    return row, queries.typed_draft(kept, content, revision=request.form.get("revision", type=int, default=0))


def _draft_or_typed(key: str, language: Language, *, is_typed: bool) -> DraftView:
    if is_typed:
        return _typed(key, language)[1]
    draft = queries.find_draft(template_of(key).id, language)
    if draft is None:
        raise NotFound(NO_DRAFT)
    return draft


def _page(row: TemplateRow, draft: DraftView, look: Look, *, people: Sequence[CustomerRow] = ()) -> str:
    editor = staff.get_agents([draft.edited_by_id]).get(draft.edited_by_id) if draft.edited_by_id else None
    return render_template(
        "templates/edit.html",
        fields=FIELDS,
        kinds=[kind for kind in BlockKind if kind is not BlockKind.FOOTER or not _has_footer(draft)],
        variables=known_variables(draft.key, draft.language.value),
        languages=sorted(row.draft_languages, reverse=True),
        editor=editor,
        seen=write_seen(
            draft if each.language == draft.language else each for each in queries.list_drafts(row.id)
        ),
        people=people,
        search=request.args.get("q", "").strip(),
        may_read_customers=viewer().may(Permission.READ_CUSTOMERS),
        sample_options=[(sample.value, sample_words(sample)) for sample in SampleKey],
        **_beside(row, draft, look),
    )


def _has_footer(draft: DraftView) -> bool:
    return any(block.kind is BlockKind.FOOTER for block in draft.blocks)


def _beside(row: TemplateRow, draft: DraftView, look: Look, problem: str = "") -> dict[str, Any]:
    """What the column beside the blocks shows."""
    report = queries.check_draft(draft, house())
    variables = queries.content_of_draft(draft).variables
    mail = fill(report.template, variables, draft.language, look) if report.template else None
    return {
        "row": row,
        "draft": draft,
        "report": report,
        "problem": problem,
        "look": look,
        "mail": mail,
        "forms": FORMS,
        "customer": get_customer(look.customer_id) if look.customer_id else None,
        "unsure": _unsure(draft),
        "price_micros": _price(report),
    }


def _unsure(draft: DraftView) -> list[str]:
    """The used variables that may be missing and could have a fallback: text, not links."""
    used = queries.used_variables(draft)
    return [
        variable.name
        for variable in known_variables(draft.key, draft.language.value)
        if variable.name in used and not variable.is_required and variable.kind is VariableKind.TEXT
    ]


def _price(report: Report) -> int | None:
    prices = current_app.config["COMPTOIR"].sms_prices
    return queries.sms_price_micros(report.sms, prices) if report.sms else None
