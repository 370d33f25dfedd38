"""Settings: stores with their address, mailbox and week."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.access import viewer
from hub.blueprints.settings.base import blueprint, saved
from hub.blueprints.settings.forms import DayForm, StoreForm
from hub.core import clock
from hub.core.db import transaction
from hub.stores import actions, queries
from hub.stores.queries import StoreRow


@blueprint.get("/stores")
def stores() -> ResponseReturnValue:
    """Stores by name, a page at a time; those without hours are marked."""
    search = request.args.get("q", "")
    page = queries.list_stores_page(search=search, after=request.args.get("after"))
    hours = queries.get_hours_of([row.id for row in page.rows])
    regions = {row.id: row.name for row in queries.list_regions()}
    return render_template("settings/stores.html", page=page, hours=hours, regions=regions, q=search)


@blueprint.route("/stores/new", methods=["GET", "POST"])
def new_store() -> ResponseReturnValue:
    form = StoreForm(territory="FR")
    form.offer()
    if form.does(
        lambda: actions.add_store(details=form.details(), by=viewer().actor, now=clock.business_now())
    ):
        return saved("stores")
    return render_template("settings/store.html", form=form, store=None, **_domain()), form.status


@blueprint.route("/stores/<int:store_id>", methods=["GET", "POST"])
def store(store_id: int) -> ResponseReturnValue:
    kept = queries.get_store(store_id)
    form = _form_of(kept)
    if form.does(
        lambda: actions.edit_store(
            store_id=store_id, details=form.details(), by=viewer().actor, now=clock.business_now()
        )
    ):
        return saved("store", store_id=store_id)
    return show_store(kept, form=form, status=form.status)


@blueprint.post("/stores/<int:store_id>/switch")
def switch_store(store_id: int) -> ResponseReturnValue:
    is_active = request.form.get("is_active") == "1"
    with transaction():
        actions.switch_store(
            store_id=store_id, is_active=is_active, by=viewer().actor, now=clock.business_now()
        )
    return saved("store", store_id=store_id)


def show_store(
    kept: StoreRow, *, form: StoreForm | None = None, day: DayForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """The page of a store with the form that came back for correction."""
    today = clock.business_now().date()
    values = {
        "form": form or _form_of(kept, is_fresh=True),
        "day": day or DayForm(formdata=None),
        "days": queries.list_exceptional_days(kept.id, since=today),
        "store": kept,
    }
    return render_template("settings/store.html", **values, **_domain()), status


def _form_of(kept: StoreRow, *, is_fresh: bool = False) -> StoreForm:
    form = StoreForm(formdata=None, obj=kept) if is_fresh else StoreForm(obj=kept)
    form.offer()
    if is_fresh or request.method == "GET":
        form.show_week(queries.get_hours(kept.id).weekly)
    return form


def _domain() -> dict[str, str]:
    return {"inbound_domain": current_app.config["COMPTOIR"].inbound_domain}
