"""Tables of customers read from files: Excel, OpenDocument, and text in any encoding and separator, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from string import ascii_uppercase

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.hygiene.columns import is_data, is_heading
from hub.customers.hygiene.delimited import Text, read_text
from hub.customers.hygiene.workbooks import is_workbook, read_workbook

HEAD = 30
"""How many rows are looked at to find the one that names the columns."""


@dataclass(frozen=True)
class Table:
    """A table that is being read. `rows` can be walked once; a cell is text, a row may be shorter or longer than
    `headings`, and one of `[]` is blank: it has a number, but is no row of data.

    The first of `rows` has the number `first_row` a person sees beside it in a spreadsheet; the heading stands in
    `heading_row`, None when the file has none: then the columns are called by their letters.
    """

    headings: list[str]
    rows: Iterator[list[str]]
    encoding: str
    separator: str
    sheet: str
    first_row: int
    heading_row: int | None

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Each row of data with its number; blank ones are passed over."""
        return ((number, row) for number, row in enumerate(self.rows, start=self.first_row) if row)


def open_table(path: Path, name: str) -> Table:
    """The table of a file; `name` is what its owner calls it, for messages. Raises Invalid saying what to do when it is
    no table, is damaged, empty or far too large.
    """
    if is_workbook(path, name):
        sheet, rows = read_workbook(path)
        return _table(rows, sheet=sheet, text=Text(encoding="", separator="", skipped=0))
    text, rows = read_text(path)
    return _table(rows, sheet="", text=text)


def _table(rows: Iterator[list[str]], *, sheet: str, text: Text) -> Table:
    head = list(islice(rows, HEAD))
    if not any(head):
        raise Invalid(N_("The file is empty. Please choose one with a row for each customer."), field="file")
    at = _heading_at(head)
    headings = _names(head, at)
    start = next(index for index, row in enumerate(head) if row) if at is None else at + 1
    return Table(
        headings=headings,
        rows=chain(head[start:], rows),
        encoding=text.encoding,
        separator=text.separator,
        sheet=sheet,
        first_row=text.skipped + start + 1,
        heading_row=None if at is None else text.skipped + at + 1,
    )


def _heading_at(head: list[list[str]]) -> int | None:
    """The row that names the columns: known words, else a first full row without data above rows with data."""
    width = _usual_width(head)
    wide = [index for index, row in enumerate(head) if _filled(row) * 2 >= width]
    for index in wide:
        if is_heading(head[index]):
            return index
    first = next(iter(wide), None)
    if first is None or any(map(is_data, filter(None, head[first]))) or not all(head[first]):
        return None
    below = [row for row in head[first + 1 :] if row]
    return first if any(is_data(cell) for row in below for cell in row if cell) else None


def _usual_width(head: list[list[str]]) -> int:
    widths = sorted(_filled(row) for row in head if row)
    return widths[len(widths) // 2]


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _names(head: list[list[str]], at: int | None) -> list[str]:
    if at is None:
        width = max(len(row) for row in head)
        return [letters(position) for position in range(width)]
    names = [" ".join(cell.split()) for cell in head[at]]
    while names and not names[-1] and all(len(row) < len(names) or not row[len(names) - 1] for row in head):
        names.pop()
    return [name or letters(position) for position, name in enumerate(names)]


def letters(position: int) -> str:
    """The letters of a column as spreadsheets show them: 0 is A, 26 is AA."""
    before, last = divmod(position, len(ascii_uppercase))
    return (letters(before - 1) if before else "") + ascii_uppercase[last]
