"""Door of the stages: how many customers stand where, what they are worth, who moved in the last 30 days."""

from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.statistics_words import as_csv
from hub.blueprints.values.base import blueprint, money, number, share, stage_word
from hub.core import clock
from hub.core.text import N_
from hub.segments.values.defining import get_definitions
from hub.segments.values.queries import StageRow, list_stages
from hub.segments.values.rules import Definitions
from hub.segments.values.words import Stage

DEFINED = {
    Stage.PROSPECT: N_("no order"),
    Stage.NEW: N_("one order, the first under %(new_days)s days ago"),
    Stage.OCCASIONAL: N_("fewer than %(regular_orders)s orders in 12 months"),
    Stage.REGULAR: N_("%(regular_orders)s orders or more in 12 months"),
    Stage.AMBASSADOR: N_(
        "%(ambassador_orders)s orders or more, among the top %(ambassador_percent)s %% by net value of 12 months"
    ),
    Stage.LAPSED: N_("no order for %(lapsed_months)s months"),
    Stage.FORMER: N_("no order for %(former_months)s months"),
}


@blueprint.get("/")
def show_stages() -> ResponseReturnValue:
    rows, movements = list_stages(now=clock.business_now())
    by, total = get_definitions(), sum(row.customer_count for row in rows)
    moved = [
        {"from": stage_word(each.from_stage), "to": stage_word(each.to_stage), "count": each.customer_count}
        for each in movements
    ]
    return render_template(
        "values/stages.html", rows=[_row(row, by, total) for row in rows], moved=moved, total=total
    )


@blueprint.get("/stages.csv")
def stages_csv() -> Response:
    rows, _ = list_stages(now=clock.business_now())
    head = [
        "stage",
        "customers",
        "came_30_days",
        "left_30_days",
        "net_cents",
        "net_12_months_cents",
        "predicted_cents",
    ]
    lines = [
        [each.stage.value, each.customer_count, each.came_count, each.left_count, each.historic_cents, each.year_cents,
         each.predicted_cents]
        for each in rows
    ]  # fmt: skip
    return as_csv("stages.csv", [head, *lines])


def definition_of(stage: Stage, by: Definitions) -> str:
    """What the chain means by a stage."""
    return str(gettext(DEFINED[stage], **{name: getattr(by, name) for name in _names(DEFINED[stage])}))


def _names(sentence: str) -> list[str]:
    return [part.partition(")")[0] for part in sentence.split("%(")[1:]]


def _row(row: StageRow, by: Definitions, total: int) -> dict[str, Any]:
    return {
        "stage": stage_word(row.stage),
        "href": url_for("values.list_members", stage=row.stage.value),
        "definition": definition_of(row.stage, by),
        "customers": number(row.customer_count),
        "share": share(row.customer_count, total),
        "came": number(row.came_count),
        "left": number(row.left_count),
        "year": money(row.year_cents),
        "predicted": money(row.predicted_cents),
    }
