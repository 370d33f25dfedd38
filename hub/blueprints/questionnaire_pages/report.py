"""The door of a shared report: figures of a questionnaire for whoever has its address, without names of people and sendings."""

from dataclasses import replace
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.contact.base import private
from hub.blueprints.pages import limiter
from hub.blueprints.questionnaire_pages.base import LOOKS, blueprint
from hub.blueprints.questionnaire_results import tables, words
from hub.core import clock
from hub.questionnaires.results.gathering import find_shared
from hub.questionnaires.results.queries import get_results, list_places
from hub.questionnaires.results.rows import Asked, PlaceResult, Results
from hub.questionnaires.results.sharing import list_shared_comments


@blueprint.get("/q/report/<seal>")
@limiter.limit(LOOKS)
def report(seal: str) -> ResponseReturnValue:
    """The hiding rules of anonymous questionnaires hold here for every one."""
    head = find_shared(seal)
    if head is None:
        return private(render_template("questionnaire_pages/no_report.html"), 404)
    places, now = list_places(), clock.business_now()
    found = get_results(head, Asked(is_strict=True), places=places, now=now)
    page = render_template(
        "questionnaire_pages/report.html",
        found=titled(found),
        drawn=surely(found),
        comments=list_shared_comments(head),
        titles=words.titles(head),
        now=now,
        words=words,
        tables=tables,
        rows=place_rows,
    )
    return private(page)


def titled(found: Results) -> Results:
    """Under the titles that participants read: names of questionnaires are for the staff only."""
    title = words.say(found.version.definition.title) or gettext("Questionnaire")
    earlier = words.say(found.earlier_title) or gettext("the questionnaire before")
    return replace(found, name=title, earlier_name=earlier)


def surely(found: Results) -> Results:
    """Only the stores whose figures are shown, to be drawn."""
    return replace(found, stores=tuple(row for row in found.stores if row.figure and not row.figure.is_shaky))


def place_rows(places: tuple[PlaceResult, ...]) -> list[dict[str, Any]]:
    """In the order of names. A figure of few answers says little of a place, and a stranger cannot know why."""
    return [_place(row) for row in places]


def _place(row: PlaceResult) -> dict[str, Any]:
    if row.is_hidden:
        return {"place": row.name, "answered": tables.HIDDEN, "figure": gettext("hidden: too few answers")}
    is_shaky = row.figure is not None and row.figure.is_shaky
    told = gettext("not shown: fewer than 30 answers") if is_shaky else words.figure_text(row.figure)
    return {"place": row.name, "answered": row.answered, "figure": told}
