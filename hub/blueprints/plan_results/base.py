"""The blueprint of the results and what its pages share: the filters of the address, and who may see which stores."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, request

from hub.blueprints.access import viewer
from hub.core import clock
from hub.plans.results.rows import Asked
from hub.staff.words import Permission
from hub.statistics.measuring.plans import YEAR, asked_of
from hub.statistics.queries import read_filters
from hub.statistics.rules import Compare, Filters
from hub.stores.queries import list_regions, list_stores

blueprint = Blueprint("plan_results", __name__)
FILTERS = ("period", "since", "until", "region", "store", "compare", "version")


def kept() -> dict[str, Any]:
    """The filters of the address, for links that keep them; nothing else of it goes into another address."""
    return {name: value for name in FILTERS if (value := request.args.get(name))}


def read_asked() -> tuple[Filters, Asked]:
    """The last twelve months beside nothing unless the address says otherwise, of the stores that the reader may see."""
    now = clock.business_now()
    given = {"compare": Compare.NONE.value, **kept()}
    filters = read_filters(given, now=now, viewer=viewer())
    if not given.keys() & {"since", "period"}:
        filters = replace(filters, since_on=filters.until_on - YEAR)
    version = request.args.get("version", type=int)
    return filters, asked_of(filters, viewer=viewer(), now=now, version=version)


def read_past(filters: Filters, asked: Asked) -> Asked | None:
    """The period to compare with, where one is asked for and a day of this one is over."""
    past = filters.before()
    return asked_of(past, viewer=viewer(), now=asked.now, version=asked.version) if past else None


def shared(filters: Filters) -> dict[str, Any]:
    """What the templates need besides their figures."""
    scope = viewer().scope
    stores = list_stores(store_ids=None if scope.is_everything else scope.store_ids)
    return {
        "filters": filters,
        "stores": [(store.code, store.name) for store in stores],
        "regions": [(region.id, region.name) for region in list_regions()] if scope.is_everything else [],
        "args": kept(),
        "may_read_plans": viewer().may(Permission.READ_PLANS),
    }
