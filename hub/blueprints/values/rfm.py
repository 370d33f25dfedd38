"""Door of the RFM map: 25 cells with customers and share of revenue; a cell leads to its customers."""

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from hub.blueprints.statistics_words import as_csv
from hub.blueprints.values.base import blueprint, money, number, segment_word, share
from hub.segments.values.defining import get_definitions
from hub.segments.values.queries import CellRow, list_cells
from hub.segments.values.rules import SCORES, Definitions
from hub.segments.values.words import RfmSegment

HEATS = 6
SCALE = range(1, SCORES + 1)


@dataclass(frozen=True)
class Cell:
    """As it is drawn; `heat` from 0 to 5 by the share of customers."""

    name: str
    href: str
    customers: str
    revenue: str
    heat: int


@blueprint.get("/rfm")
def show_rfm() -> ResponseReturnValue:
    by, found = get_definitions(), {(cell.r, cell.fm): cell for cell in list_cells()}
    customers, cents = (
        sum(each.customer_count for each in found.values()),
        sum(each.cents for each in found.values()),
    )
    most = max((each.customer_count for each in found.values()), default=0)
    rows = [
        (r, [_cell(found.get((r, fm)) or CellRow(r, fm, 0, 0), by, cents, most) for fm in SCALE])
        for r in reversed(SCALE)
    ]
    return render_template(
        "values/rfm.html",
        rows=rows,
        scale=SCALE,
        segments=_segments(found, by, customers, cents),
        months=by.window_months,
        total=number(customers),
    )


@blueprint.get("/rfm.csv")
def rfm_csv() -> Response:
    by = get_definitions()
    head = ["r", "fm", "segment", "customers", "net_cents"]
    lines = [
        [each.r, each.fm, _segment(each.r, each.fm, by).value, each.customer_count, each.cents]
        for each in sorted(list_cells(), key=lambda each: (-each.r, each.fm))
    ]
    return as_csv("rfm.csv", [head, *lines])


def _segment(r: int, fm: int, by: Definitions) -> RfmSegment:
    return by.rfm_map[SCORES - r][fm - 1]


def _cell(cell: CellRow, by: Definitions, cents: int, most: int) -> Cell:
    heat = -(-cell.customer_count * (HEATS - 1) // most) if most else 0
    return Cell(
        segment_word(_segment(cell.r, cell.fm, by)),
        url_for("values.list_members", r=cell.r, fm=cell.fm),
        ngettext(
            "%(count)s customer",
            "%(count)s customers",
            cell.customer_count,
            count=number(cell.customer_count),
        ),
        share(cell.cents, cents),
        heat,
    )


def _segments(
    found: dict[tuple[int, int], CellRow], by: Definitions, customers: int, cents: int
) -> list[dict[str, Any]]:
    rows = []
    for segment in RfmSegment:
        cells = [each for each in found.values() if _segment(each.r, each.fm, by) is segment]
        count, spent = sum(each.customer_count for each in cells), sum(each.cents for each in cells)
        rows.append(
            {
                "segment": segment_word(segment),
                "href": url_for("values.list_members", segment=segment.value),
                "customers": number(count),
                "share": share(count, customers),
                "revenue": money(spent),
                "revenue_share": share(spent, cents),
            }
        )
    return rows
