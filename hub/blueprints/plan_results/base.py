"""The blueprint of the results and what its pages share: the filters of the address, and who may see which stores."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request

from hub.blueprints.access import viewer
from hub.core import clock
from hub.plans.results.rows import Asked
from hub.staff.words import Permission
from hub.statistics.queries import read_filters
from hub.statistics.rules import Filters
from hub.stores.queries import list_regions, list_stores

blueprint = Blueprint("plan_results", __name__)
YEAR = timedelta(days=364)


def read_asked() -> tuple[Filters, Asked]:
    """The last twelve months unless the address says otherwise, of the stores that the reader may see."""
    now = clock.business_now()
    given = {name: value for name, value in request.args.items() if value}
    filters = read_filters(given, now=now, viewer=viewer())
    if not given.keys() & {"since", "period"}:
        filters = replace(filters, since_on=filters.until_on - YEAR)
    today = now.astimezone(ZoneInfo(filters.time_zone)).date()
    asked = Asked(
        since=filters.since,
        until=filters.until,
        now=now,
        store_ids=_stores(filters),
        version=request.args.get("version", type=int),
        is_usual=(filters.since_on, filters.until_on) == (today - YEAR, today),
    )
    return filters, asked


def _stores(filters: Filters) -> frozenset[int] | None:
    """Those of the address among those of the reader; None is everybody, also customers without a store."""
    scope = viewer().scope
    wanted = None if scope.is_everything else scope.store_ids
    if filters.region_id is not None:
        of_region = {row.id for row in list_stores(is_active=None) if row.region_id == filters.region_id}
        wanted = frozenset(of_region if wanted is None else wanted & of_region)
    chosen = filters.store_ids
    if filters.store_id is not None:
        chosen = frozenset({filters.store_id})
    if chosen:
        wanted = chosen if wanted is None else wanted & chosen
    return wanted


def shared(filters: Filters) -> dict[str, Any]:
    """What the templates need besides their figures."""
    scope = viewer().scope
    stores = list_stores(store_ids=None if scope.is_everything else scope.store_ids)
    return {
        "filters": filters,
        "stores": [(store.code, store.name) for store in stores],
        "regions": [(region.id, region.name) for region in list_regions()] if scope.is_everything else [],
        "args": request.args,
        "may_read_plans": viewer().may(Permission.READ_PLANS),
    }
