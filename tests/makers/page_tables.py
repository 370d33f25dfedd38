"""Tables of figures on a page beside the files that stand with them: the same rows and numbers, as CSV and as XLSX."""

import csv
import io
from datetime import date

from babel.dates import format_date
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

Lines = list[dict[str, str]]
DRAWN = {"heat", "pareto"}
"""Classes of tables that draw the figures of another one: the rows of a heat map are hours, of a Pareto chart the first twenty."""


def check_files(client: FlaskClient, path: str) -> int:
    """How many tables of the page have files. The others must draw rows of one that has."""
    page = BeautifulSoup(client.get(path).text, "html.parser")
    found = [(table, files_beside(table)) for table in page.select("main table")]
    known = []
    for table, addresses in found:
        if not addresses:
            continue
        assert sorted(kind_of(each) for each in addresses) == ["csv", "xlsx"], (path, table.caption)
        files = [read(client, address) for address in sorted(addresses, key=kind_of)]
        assert files[0] == files[1], (path, table.caption)
        if DRAWN.isdisjoint(table["class"]):
            compare(rows_of(table), files[0], f"{path} {table.caption}")
        known.append({next(iter(line.values())) for line in files[0]})
    for table, addresses in found:
        heads = {plain(row.get_text()) for row in table.select("tbody th")}
        assert addresses or any(heads <= rows for rows in known), (path, table.caption, "has no files")
    return len(known)


def compare(page: Lines, file: Lines, where: str) -> None:
    """Row by row what each is about (a file may add the unit), and the numbers of columns that both have."""
    assert len(page) == len(file), where
    for shown, line in zip(page, file, strict=True):
        assert next(iter(line.values())).startswith(next(iter(shown.values()))), where
        for name in shown.keys() & line.keys():
            number = shown[name].replace(" ", "")
            assert not number.isdigit() or number == line[name], (where, name)


def files_beside(table: Tag) -> set[str]:
    """The addresses in the nearest box around the table that has any; of a page as a whole none."""
    for box in table.parents:
        if "page" in box.get("class", []):
            break
        if links := box.select(".downloads a"):
            return {str(link["href"]) for link in links}
    return set()


def kind_of(address: str) -> str:
    return address.partition("?")[0].rpartition(".")[2]


def rows_of(table: Tag) -> Lines:
    heads = [plain(each.get_text()) for each in table.select("thead th")]
    cells = ([plain(each.get_text()) for each in row.select("th, td")] for row in table.select("tbody tr"))
    return [dict(zip(heads, row, strict=False)) for row in cells]


def read(client: FlaskClient, address: str) -> Lines:
    answer = client.get(address)
    assert answer.status_code == 200, address
    if kind_of(address) == "csv":
        text = io.StringIO(answer.text.removeprefix("\ufeff"))
        heads, *rows = csv.reader(text, delimiter=";")
        return [dict(zip(heads, [in_words(cell) for cell in row], strict=True)) for row in rows]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0)
    heads, *rows = sheet.to_python()
    return [dict(zip(heads, [in_words(cell) for cell in row], strict=True)) for row in rows]


def in_words(cell: object) -> str:
    """As a French page says a day and a number."""
    try:
        day = cell if isinstance(cell, date) else date.fromisoformat(str(cell))
        return plain(format_date(day, "d MMM", locale="fr"))
    except ValueError:
        number = str(cell).replace(",", ".")
        is_number = number.removeprefix("-").replace(".", "", 1).isdigit()
        return f"{float(number):g}" if is_number else plain(str(cell))


def plain(words: str) -> str:
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())
