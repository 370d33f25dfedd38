"""Doors that hand results out as files: CSV of one table, XLSX of all of them; amounts in cents, so that nothing is rounded."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from flask import Response, request
from flask.typing import ResponseReturnValue

from hub.blueprints.downloads import as_download
from hub.blueprints.plan_results.base import blueprint, read_asked
from hub.blueprints.statistics_words import as_csv
from hub.plans.results.gains import Gains, get_gains
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Arms, Results
from hub.plans.words import Arm, StepOutcome

Lines = list[Sequence[object]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ARM_HEAD = (
    "treated_customers", "control_customers", "treated_counting", "control_counting", "treated_buyers", "control_buyers",
    "treated_cents_per_head", "control_cents_per_head", "gain_cents_per_head", "gain_low", "gain_high",
    "gain_cents", "gain_cents_low", "gain_cents_high",
)  # fmt: skip


@blueprint.get("/<key>/results.csv")
def results_csv(key: str) -> ResponseReturnValue:
    """One table: `table` is stores (without a word), versions, steps, funnel or exits."""
    tables = tables_of(get_results(key, read_asked()[1]))
    name = request.args.get("table", "stores")
    name = name if name in tables else "stores"
    return as_csv(f"{key}-{name}.csv", tables[name])


@blueprint.get("/<key>/results.xlsx")
def results_xlsx(key: str) -> ResponseReturnValue:
    return as_workbook(f"{key}.xlsx", tables_of(get_results(key, read_asked()[1])))


@blueprint.get("/gains.csv")
def gains_csv() -> ResponseReturnValue:
    return as_csv("gains.csv", gain_lines(get_gains(read_asked()[1])))


@blueprint.get("/gains.xlsx")
def gains_xlsx() -> ResponseReturnValue:
    return as_workbook("gains.xlsx", {"gains": gain_lines(get_gains(read_asked()[1]))})


def tables_of(found: Results) -> dict[str, Lines]:
    """The tables of the page as raw figures."""
    funnel = found.funnel
    stages = ("entered", "control", "waiting", "sent", "delivered", "engaged", "unsubscribed", "complained")
    return {
        "stores": [
            ["store", "name", *ARM_HEAD],
            *([row.code, row.name, *arm_cells(row.arms)] for row in found.by_store),
        ],
        "versions": [
            ["version", *ARM_HEAD],
            ["all", *arm_cells(found.arms)],
            *([number, *arm_cells(arms)] for number, arms in found.by_version),
        ],
        "steps": _step_lines(found),
        "funnel": [["stage", "passages"], *([stage, getattr(funnel, stage)] for stage in stages)],
        "exits": _exit_lines(found),
    }


def _step_lines(found: Results) -> Lines:
    head = ["step", "waiting", *(outcome.value for outcome in StepOutcome), "sent", "delivered", "engaged"]
    return [
        head,
        *(
            [
                step.step_key,
                step.waiting,
                *(step.outcomes.get(outcome, 0) for outcome in StepOutcome),
                step.sent,
                step.delivered,
                step.engaged,
            ]
            for step in found.steps
        ),
    ]


def _exit_lines(found: Results) -> Lines:
    treated, control = (found.exits.get(arm, {}) for arm in (Arm.TREATED, Arm.CONTROL))
    reasons = dict.fromkeys([*treated, *control])
    return [
        ["reason", "treated", "control"],
        *([reason.value, treated.get(reason, 0), control.get(reason, 0)] for reason in reasons),
    ]


def arm_cells(arms: Arms) -> list[object]:
    """As ARM_HEAD names them; empty where nothing can be said."""
    gain = arms.gain
    bounds = [
        _rounded(amount)
        for found in (gain.per_head, gain.in_all)
        for amount in ((found.value, found.low, found.high) if found else (None, None, None))
    ]
    return [
        arms.treated.heads,
        arms.control.heads,
        arms.treated_open,
        arms.control_open,
        arms.treated.buyers,
        arms.control.buyers,
        _rounded(arms.treated.mean),
        _rounded(arms.control.mean),
        *bounds,
    ]


def gain_lines(found: Gains) -> Lines:
    return [
        ["row", "plan", *ARM_HEAD],
        *([line.benefit.value, line.plan_key, *arm_cells(line.arms)] for line in found.lines),
    ]


def _rounded(amount: float | None) -> object:
    return "" if amount is None else round(amount, 2)


def as_workbook(name: str, tables: dict[str, Lines]) -> Response:
    """A sheet a table, its first row fixed; no cell is taken for a formula or a link."""
    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        bold = book.add_format({"bold": True})
        for title, lines in tables.items():
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for number, cells in enumerate(lines):
                _write(sheet, number, cells, None if number else bold)
    return Response(out.getvalue(), mimetype=XLSX, headers={"Content-Disposition": as_download(name)})


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    number: int,
    cells: Iterable[object],
    form: xlsxwriter.format.Format | None,
) -> None:
    for column, cell in enumerate(cells):
        sheet.write(number, column, cell, form)
