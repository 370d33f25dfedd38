"""Doors of the base: the page, and the customers behind each of its figures; its tables leave by the one door of files."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints import base_words
from hub.blueprints.access import Door, viewer
from hub.blueprints.statistics.asked import read_asked
from hub.blueprints.statistics.base import show as show_page
from hub.blueprints.statistics.customer_base import CUSTOMER_BASE, place_of
from hub.staff.words import Permission
from hub.statistics.base.people import list_people

blueprint = Blueprint("statistics_base", __name__)
DOOR = Door(blueprint, "/statistics/base", Permission.READ_STATISTICS)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    return show_page(
        CUSTOMER_BASE,
        "statistics/base.html",
        base_words=base_words,
        may_see_values=viewer().may(Permission.READ_SEGMENTS),
        place=place_of(request.args),
    )


@blueprint.get("/customers/<part>")
def show_people(part: str) -> ResponseReturnValue:
    asked = read_asked(CUSTOMER_BASE.uses)
    page = list_people(part, asked.filters, viewer=asked.viewer, after=request.args.get("after"))
    here = {"part": part, **place_of(request.args)}
    return render_template(
        "statistics/base_people.html",
        title=base_words.part_words(part),
        rows=base_words.people_rows(page.rows),
        back_href=url_for("statistics_base.show", **place_of(request.args)),
        next_href=_people_href(**here, after=page.next_key) if page.next_key else None,
        first_href=_people_href(**here) if "after" in request.args else None,
    )


def _people_href(**values: str) -> str:
    return url_for("statistics_base.show_people", **values)  # type: ignore[arg-type]  # any query value
