"""The blueprint of the results of questionnaires and the filters of its addresses: which stores, weeks, language, version."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.questionnaire_tabs import questionnaire_tabs
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.rows import Asked, Places
from hub.staff.rules import Scope
from hub.staff.words import Permission
from hub.stores.queries import StoreRow

blueprint = Blueprint("questionnaire_results", __name__)


def read_asked(head: Head, places: Places) -> Asked:
    """What the address asks for, of the stores the reader may see. Raises Invalid on a day that is none."""
    place = _place(head, viewer().scope, places.stores)
    language = request.args.get("language", "")
    return Asked(
        **place,
        since_on=_day("since"),
        until_on=_day("until"),
        language=Language(language) if language in set(Language) else None,
        version=request.args.get("version", type=int),
        question=request.args.get("question", ""),
    )


def _place(head: Head, scope: Scope, stores: Sequence[StoreRow]) -> dict[str, Any]:
    """One store, one region, or all that the reader may see.

    Sums of an anonymous questionnaire are those of one store, one region or the chain: any other sum beside them would
    tell what they hide. So who sees some stores only looks at them one by one.
    """
    visible = [row for row in stores if scope.has_store(row.id)]
    chosen = next((row for row in visible if row.code == request.args.get("store")), None)
    region = request.args.get("region", type=int)
    of_region = frozenset(row.id for row in stores if row.region_id == region) if region else frozenset()
    if chosen is None and of_region and all(scope.has_store(store) for store in of_region):
        return {"store_ids": of_region, "region_id": region}
    if chosen is None and not scope.is_everything and (head.is_anonymous or len(visible) == 1):
        chosen = min(visible, key=lambda row: row.name, default=None)
    if chosen is not None:
        return {"store_ids": frozenset({chosen.id}), "store_id": chosen.id}
    return {"store_ids": None if scope.is_everything else scope.store_ids}


def _is_seen(region_id: int, places: Places, scope: Scope) -> bool:
    """Whether the reader may see all of its stores."""
    stores = [row.id for row in places.stores if row.region_id == region_id]
    return scope.is_everything or (bool(stores) and all(scope.has_store(store) for store in stores))


def _day(name: str) -> date | None:
    told = request.args.get(name)
    if not told:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise Invalid(N_("Please give the day as YYYY-MM-DD."), field=name) from None


def crumbs() -> list[tuple[str, str]]:
    """Where these pages stand; who may not read surveys comes by the list of results."""
    may_read = viewer().may(Permission.READ_SURVEYS)
    way = "questionnaires.list_questionnaires" if may_read else "questionnaire_results.list_results"
    return [(gettext("Questionnaires"), url_for(way))]


def shared(asked: Asked, places: Places) -> dict[str, Any]:
    """What the filters of the page offer."""
    scope = viewer().scope
    stores = [row for row in places.stores if scope.has_store(row.id)]
    return {
        "asked": asked,
        "questionnaire_tabs": questionnaire_tabs,
        "crumbs": crumbs,
        "args": request.args,
        "store_choices": [(row.code, row.name) for row in stores],
        "region_choices": [(row.id, row.name) for row in places.regions if _is_seen(row.id, places, scope)],
        "chosen_store": next((row.code for row in stores if row.id == asked.store_id), ""),
        "sees_all": scope.is_everything,
        "may_hand_out": viewer().may(Permission.EDIT_SURVEYS),
    }
