"""Settings: regions, the stores in them, and what is said of them."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, saved
from hub.blueprints.settings.forms import RegionForm, RegionPropertyForm
from hub.core import clock
from hub.core.db import transaction
from hub.stores import actions, properties, queries


@blueprint.get("/regions")
def regions() -> ResponseReturnValue:
    return render_template("settings/regions.html", rows=queries.list_regions())


@blueprint.route("/regions/new", methods=["GET", "POST"])
def new_region() -> ResponseReturnValue:
    form = RegionForm()
    form.offer()
    if form.does(
        lambda: actions.add_region(
            name=str(form.name.data),
            store_ids=form.chosen(),
            by=viewer().actor,
            now=clock.business_now(),
        )
    ):
        return saved("regions")
    return render_template("settings/region.html", form=form, region=None), form.status


@blueprint.route("/regions/<int:region_id>", methods=["GET", "POST"])
def region(region_id: int) -> ResponseReturnValue:
    form = _form_of(region_id)
    if form.does(
        lambda: actions.edit_region(
            region_id=region_id,
            name=str(form.name.data),
            store_ids=form.chosen(),
            by=viewer().actor,
            now=clock.business_now(),
        )
    ):
        return saved("regions")
    return _page(region_id, form, RegionPropertyForm(formdata=None)), form.status


@blueprint.post("/regions/<int:region_id>/properties")
def set_region_property(region_id: int) -> ResponseReturnValue:
    """A word with its value from now on."""
    form = RegionPropertyForm()
    if form.does(
        lambda: _set(region_id, str(form.key.data), str(form.value.data), hours=form.expires_hours.data)
    ):
        return saved("region", region_id=region_id)
    return _page(region_id, _form_of(region_id, is_sent=False), form), form.status


@blueprint.post("/regions/<int:region_id>/properties/remove")
def remove_region_property(region_id: int) -> ResponseReturnValue:
    """A word is taken back; the past keeps it."""
    with transaction():
        _set(region_id, request.form.get("key", ""), None)
    return saved("region", region_id=region_id)


def _set(region_id: int, key: str, value: str | None, *, hours: int | None = None) -> None:
    actions.set_properties(
        region_id=region_id,
        values={key.strip(): value},
        expires_hours=hours,
        by=viewer().actor,
        now=clock.business_now(),
    )


def _form_of(region_id: int, *, is_sent: bool = True) -> RegionForm:
    kept = queries.get_region(region_id)
    given = {"name": kept.name, "store_ids": [str(number) for number in kept.store_ids]}
    form = RegionForm(**given) if is_sent else RegionForm(formdata=None, **given)
    form.offer()
    return form


def _page(region_id: int, form: RegionForm, word_form: RegionPropertyForm) -> str:
    return render_template(
        "settings/region.html",
        form=form,
        region=queries.get_region(region_id),
        key=next(row.key for row in properties.list_region_keys() if row.id == region_id),
        word_form=word_form,
        said=properties.list_properties([region_id], at=clock.business_now()),
    )
