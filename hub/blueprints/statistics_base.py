"""Doors of the base: the page, its table as CSV, and the customers behind each of its figures."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints import base_words
from hub.blueprints import statistics_words as words
from hub.blueprints.access import Door, viewer
from hub.core import clock
from hub.segments.values.defining import get_definitions
from hub.staff.words import Permission
from hub.statistics import queries
from hub.statistics.base.people import list_people
from hub.statistics.base.queries import BaseFigures, get_base
from hub.statistics.rules import Filters
from hub.stores.queries import list_regions, list_stores

blueprint = Blueprint("statistics_base", __name__)
DOOR = Door(blueprint, "/statistics/base", Permission.READ_STATISTICS)
KEPT = ("store", "region")
"""What the page is narrowed by; it has no period, since only the latest night can be opened."""


@blueprint.get("/")
def show() -> ResponseReturnValue:
    found = _found()
    return render_template(
        "statistics/base.html",
        found=found,
        by=get_definitions(),
        may_see_values=viewer().may(Permission.READ_SEGMENTS),
        asked=_asked(),
        **_shared(),
    )


@blueprint.get("/base.csv")
def base_csv() -> ResponseReturnValue:
    """Every part with its customers, now and then."""
    return words.as_csv("base.csv", base_words.lines(_found()))


@blueprint.get("/customers/<part>")
def show_people(part: str) -> ResponseReturnValue:
    filters = _filters()
    page = list_people(part, filters, viewer=viewer(), after=request.args.get("after"))
    here = {"part": part, **_asked()}
    return render_template(
        "statistics/base_people.html",
        title=base_words.part_words(part),
        rows=base_words.people_rows(page.rows),
        back_href=url_for("statistics_base.show", **_asked()),  # type: ignore[arg-type]  # any query value
        next_href=_people_href(**here, after=page.next_key) if page.next_key else None,
        first_href=_people_href(**here) if "after" in request.args else None,
    )


def _people_href(**values: str) -> str:
    return url_for("statistics_base.show_people", **values)  # type: ignore[arg-type]  # any query value


def _found() -> BaseFigures:
    return get_base(_filters(), viewer=viewer())


def _filters() -> Filters:
    return queries.read_filters(_asked(), now=clock.business_now(), viewer=viewer())


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


def _shared() -> dict[str, object]:
    scope = viewer().scope
    stores = list_stores(store_ids=None if scope.is_everything else scope.store_ids)
    return {
        "stores": [(store.code, store.name) for store in stores],
        "store_names": {store.id: store.name for store in stores},
        "regions": [(str(region.id), region.name) for region in list_regions()]
        if scope.is_everything
        else [],
        "words": words,
        "base_words": base_words,
    }
