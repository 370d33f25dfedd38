"""OpenDocument spreadsheets: read as they are saved; one that repeats cells without end is refused before it is held."""

import zipfile
from pathlib import Path

import pytest

from hub.core.errors import Invalid
from hub.customers.hygiene.files import Table, open_table

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
FOOT = "</office:spreadsheet></office:body></office:document-content>"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)


def cell(words: str, attributes: str = "") -> str:
    return f'<table:table-cell {attributes} office:value-type="string"><text:p>{words}</text:p></table:table-cell>'


def row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def blank(repeated: int) -> str:
    return f'<table:table-cell table:style-name="ce1" table:number-columns-repeated="{repeated}"/>'


def open_ods(path: Path, *sheets: str) -> Table:
    tables = "".join(f'<table:table table:name="S{n}">{rows}</table:table>' for n, rows in enumerate(sheets))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        bundle.writestr("META-INF/manifest.xml", MANIFEST)
        bundle.writestr("content.xml", HEAD + tables + FOOT)
    return open_table(path, path.name)


def test_a_sheet_as_it_is_saved_with_a_million_empty_rows_behind_it(tmp_path: Path) -> None:
    rows = (
        row(cell("Nom"), cell("Mail"), blank(16_382)),
        row(cell("Durand"), cell("a@free.fr"), blank(16_382)),
        row(cell("Petit", 'table:number-columns-repeated="2"'), repeated=2),
        row(blank(16_384), repeated=1_048_572),
    )
    table = open_ods(tmp_path / "a.ods", "".join(rows), row(blank(16_384), repeated=1_048_576))
    assert (table.sheet, table.headings) == ("S0", ["Nom", "Mail"])
    assert list(table.rows) == [["Durand", "a@free.fr"], ["Petit", "Petit"], ["Petit", "Petit"]]


@pytest.mark.parametrize(
    "rows",
    [
        row(cell("x", 'table:number-columns-repeated="16384"'), repeated=1_000_000),
        row(cell("x", "table:number-columns-repeated = '16384'"), repeated=1_000_000),
        row(cell("Nom")) + row(blank(9), repeated=900_000) + row(blank(99), cell("far")),
        row(cell("x", 'table:formula="of:=1>0" table:number-columns-repeated="99999999999"')),
    ],
)
def test_cells_that_repeat_without_end_are_refused(tmp_path: Path, rows: str) -> None:
    with pytest.raises(Invalid, match="far outside"):
        open_ods(tmp_path / "bomb.ods", rows)
    assert (tmp_path / "bomb.ods").stat().st_size < 2000


def test_sheets_are_counted_together(tmp_path: Path) -> None:
    wide = row(cell("x", 'table:number-columns-repeated="16000"'), repeated=1000)
    with pytest.raises(Invalid, match="far outside"):
        open_ods(tmp_path / "two.ods", wide, wide)
