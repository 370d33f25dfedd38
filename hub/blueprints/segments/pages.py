"""Doors of the kept segments: the list, one with its history and uses, its members, what is done to it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext

from hub.blueprints.access import viewer
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.segments.base import STAGES, blueprint, do, in_words, refusal, shown_day
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.customers.queries import get_customers
from hub.customers.rules import show_phone
from hub.segments.saved import actions, queries
from hub.segments.saved.ready import READY
from hub.segments.saved.rows import SizeRow
from hub.segments.saved.tables import get_scores
from hub.stores.queries import get_stores

TICKS = 4


@blueprint.get("/")
def list_segments() -> ResponseReturnValue:
    """With their counts of the last time, and who uses them."""
    is_archived = request.args.get("archived") == "1"
    page = queries.list_segments(is_archived=is_archived, after=request.args.get("after"))
    uses = queries.list_uses([row.id for row in page.rows])
    return render_template("segments/list.html", page=page, uses=uses, is_archived=is_archived, ready=READY)


@blueprint.get("/<int:segment_id>")
def show_segment(segment_id: int) -> ResponseReturnValue:
    """The page; for htmx its count alone, while a job is at it."""
    row = queries.get_segment(segment_id)
    if wants_fragment():
        return render_template("segments/_size.html", row=row)
    sizes = queries.list_sizes(segment_id, now=clock.business_now())
    return render_template(
        "segments/segment.html",
        row=row,
        sentence=in_words(row.definition),
        uses=queries.list_uses([segment_id]).get(segment_id, []),
        chart=_chart(sizes),
        files=queries.list_files(segment_id),
    )


@blueprint.get("/<int:segment_id>/members")
def list_members(segment_id: int) -> ResponseReturnValue:
    """Who is in it now (of a static one: whom it keeps), a page at a time by number of customer."""
    row, problem, lines, next_key = queries.get_segment(segment_id), "", [], None
    try:
        page = queries.list_member_ids(row, now=clock.business_now(), after=request.args.get("after"))
        lines, next_key = _lines(list(page.rows)), page.next_key
    except Conflict as error:
        problem = refusal(error)
    is_later = bool(request.args.get("after"))
    return render_template(
        "segments/members.html", row=row, lines=lines, next_key=next_key, is_later=is_later, problem=problem
    )


@blueprint.post("/<int:segment_id>/refresh")
def refresh(segment_id: int) -> ResponseReturnValue:
    sentence = gettext("It is being counted. Reload the page in a moment.")
    by, now = viewer().actor, clock.business_now()
    return do(
        lambda: actions.ask_refresh(segment_id, by=by, now=now),
        "segments.show_segment",
        sentence,
        segment_id=segment_id,
    )


@blueprint.post("/<int:segment_id>/archive")
def archive(segment_id: int) -> ResponseReturnValue:
    """Into the archive or, with `is_archived` 0, back."""
    act = actions.restore_segment if request.form.get("is_archived") == "0" else actions.archive_segment
    by, now = viewer().actor, clock.business_now()
    return do(
        lambda: act(segment_id, by=by, now=now),
        "segments.show_segment",
        gettext("Saved."),
        segment_id=segment_id,
    )


@blueprint.post("/<int:segment_id>/duplicate")
def duplicate(segment_id: int) -> ResponseReturnValue:
    row = queries.get_segment(segment_id)
    name = gettext("%(name)s (copy)", name=row.name)
    with transaction():
        copy = actions.duplicate_segment(segment_id, name=name, by=viewer().actor, now=clock.business_now())
    flash(gettext("This is the copy. Change what you need."), "ok")
    return redirect(url_for("segments.edit_segment", segment_id=copy), 303)


def _chart(sizes: list[SizeRow]) -> dict[str, Any] | None:
    """The history as the line chart takes it; nothing to draw before the second day."""
    if len(sizes) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    most = max(each.customer_count for each in sizes)
    step = max(1, -(-most // TICKS))
    return {
        "labels": [shown_day(each.counted_on) for each in sizes],
        "values": [each.customer_count for each in sizes],
        "texts": [format_decimal(each.customer_count) for each in sizes],
        "top": step * TICKS,
        "ticks": [format_decimal(step * number) for number in range(TICKS + 1)],
    }


def _lines(ids: list[int]) -> list[dict[str, Any]]:
    people, scores = get_customers(ids), get_scores(ids)
    stores = get_stores({each.preferred_store_id for each in people.values() if each.preferred_store_id})
    lines = []
    for each in (people[one] for one in ids if one in people):
        score, store = scores.get(each.id), stores.get(each.preferred_store_id or 0)
        lines.append(
            {
                "name": each.name or gettext("Customer without a name"),
                "href": url_for("customers.card", customer_id=each.id),
                "mail": each.mail,
                "phone": show_phone(each.phone) if each.phone else None,
                "store": store.name if store else None,
                "stage": gettext(STAGES[score.stage]) if score else None,
                "orders": format_decimal(score.order_count) if score else None,
            }
        )
    return lines
