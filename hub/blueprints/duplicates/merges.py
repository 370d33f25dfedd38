"""What was merged, field by field, and undoing it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.duplicates.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.customers.merging.actions import UNDO_DAYS
from hub.identity.merge_queries import get_merge
from hub.identity.merge_queries import list_merges as find_merges
from hub.identity.unmerging import unmerge_batch, unmerge_customers
from hub.stores.queries import get_stores


@blueprint.get("/merges")
def list_merges() -> ResponseReturnValue:
    page = find_merges(request.args.get("after"))
    return render_template(
        "duplicates/merges.html", page=page, undo_days=UNDO_DAYS, is_later="after" in request.args
    )


@blueprint.get("/merges/<int:merge_id>")
def show_merge(merge_id: int) -> ResponseReturnValue:
    merge = get_merge(merge_id)
    kept = merge.fields.get("preferred_store_id", {}).get("values", {})
    stores = get_stores({int(value) for value in kept.values() if value})
    names = {store.id: store.name for store in stores.values()}
    return render_template("duplicates/merge.html", merge=merge, stores=names, undo_days=UNDO_DAYS)


@blueprint.post("/merges/<int:merge_id>/undo")
def undo(merge_id: int) -> ResponseReturnValue:
    with transaction():
        unmerge_customers(merge_id, by=viewer().actor, now=clock.business_now())
    flash(gettext("The merge is undone. Both customers have their own again."), "ok")
    return redirect(url_for("duplicates.show_merge", merge_id=merge_id), 303)


@blueprint.post("/merges/batches/<int:batch_id>/undo")
def undo_batch(batch_id: int) -> ResponseReturnValue:
    """All of one press, the latest first."""
    with transaction():
        count = unmerge_batch(batch_id, by=viewer().actor, now=clock.business_now())
    flash(ngettext("%(num)s merge is undone.", "%(num)s merges are undone.", count), "ok")
    return redirect(url_for("duplicates.list_merges"), 303)
