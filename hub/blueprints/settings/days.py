"""Settings: the exceptional days of a store."""

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, saved
from hub.blueprints.settings.forms import DayForm
from hub.blueprints.settings.stores import show_store
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.stores import actions, queries
from hub.stores.forms import parse_ranges


@blueprint.post("/stores/<int:store_id>/days")
def set_day(store_id: int) -> ResponseReturnValue:
    """A date that differs from the week; without hours the store is closed."""
    kept, form = queries.get_store(store_id), DayForm()
    if form.does(lambda: _set(store_id, form)):
        return saved("store", store_id=store_id)
    return show_store(kept, day=form, status=form.status)


@blueprint.post("/stores/<int:store_id>/days/remove")
def remove_day(store_id: int) -> ResponseReturnValue:
    with transaction():
        actions.remove_exceptional_day(
            store_id=store_id,
            day_on=_date(request.form.get("day_on", "")),
            by=viewer().actor,
            now=clock.business_now(),
        )
    return saved("store", store_id=store_id)


def _set(store_id: int, form: DayForm) -> None:
    actions.set_exceptional_day(
        store_id=store_id,
        day_on=_date(str(form.day_on.data)),
        ranges=parse_ranges(str(form.ranges.data or ""), field="ranges"),
        note=str(form.note.data or ""),
        by=viewer().actor,
        now=clock.business_now(),
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(N_("Please give a date."), field="day_on") from None
