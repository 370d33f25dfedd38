"""Doors of the customers behind a figure: of a stage, a cell, a named segment, a tier or a band; and one's path."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.values.base import blueprint, euros, number, segment_word, stage_word, tier_word
from hub.blueprints.values.churn import band_words
from hub.core import clock
from hub.core.db import transaction
from hub.customers.actions import note_view
from hub.customers.queries import get_customer, get_customers
from hub.segments.values import queries
from hub.segments.values.actions import note_members_export
from hub.segments.values.defining import get_definitions
from hub.segments.values.queries import MemberFilters, MemberRow, PathRow
from hub.segments.values.rules import SCORES, Definitions
from hub.segments.values.sampling import BANDS
from hub.segments.values.words import RfmSegment, Stage

CSV_PAGE = 5_000
HEAD: list[object] = ["customer_id", "stage", "rfm_segment", "r", "f", "m", "churn_points", "orders", "net_cents",
                      "predicted_cents", "last_order_at", "tier"]  # fmt: skip


@blueprint.get("/members")
def list_members() -> ResponseReturnValue:
    asked, by = read_filters(), get_definitions()
    page = queries.list_members(asked, request.args.get("after"))
    names = get_customers([row.customer_id for row in page.rows])
    kept = {name: value for name, value in request.args.items() if name != "after"}
    return render_template(
        "values/members.html",
        title=_title(asked, by),
        count=queries.count_members(asked),
        rows=[
            _row(row, names[row.customer_id].name if row.customer_id in names else "", by)
            for row in page.rows
        ],
        next_href=_href("values.list_members", kept | {"after": page.next_key}) if page.next_key else None,
        first_href=_href("values.list_members", kept) if "after" in request.args else None,
        csv_href=_href("values.members_csv", kept),
    )


@blueprint.get("/members.csv")
def members_csv() -> Response:
    """All of them, with a line in the audit trail; names and addresses are asked for by a segment's export."""
    asked = read_filters()
    with transaction():
        note_members_export(asked, by=viewer().actor, now=clock.business_now())
    answer = Response(stream_with_context(_walk(asked)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = as_download("customers.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _walk(asked: MemberFilters) -> Iterator[str]:
    """A few thousand lines at a time."""
    yield "\ufeff" + _written([HEAD])
    after: str | None = None
    while True:
        page = queries.list_members(asked, after, CSV_PAGE)
        yield _written([_line(row) for row in page.rows])
        after = page.next_key
        if after is None:
            return


def _written(lines: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(lines)
    return text.getvalue()


@blueprint.get("/path/<int:customer_id>")
def show_path(customer_id: int) -> ResponseReturnValue:
    """The path of one customer through stages and named segments, the latest change first."""
    customer, by = get_customer(customer_id), get_definitions()
    with transaction():
        note_view(customer.id, by=viewer().actor, now=clock.business_now())
    score = queries.find_score(customer.id)
    return render_template(
        "values/path.html",
        customer=customer,
        now=_row(score, customer.name, by) if score else None,
        changes=[_change(each, by) for each in queries.list_path(customer.id)],
    )


def read_filters() -> MemberFilters:
    """From the address; what is no such word or number narrows nothing."""
    args = request.args
    band = args.get("band", type=int)
    return MemberFilters(
        stage=Stage(args["stage"]) if args.get("stage") in set(Stage) else None,
        segment=RfmSegment(args["segment"]) if args.get("segment") in set(RfmSegment) else None,
        r=_score(args.get("r", type=int)),
        fm=_score(args.get("fm", type=int)),
        tier=args.get("tier") or None,
        band=BANDS[band] if band is not None and 0 <= band < len(BANDS) else None,
    )


def _score(given: int | None) -> int | None:
    return given if given is not None and 1 <= given <= SCORES else None


def _title(asked: MemberFilters, by: Definitions) -> str:
    parts = [
        stage_word(asked.stage) if asked.stage else "",
        segment_word(asked.segment),
        f"R {asked.r}" if asked.r else "",
        f"(F+M)/2 {asked.fm}" if asked.fm else "",
        tier_word(asked.tier, by),
        gettext("Churn score %(band)s", band=band_words(*asked.band)) if asked.band else "",
    ]
    return " · ".join(part for part in parts if part) or gettext("All customers")


def _row(row: MemberRow, name: str, by: Definitions) -> dict[str, Any]:
    return {
        "name": name or gettext("Customer %(number)s", number=row.customer_id),
        "href": url_for("customers.card", customer_id=row.customer_id),
        "stage": stage_word(row.stage),
        "segment": segment_word(row.rfm_segment) or "–",
        "rfm": f"{row.r} {row.f} {row.m}" if row.r else "–",
        "churn": number(row.churn_points),
        "orders": number(row.order_count),
        "value": euros(row.historic_cents),
        "predicted": euros(row.predicted_cents),
        "last": format_date(row.last_order_at, "d MMM y") if row.last_order_at else "–",
        "tier": tier_word(row.tier, by) or "–",
    }


def _line(row: MemberRow) -> list[object]:
    return [
        row.customer_id, row.stage.value, row.rfm_segment.value if row.rfm_segment else "", row.r, row.f, row.m,
        row.churn_points, row.order_count, row.historic_cents, row.predicted_cents,
        row.last_order_at.isoformat() if row.last_order_at else "", row.tier or "",
    ]  # fmt: skip


def _change(row: PathRow, by: Definitions) -> dict[str, Any]:
    """What is different after it."""
    pairs = (
        (gettext("Stage"), stage_word(Stage(row.from_stage)), stage_word(Stage(row.to_stage))),
        (gettext("RFM segment"), _named(row.from_segment), _named(row.to_segment)),
        (gettext("Tier"), tier_word(row.from_tier, by), tier_word(row.to_tier, by)),
    )
    said = [
        gettext("%(label)s: %(value)s", label=what, value=f"{before or '–'} → {after or '–'}")
        for what, before, after in pairs
        if before != after
    ]
    return {"at": row.changed_at, "title": said[0] if said else gettext("Tier"), "detail": " · ".join(said[1:]),
            "icon": "arrow-path"}  # fmt: skip


def _named(word: str | None) -> str:
    return segment_word(RfmSegment(word)) if word else ""


def _href(endpoint: str, values: dict[str, Any]) -> str:
    return url_for(endpoint, **values)
