"""Doors of a template's versions: what was published when, the words that changed, and an earlier one taken up again."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.templates.base import blueprint, language_of, template_of
from hub.blueprints.templates.form import read_seen, write_seen
from hub.content import actions, queries
from hub.content.comparing import diff_words
from hub.content.rows import DraftView, VersionView
from hub.content.words import TemplateState
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.staff import queries as staff


@blueprint.get("/<key>/<language>/versions/<int:number>")
def show_version(key: str, language: str, number: int) -> ResponseReturnValue:
    """One version as it was sent, and word by word against what is in use now."""
    row, spoken = template_of(key), language_of(language)
    version = queries.get_version_view(row.id, spoken, number)
    current = _current(queries.get_history(row.id, spoken))
    return render_template(
        "templates/version.html",
        row=row,
        version=version,
        spoken=spoken,
        changes=_changes(version, current) if current and current.number != number else {},
        current=current,
        **_draft_behind(queries.find_draft(row.id, spoken)),
    )


def _changes(version: VersionView, current: VersionView) -> dict[str, list[tuple[str, str]]]:
    """What changed from this version to the one in use, word by word."""
    return {
        gettext("Subject"): diff_words(version.subject, current.subject),
        gettext("Text"): diff_words(version.text, current.text),
        gettext("SMS"): diff_words(version.sms_text, current.sms_text),
    }


def _draft_behind(draft: DraftView | None) -> dict[str, Any]:
    """The draft that taking the version up would replace, and who writes it."""
    writer = draft.edited_by_id if draft else None
    return {
        "draft": draft,
        "seen": write_seen([draft] if draft else []),
        "writer": staff.get_agents([writer]).get(writer) if writer else None,
    }


def _current(history: list[VersionView]) -> VersionView | None:
    """What is in use: the chain's own version, else the delivered one."""
    in_use = [version for version in history if version.state is TemplateState.PUBLISHED]
    return next((version for version in in_use if version.is_own), in_use[0] if in_use else None)


@blueprint.post("/<key>/<language>/restore")
def restore(key: str, language: str) -> ResponseReturnValue:
    """An earlier version becomes the draft; nothing changes for customers until it is published."""
    number, spoken = request.form.get("number", type=int, default=0), language_of(language)
    seen, by = read_seen(request.form.get("seen", "")).get(spoken), viewer().actor
    now = clock.business_now()
    try:
        with transaction():
            actions.restore_version(key=key, language=spoken, number=number, seen=seen, by=by, now=now)
    except Conflict as error:
        flash(sentence_of(error), "error")
        return redirect(url_for(".show_version", key=key, language=language, number=number), 303)
    flash(gettext("The earlier version is the draft now. Customers get it when you publish it."), "ok")
    return redirect(url_for(".edit_template", key=key, language=language), 303)
