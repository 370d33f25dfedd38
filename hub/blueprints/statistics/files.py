"""The one door through which tables leave: `/statistics/<page>/<table>.csv` or `.xlsx`, same filters, same access."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter
from babel.numbers import get_decimal_symbol
from flask import Response, abort
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.downloads import as_download
from hub.blueprints.statistics.asked import Asked, read_asked
from hub.blueprints.statistics.base import blueprint
from hub.blueprints.statistics.filter_words import day, placed, said
from hub.blueprints.statistics.pages import PAGES
from hub.blueprints.statistics.tables import Column, Kind, Table
from hub.blueprints.statistics_words import as_csv

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.OPENING: "#,##0",
    Kind.ELAPSED: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.RATE: "#,##0.0",
    Kind.MONEY: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.NUMBER: "#,##0.####",
}
WIDE, NARROW = 32, 16


@blueprint.get("/<page>/<table>.<ext>")
def download(page: str, table: str, ext: str) -> ResponseReturnValue:
    known = PAGES.get(page)
    if known is None or ext not in {"csv", "xlsx"}:
        abort(404)
    asked = read_asked(known.uses, compares=known.compares)
    tables = known.tables(known.find(asked), asked)
    found = next((each for each in tables if each.key == table), None) or abort(404)
    return hand_out(page, found, ext, asked)


def csv_lines(table: Table) -> list[Sequence[object]]:
    """Durations in seconds, shares of 1, days as YYYY-MM-DD, decimals with the mark of the reader's language."""
    mark = get_decimal_symbol(get_locale() or "fr")
    rows = [
        [_plain(row.values.get(column.key), column, mark) for column in table.columns] for row in table.rows
    ]
    return [[head(column, table.currency) for column in table.columns], *rows]


def hand_out(name: str, table: Table, ext: str, asked: Asked) -> Response:
    """The table as a file of this name with what it is of; `ext` is csv or xlsx."""
    days = (table.taken_on,) if table.taken_on else (asked.filters.since_on, asked.filters.until_on)
    name = f"{'-'.join([name, table.key, *map(str, days)])}.{ext}"
    return as_csv(name, csv_lines(table)) if ext == "csv" else as_workbook(name, table, asked)


def head(column: Column, currency: str) -> str:
    """The name of the column with its unit."""
    if column.kind in {Kind.OPENING, Kind.ELAPSED}:
        return str(gettext("%(label)s (seconds)", label=column.label))
    return f"{column.label} ({currency})" if column.kind is Kind.MONEY else column.label


def _raw(value: Any, kind: Kind) -> Any:
    """What is written: whole seconds, shares and rates to four places, cents as money."""
    if value is None or kind in {Kind.TEXT, Kind.LONG, Kind.WORD, Kind.DAY, Kind.COUNT}:
        return value
    if kind is Kind.MONEY:
        return Decimal(value) / 100
    return round(float(value), 4) if kind in {Kind.SHARE, Kind.RATE, Kind.NUMBER} else round(value)


def _plain(value: Any, column: Column, mark: str) -> object:
    found = _raw(value, column.kind)
    if found is None:
        return ""
    return str(found).replace(".", mark) if isinstance(found, float | Decimal) else found


def as_workbook(name: str, table: Table, asked: Asked) -> Response:
    """The figures on one sheet, what they are of on another; no cell is taken for a formula or a link."""
    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        bold = book.add_format({"bold": True})
        formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        sheet = book.add_worksheet(gettext("Figures"))
        sheet.freeze_panes(1, 1)
        for number, column in enumerate(table.columns):
            form = formats.get(column.kind)
            sheet.set_column(number, number, NARROW if form else WIDE)
            sheet.write_string(0, number, head(column, table.currency), bold)
            for line, row in enumerate(table.rows, 1):
                _write(sheet, line, number, _raw(row.values.get(column.key), column.kind), form)
        _describe(book.add_worksheet(gettext("About")), table, asked)
    return Response(out.getvalue(), mimetype=XLSX, headers={"Content-Disposition": as_download(name)})


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    number: int,
    value: Any,
    form: xlsxwriter.format.Format | None,
) -> None:
    if isinstance(value, date):
        sheet.write_datetime(line, number, datetime.combine(value, time()), form)
    elif isinstance(value, str):
        sheet.write_string(line, number, value, form)
    elif value is not None:
        sheet.write_number(line, number, value, form)


def _describe(sheet: xlsxwriter.worksheet.Worksheet, table: Table, asked: Asked) -> None:
    """A file that is passed on still says what it holds."""
    sheet.set_column(0, 0, NARROW)
    sheet.set_column(1, 1, 2 * WIDE)
    lines = (
        (gettext("Table"), table.title),
        (
            gettext("Filters"),
            " · ".join(placed(asked.choices))
            if table.taken_on
            else said(asked.choices, compares=asked.compares),
        ),
        *([(gettext("Counted on"), day(table.taken_on))] if table.taken_on else []),
        (gettext("Drawn up on"), day(asked.now.date())),
    )
    for number, (label, text) in enumerate(lines):
        sheet.write_string(number, 0, label)
        sheet.write_string(number, 1, text)
