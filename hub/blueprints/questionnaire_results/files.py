"""Doors that hand the answers of a questionnaire out: CSV as it is read, XLSX with a codebook, SPSS; each leaves a line in the audit trail."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import xlsxwriter
from flask import Response, send_file, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.blueprints.questionnaire_results.base import blueprint
from hub.blueprints.statistics_words import defused
from hub.core import clock
from hub.core.db import transaction
from hub.questionnaires.results import exporting, spss
from hub.questionnaires.results.exporting import SPSS, WORKBOOK, Column
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.queries import get_head
from hub.questionnaires.results.spss_file import open_sav

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAV = "application/x-spss-sav"
CODEBOOK = ("column", "question", "code", "meaning")


@blueprint.get("/<int:questionnaire_id>/results/answers.csv")
def answers_csv(questionnaire_id: int) -> ResponseReturnValue:
    head = _handed_out(questionnaire_id, "csv")
    answer = Response(stream_with_context(_lines(head)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = as_download(f"{head.key}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/<int:questionnaire_id>/results/answers.xlsx")
def answers_xlsx(questionnaire_id: int) -> ResponseReturnValue:
    head = _handed_out(questionnaire_id, WORKBOOK)
    columns = exporting.columns_of(head, viewer().language)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    _write_book(file, columns, exporting.list_rows(head, columns))
    file.seek(0)
    return _file(file, XLSX, f"{head.key}.xlsx")


@blueprint.get("/<int:questionnaire_id>/results/answers.sav")
def answers_sav(questionnaire_id: int) -> ResponseReturnValue:
    head, language = _handed_out(questionnaire_id, SPSS), viewer().language
    columns = exporting.columns_of(head, language)
    variables = spss.variables_of(head, columns, language, no=gettext("No"), yes=gettext("Yes"))
    return _file(open_sav(head.name, variables, exporting.list_rows(head, columns)), SAV, f"{head.key}.sav")


def _file(file: IO[Any], media_type: str, name: str) -> Response:
    answer = send_file(file, mimetype=media_type, conditional=False)
    answer.headers["Content-Disposition"] = as_download(name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _handed_out(questionnaire_id: int, form: str) -> Head:
    with transaction():
        head = get_head(questionnaire_id)
        exporting.note_export(head, form=form, by=viewer().actor, now=clock.business_now())
    return head


def _lines(head: Head) -> Iterator[str]:
    """Semicolons and a byte order mark: what a French spreadsheet opens without questions."""
    columns = exporting.columns_of(head, viewer().language)
    yield "\ufeff" + _line([column.name for column in columns])
    for row in exporting.list_rows(head, columns):
        yield _line(row)


def _line(cells: Sequence[object]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerow(["" if cell is None else defused(cell) for cell in cells])
    return written.getvalue()


def _write_book(file: IO[Any], columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Two sheets, line by line on disk; no cell is taken for a formula or a link."""
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, plain) as book:
        bold = book.add_format({"bold": True})
        _fill(book.add_worksheet("data"), [column.name for column in columns], rows, bold)
        _fill(book.add_worksheet("codebook"), CODEBOOK, _codebook(columns), bold)


def _fill(
    sheet: xlsxwriter.worksheet.Worksheet,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    bold: xlsxwriter.format.Format,
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, heads, bold)
    for number, cells in enumerate(rows, 1):
        sheet.write_row(number, 0, ["" if cell is None else cell for cell in cells])


def _codebook(columns: Sequence[Column]) -> Iterator[Sequence[object]]:
    for column in columns:
        yield (column.name, column.label, "", "")
        of_consent = (("0", gettext("No")), ("1", gettext("Yes"))) if column.is_consent else ()
        for code, words in column.labels or of_consent:
            yield (column.name, column.label, code, words)
