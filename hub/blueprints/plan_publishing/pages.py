"""Doors of publishing: what was found, what changes, who is inside; and the button that publishes."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints import plan_words
from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.plan_publishing import change_words, finding_words
from hub.blueprints.plan_publishing.base import blueprint, names_of
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.plans.checking.findings import Severity
from hub.plans.comparing import compare
from hub.plans.drafts.queries import get_draft
from hub.plans.history import list_numbers
from hub.plans.launching import launch, review
from hub.plans.queries import find_definition, get_card
from hub.plans.standing import list_groups


@blueprint.get("/<key>/publish")
def show_publish(key: str) -> ResponseReturnValue:
    """What stops the draft, what it changes, and what becomes of the people inside."""
    return render_template("plan_publishing/publish.html", **_page(key))


@blueprint.post("/<key>/publish")
def publish(key: str) -> ResponseReturnValue:
    """Publish the draft that was seen; a refusal shows the page again, as the draft is now."""
    is_moving = request.form.get("people") == "move"
    try:
        with transaction():
            done = launch(
                plan_key=key,
                seen=request.form.get("seen", ""),
                is_moving=is_moving,
                by=viewer().actor,
                now=clock.business_now(),
            )
    except (Conflict, Invalid) as error:
        flash(sentence_of(error), "error")
        return render_template("plan_publishing/publish.html", **_page(key)), error.status
    flash(gettext("Published as version %(number)s.", number=done.number), "ok")
    if is_moving:
        flash(_moving(done.moving_count), "info")
    return redirect(url_for("plans.show", key=key), 303)


def _moving(count: int) -> str:
    return ngettext(
        "%(num)s person inside is being moved to it.", "%(num)s people inside are being moved to it.", count
    )


def _page(key: str) -> dict[str, Any]:
    draft, card = get_draft(key), get_card(key)
    new = draft.loose.definition
    old = find_definition(card.published_version_id)
    found = review(key, new, now=clock.business_now()) if draft.is_whole else ()
    groups = list_groups(card.id, new, numbers=list_numbers(card.id)) if draft.is_whole else []
    names = names_of(*([old] if old else []), new)
    return {
        "plan": card,
        "draft": draft,
        "stops": [each for each in found if each.severity is Severity.BLOCKS],
        "warnings": [each for each in found if each.severity is Severity.WARNS],
        "told": change_words.tell(compare(old, new), names) if old else None,
        "groups": groups,
        "inside_count": sum(group.count for group in groups),
        "names": names,
        "words": plan_words,
        "say": finding_words,
    }
