"""Door of value and cohorts: what customers were and will be worth, the target line, the table by first-order month."""

from collections.abc import Callable
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from hub.blueprints.statistics_words import as_csv
from hub.blueprints.values.base import blueprint, euros, money, number, share, today
from hub.core.text import N_
from hub.segments.values.cohort_queries import (
    Cohort,
    CohortMonth,
    FitRow,
    ValuePoint,
    get_fit_row,
    get_totals,
    list_cohorts,
    list_families,
    list_value_points,
)
from hub.segments.values.defining import get_definitions
from hub.stores.queries import list_stores

MONTHS = 13
ALL = "*"
TICKS = 4
SHOWN: dict[str, tuple[str, Callable[[Cohort, CohortMonth], str]]] = {
    "retention": (
        N_("Customers who bought again"),
        lambda cohort, month: share(month.active_count, cohort.customer_count),
    ),
    "revenue": (N_("Net revenue of the month"), lambda _, month: money(month.net_cents)),
    "value": (
        N_("Cumulative value per customer"),
        lambda cohort, month: (
            euros(round(month.total_cents / cohort.customer_count)) if cohort.customer_count else "–"
        ),
    ),
}

OF_A_MONTH = frozenset({"retention", "revenue"})


@blueprint.get("/cohorts")
def show_value() -> ResponseReturnValue:
    by = get_definitions()
    points, fit = list_value_points(by, now_on=today()), get_fit_row()
    shown = request.args.get("show", "retention")
    shown = shown if shown in SHOWN else "retention"
    return render_template(
        "values/cohorts.html",
        totals=_totals(),
        chart=_chart(points),
        by=by,
        fit=fit,
        errors=_errors(fit),
        shown=shown,
        choices=[(name, gettext(words)) for name, (words, _) in SHOWN.items()],
        stores=[
            ("", gettext("All stores")),
            *((str(row.id), row.name) for row in list_stores(is_active=None)),
        ],
        families=_family_choices(),
        table=_table(_asked_cohorts(), shown),
    )


@blueprint.get("/cohorts.csv")
def cohorts_csv() -> Response:
    head = ["cohort", "customers", "month", "active", "net_cents", "cumulative_cents"]
    lines = [
        [cohort.cohort_on.isoformat(), cohort.customer_count, month.number, month.active_count, month.net_cents,
         month.total_cents]
        for cohort in _asked_cohorts()
        for month in cohort.months
    ]  # fmt: skip
    return as_csv("cohorts.csv", [head, *lines])


def _asked_cohorts() -> list[Cohort]:
    family = request.args.get("family", ALL)
    return list_cohorts(
        now_on=today(),
        store_id=request.args.get("store", type=int),
        family=None if family == ALL else family,
    )


def _family_choices() -> list[tuple[str, str]]:
    names = [(name, name or gettext("No known family")) for name in list_families()]
    return [(ALL, gettext("All families")), *names]


def _totals() -> list[dict[str, str]]:
    customers, historic, predicted, predicted_count = get_totals()
    return [
        {"label": gettext("Customers with an order"), "value": number(customers)},
        {"label": gettext("Net value so far"), "value": money(historic)},
        {"label": gettext("Expected in 12 months"), "value": money(predicted) if predicted_count else "–"},
    ]


def _chart(points: list[ValuePoint]) -> dict[str, Any] | None:
    """For parts/line_chart: the value of 12 months per buyer, and the straight way to the target."""
    known = [cents for each in points for cents in (each.actual_cents, each.target_cents) if cents]
    if not known:
        return None
    step = 10 ** (len(str(max(known))) - 1)
    top = -(-max(known) // step) * step
    series = [
        _line(gettext("Actual"), [each.actual_cents for each in points]),
        _line(gettext("Target"), [each.target_cents for each in points]),
    ]
    labels = [format_date(each.month_on, "MMM yy") for each in points]
    return {
        "labels": labels,
        "series": series,
        "has_target": any(each.target_cents for each in points),
        "top": top,
        "ticks": [money(top * at // TICKS) for at in range(TICKS + 1)],
    }


def _line(name: str, values: list[int | None]) -> dict[str, Any]:
    return {"name": name, "values": values, "texts": [euros(cents) for cents in values]}


def _errors(fit: FitRow) -> list[dict[str, str]]:
    """The held-out period: what came, what the models and a naive guess had expected."""
    held = fit.holdout
    if not held:
        return []
    rows = (
        ("orders", gettext("Orders"), number),
        ("value", gettext("Value"), lambda value: money(round(value * 100))),
    )
    return [
        {
            "what": words,
            "real": say(held[f"{name}_real"]),
            "model": say(held[f"{name}_model"]),
            "off": share(held[f"{name}_model"] - held[f"{name}_real"], held[f"{name}_real"]),
            "naive_off": share(held[f"{name}_naive"] - held[f"{name}_real"], held[f"{name}_real"]),
            "mae": number(held[f"{name}_model_mae"], 2),
            "naive_mae": number(held[f"{name}_naive_mae"], 2),
        }
        for name, words, say in rows
    ]


def _table(cohorts: list[Cohort], shown: str) -> dict[str, Any]:
    """Columns and rows: at most the first 13 months of each cohort."""
    width = min(MONTHS, max((len(cohort.months) for cohort in cohorts), default=0))
    columns = [
        {"label": gettext("First order"), "key": "cohort", "kind": "word"},
        {"label": gettext("Customers"), "key": "customers", "kind": "number"},
        *(
            {"label": gettext("M+%(number)s", number=at), "key": f"m{at}", "kind": "number"}
            for at in range(width)
        ),
    ]
    rows = [
        {"cohort": format_date(cohort.cohort_on, "MMM yyyy"), "customers": number(cohort.customer_count)}
        | {f"m{at}": _cell(cohort, at, shown) for at in range(width)}
        for cohort in cohorts
    ]
    return {"columns": columns, "rows": rows}


def _cell(cohort: Cohort, at: int, shown: str) -> str:
    """Nothing after the current month; of that one only what is added up, since it is not over."""
    if at >= len(cohort.months):
        return ""
    if cohort.months[at].is_running and shown in OF_A_MONTH:
        return str(gettext("running"))
    return SHOWN[shown][1](cohort, cohort.months[at])
