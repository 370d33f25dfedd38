"""Doors of the pools: list, one pool, making and changing it, filling it, its codes as a file."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.loyalty.base import blueprint, first_moment, last_moment
from hub.blueprints.loyalty.forms import GenerateForm, ListForm, PoolForm, read_cents, read_number
from hub.core import clock
from hub.core.db import transaction
from hub.loyalty import actions, queries
from hub.loyalty.rows import Added, PoolRow
from hub.loyalty.words import PoolKind
from hub.stores.queries import get_chain

PAGE = 50


@blueprint.get("/")
def list_pools() -> ResponseReturnValue:
    return render_template("loyalty/list.html", rows=queries.list_pools(), now=clock.business_now())


@blueprint.get("/unknown")
def list_unknown() -> ResponseReturnValue:
    """Codes on orders that no pool of ours knows."""
    page = queries.list_redemptions(pool_id=None, after=request.args.get("after"), size=PAGE)
    return render_template("loyalty/unknown.html", page=page)


@blueprint.get("/<int:pool_id>")
def show_pool(pool_id: int) -> ResponseReturnValue:
    return _page(queries.get_pool(pool_id), GenerateForm(), ListForm())


@blueprint.route("/new", methods=["GET", "POST"])
def new_pool() -> ResponseReturnValue:
    form = PoolForm()
    form.offer()
    return _write(form, None)


@blueprint.route("/<int:pool_id>/edit", methods=["GET", "POST"])
def edit_pool(pool_id: int) -> ResponseReturnValue:
    row = queries.get_pool(pool_id)
    form = PoolForm(data=_shown(row))
    del form.kind, form.shared_code
    return _write(form, row)


@blueprint.post("/<int:pool_id>/switch")
def switch_pool(pool_id: int) -> ResponseReturnValue:
    with transaction():
        actions.switch_pool(
            pool_id=pool_id,
            is_active=request.form.get("is_active") == "1",
            by=viewer().actor,
            now=clock.business_now(),
        )
    flash(gettext("Saved."), "ok")
    return redirect(url_for("loyalty.show_pool", pool_id=pool_id), 303)


@blueprint.post("/<int:pool_id>/generate")
def generate_codes(pool_id: int) -> ResponseReturnValue:
    row, form, added = queries.get_pool(pool_id), GenerateForm(), list[Added]()
    if form.does(lambda: added.append(_generate(pool_id, form))):
        return _filled(row, added[0])
    return _page(row, form, ListForm(formdata=None)), form.status


@blueprint.post("/<int:pool_id>/codes")
def add_codes(pool_id: int) -> ResponseReturnValue:
    row, form, added = queries.get_pool(pool_id), ListForm(), list[Added]()
    if form.does(lambda: added.append(_add(pool_id, form))):
        return _filled(row, added[0])
    return _page(row, GenerateForm(formdata=None), form), form.status


@blueprint.get("/<int:pool_id>/codes.csv")
def export_codes(pool_id: int) -> ResponseReturnValue:
    """For the shop: code, state, end for its holder."""
    row = queries.get_pool(pool_id)
    name = f"attachment; filename={row.key}.csv"
    lines = stream_with_context(_lines(pool_id))
    return Response(lines, mimetype="text/csv", headers={"Content-Disposition": name})


def _lines(pool_id: int) -> Iterator[str]:
    """Codes are letters and digits, so that no spreadsheet reads a formula in them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["code", "state", "ends_at"])
    for code, state, ends_at in queries.read_codes(pool_id):
        writer.writerow([code, state, ends_at.isoformat() if ends_at else ""])
        if out.tell() > 1 << 15:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _page(row: PoolRow, generate: GenerateForm, given: ListForm) -> str:
    page = queries.list_redemptions(pool_id=row.id, after=request.args.get("after"), size=PAGE)
    return render_template(
        "loyalty/pool.html", row=row, page=page, generate=generate, given=given, now=clock.business_now()
    )


def _write(form: PoolForm, row: PoolRow | None) -> ResponseReturnValue:
    saved = list[int]()
    if form.does(lambda: saved.append(_save(form, row))):
        flash(gettext("Saved."), "ok")
        return redirect(url_for("loyalty.show_pool", pool_id=saved[0]), 303)
    return render_template("loyalty/edit.html", form=form, row=row), form.status


def _save(form: PoolForm, row: PoolRow | None) -> int:
    return actions.save_pool(
        pool_id=None if row is None else row.id,
        name=str(form.name.data or ""),
        kind=PoolKind(form.kind.data) if row is None else row.kind,
        shared_code=str(form.shared_code.data or "") if row is None else "",
        discount_percent=read_number(form.discount_percent.data, "discount_percent"),
        discount_cents=read_cents(form.discount_amount.data, "discount_amount"),
        starts_at=first_moment(str(form.starts_on.data), "starts_on"),
        ends_at=last_moment(str(form.ends_on.data), "ends_on"),
        valid_days=read_number(form.valid_days.data, "valid_days"),
        is_single_use=bool(form.is_single_use.data),
        alert_below=read_number(form.alert_below.data, "alert_below") or 0,
        by=viewer().actor,
        now=clock.business_now(),
    )


def _shown(row: PoolRow) -> dict[str, Any]:
    """A pool as its form shows it."""
    zone = ZoneInfo(get_chain().time_zone)
    return {
        "name": row.name,
        "discount_percent": row.discount_percent,
        "discount_amount": f"{row.discount_cents / 100:.2f}" if row.discount_cents is not None else "",
        "starts_on": row.starts_at.astimezone(zone).date().isoformat(),
        "ends_on": row.ends_at.astimezone(zone).date().isoformat(),
        "valid_days": row.valid_days,
        "is_single_use": row.is_single_use,
        "alert_below": row.alert_below,
    }


def _generate(pool_id: int, form: GenerateForm) -> Added:
    return actions.generate_codes(
        pool_id=pool_id,
        count=read_number(form.count.data, "count") or 0,
        prefix=str(form.prefix.data or ""),
        by=viewer().actor,
        now=clock.business_now(),
    )


def _add(pool_id: int, form: ListForm) -> Added:
    sent = request.files.get("file")
    listed = sent.read().decode("utf-8-sig", "replace") if sent and sent.filename else ""
    text = "\n".join(part for part in (str(form.codes.data or ""), listed) if part.strip())
    return actions.add_codes(pool_id=pool_id, text=text, by=viewer().actor, now=clock.business_now())


def _filled(row: PoolRow, added: Added) -> ResponseReturnValue:
    """Say what became of the list; the bad lines with their number, the first ones in words."""
    said = ngettext("%(num)d code added.", "%(num)d codes added.", added.added_count)
    if added.known_count:
        said += " " + ngettext("%(num)d was known already.", "%(num)d were known already.", added.known_count)
    flash(said, "ok")
    if added.bad_lines:
        lines = ", ".join(f"{number} ({text[:40]})" for number, text in added.bad_lines[:10])
        flash(gettext("These lines hold no code and were left out: %(lines)s.", lines=lines), "warn")
    return redirect(url_for("loyalty.show_pool", pool_id=row.id), 303)
