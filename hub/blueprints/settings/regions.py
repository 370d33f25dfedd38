"""Settings: regions and the stores in them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, saved
from hub.blueprints.settings.forms import RegionForm
from hub.core import clock
from hub.stores import actions, queries


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
    kept = queries.get_region(region_id)
    form = RegionForm(name=kept.name, store_ids=[str(number) for number in kept.store_ids])
    form.offer()
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
    return render_template("settings/region.html", form=form, region=kept), form.status
