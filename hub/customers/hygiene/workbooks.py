"""Spreadsheets (xlsx, xlsb, xls, ods) to rows of text, by python-calamine; never raises but Invalid."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.hygiene.delimited import without_last_blanks

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK"
EXACT = 1e15
"""Up to here a spreadsheet's number has all its digits."""
MAX_BYTES = 800 * 1024 * 1024
"""How large a spreadsheet may be once unpacked: 200,000 rows take about 150 MB."""


def is_workbook(path: Path, name: str) -> bool:
    """Whether the file is a spreadsheet by its first bytes, whatever it is called."""
    del name
    with path.open("rb") as file:
        return file.read(8).startswith((ZIP, OLD_EXCEL))


def read_workbook(path: Path) -> tuple[str, Iterator[list[str]]]:
    """The name of the sheet with the most rows, and its rows."""
    _check_size(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except PasswordError:
        raise Invalid(
            N_("The file is protected by a password. Please save it without one and send it again."),
            field="file",
        ) from None
    except (CalamineError, OSError) as error:
        raise _damaged() from error
    if not sheets:
        raise _damaged()
    sheet = max(sheets, key=lambda each: each.total_height)
    return sheet.name, without_last_blanks(_rows(sheet))


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield [_as_text(cell) for cell in row]


def _as_text(cell: object) -> str:
    """A cell as it was typed: 612345678.0 is 612345678, a real date is ISO."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell)


def _check_size(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(2).startswith(ZIP):
            return
    try:
        with zipfile.ZipFile(path) as bundle:
            size = sum(each.file_size for each in bundle.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged() from error
    if size > MAX_BYTES:
        raise Invalid(
            N_("The file is too large once unpacked. Please cut it into several files, or save it as CSV."),
            field="file",
        )


def _damaged() -> Invalid:
    return Invalid(
        N_(
            "The spreadsheet cannot be read: it is damaged or of another kind. Please save it again as .xlsx or .csv."
        ),
        field="file",
    )
