"""Spreadsheets (xlsx, xlsb, xls, ods) to rows of text, by python-calamine; never raises but Invalid."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.hygiene.delimited import without_last_blanks
from hub.customers.hygiene.open_sheets import CONTENT, areas

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK"
EXACT = 1e15
"""Up to here a spreadsheet's number has all its digits."""
MAX_CELLS = 30_000_000
"""Of a sheet's whole area: the library holds each of them, filled or not."""
CHUNK = 1 << 20
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_WIDE = re.compile(rb'<c r="([A-Z]{2,3})\d')
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
    """Unpack a zipped workbook once, counting: neither a bomb nor a stray cell at the far end may fill the memory."""
    with path.open("rb") as file:
        if not file.read(2).startswith(ZIP):
            return
    try:
        with zipfile.ZipFile(path) as bundle:
            if sum(each.file_size for each in bundle.infolist()) > MAX_BYTES:
                raise Invalid(
                    N_(
                        "The file is too large once unpacked. Please cut it into several files, or save it as CSV."
                    ),
                    field="file",
                )
            for each in bundle.infolist():
                with bundle.open(each) as part:
                    chunks = iter(partial(part.read, CHUNK), b"")
                    if each.filename == CONTENT:
                        _check_areas(chunks)
                    else:
                        _check_sheet(chunks)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise _damaged() from error


def _check_sheet(chunks: Iterator[bytes]) -> None:
    """Whether the area of a sheet is one that can be held: its last row times its last column."""
    last_row = last_column = 0
    tail = b""
    for chunk in chunks:
        text = tail + chunk
        at = text.rfind(b'<c r="')
        found = _CELL.match(text, at) if at >= 0 else None
        last_row = max(last_row, int(found[2])) if found else last_row
        last_column = max(last_column, *(_column(each[1]) for each in _WIDE.finditer(text)), 0)
        tail = text[-64:]
        if last_row * max(last_column, 26) > MAX_CELLS:
            raise _far_outside()


def _check_areas(chunks: Iterator[bytes]) -> None:
    """The same for the sheets of an .ods file, which are all held at once."""
    for count in areas(chunks):
        if count > MAX_CELLS:
            raise _far_outside()


def _far_outside() -> Invalid:
    return Invalid(
        N_(
            "Some cells lie far outside the table. Please delete the empty rows and columns around it, or save it as CSV."
        ),
        field="file",
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _damaged() -> Invalid:
    return Invalid(
        N_(
            "The spreadsheet cannot be read: it is damaged or of another kind. Please save it again as .xlsx or .csv."
        ),
        field="file",
    )
