"""Tables from files: encodings, separators, headings, spreadsheets as people save them, and what is refused in words."""

import codecs
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.customers.hygiene import workbooks
from hub.customers.hygiene.columns import match_columns
from hub.customers.hygiene.files import Table, open_table

LINES = "Nom;Prénom;Ville\nLefèvre;Élodie;Orléans\nHœuvre;Zoé;Besançon\n"
ROWS = [["Lefèvre", "Élodie", "Orléans"], ["Hœuvre", "Zoé", "Besançon"]]


def read(tmp_path: Path, data: bytes, name: str = "a.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(data)
    return open_table(path, name)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
        ("iso8859-15", b""),
        ("mac-roman", b""),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, mark: bytes) -> None:
    table = read(tmp_path, mark + LINES.encode(encoding))
    assert table.headings == ["Nom", "Prénom", "Ville"]
    assert list(table.rows) == ROWS


def test_latin_1_and_dos(tmp_path: Path) -> None:
    lines = LINES.replace("œ", "e")
    for encoding in ("latin-1", "cp850"):
        assert next(read(tmp_path, lines.encode(encoding)).rows) == ROWS[0]


def test_a_few_stray_bytes_do_not_change_the_encoding_of_the_rest(tmp_path: Path) -> None:
    good = LINES.encode() * 40
    rows = list(read(tmp_path, good + "Müller;Jörg;Köln\n".encode("cp1252")).rows)
    assert rows[0] == ROWS[0]
    assert rows[-1] == ["Müller", "Jörg", "Köln"]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    table = read(tmp_path, LINES.replace(";", separator).encode(), "a.txt")
    assert (table.separator, list(table.rows)) == (separator, ROWS)


def test_commas_inside_cells_do_not_win(tmp_path: Path) -> None:
    text = "Nom;Adresse\nDurand;3, rue Haute, bâtiment B\nMartin;5, rue Basse, appartement 12\n"
    assert read(tmp_path, text.encode()).separator == ";"


def test_excels_own_line_about_the_separator_is_no_row(tmp_path: Path) -> None:
    table = read(tmp_path, b"sep=,\r\nNom,Mail\r\nDurand,a@free.fr\r\n")
    assert (table.headings, table.heading_row, table.first_row) == (["Nom", "Mail"], 2, 3)


def test_line_breaks_in_quotes_and_rows_of_another_length(tmp_path: Path) -> None:
    text = 'Nom,Mail,Note\n"Du\nrand",a@free.fr,x\nMartin,b@free.fr\nPetit,c@free.fr,y,z\n'
    rows = list(read(tmp_path, text.encode()).numbered())
    assert rows == [
        (2, ["Du\nrand", "a@free.fr", "x"]),
        (3, ["Martin", "b@free.fr"]),
        (4, ["Petit", "c@free.fr", "y", "z"]),
    ]


def test_a_quote_that_is_never_closed_swallows_no_row(tmp_path: Path) -> None:
    body = "".join(f"N{n},a{n}@free.fr\n" for n in range(30))
    rows = [row for _, row in read(tmp_path, f'Nom,Mail\n"Durand,x@free.fr\n{body}'.encode()).numbered()]
    assert len(rows) == 31
    assert rows[0] == ["Durand", "x@free.fr"]


def test_nul_bytes_are_shown_and_not_fatal(tmp_path: Path) -> None:
    assert next(read(tmp_path, b"Nom,Mail\nDu\x00rand,a@free.fr\n").rows) == ["Du\u200brand", "a@free.fr"]


def test_a_file_without_headings_is_understood_by_its_content(tmp_path: Path) -> None:
    text = "".join(f"Durand;Anne;anne{n}@free.fr;06123456{n:02};7500{n % 9 + 1}\n" for n in range(20))
    table = read(tmp_path, text.encode())
    rows = list(table.rows)
    assert (table.heading_row, table.first_row, len(rows)) == (None, 1, 20)
    matched = match_columns(table.headings, rows)
    assert matched == {0: "last_name", 1: "first_name", 2: "mail", 3: "mobile", 4: "postcode"}


def test_headings_nobody_knows_are_headings_above_data(tmp_path: Path) -> None:
    table = read(tmp_path, b"Champ1;Champ2\na@free.fr;x\nb@free.fr;y\n")
    assert (table.headings, match_columns(table.headings, list(table.rows))) == (
        ["Champ1", "Champ2"],
        {0: "mail"},
    )


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (
            "Civilité,Nom,Prénom,Mail,Tél,Portable,CP,Ville,Société,Date de naissance,Carte de fidélité,Magasin",
            "title,last_name,first_name,mail,phone,mobile,postcode,town,company,birth_on,loyalty_card,preferred_store",
        ),
        (
            "Nom de famille,COURRIEL,Opt-in SMS,Consentement newsletter,Date du consentement,Source,N° client",
            "last_name,mail,consent_sms,consent_email,consent_at,consent_source,external_id",
        ),
        (
            "first_name,lastName,E-Mail Address,Phone Number,ZIP,City,Country,Birthday,Company Name,Customer ID",
            "first_name,last_name,mail,phone,postcode,town,country,birth_on,company,external_id",
        ),
        ("Nom complet,Adresse e-mail *,Numéro de portable,Adresse", "full_name,mail,mobile,street"),
    ],
)
def test_headings_in_french_and_english(headings: str, fields: str) -> None:
    assert ",".join(match_columns(headings.split(","), []).values()) == fields


def make_book(path: Path, *sheets: list[list[Any]]) -> Table:
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for rows in sheets:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, place, cell, day)
                elif cell is not None:
                    sheet.write(at, place, cell)
    book.close()
    return open_table(path, path.name)


def test_a_workbook_as_people_save_it(tmp_path: Path) -> None:
    head = [["Clients du magasin"], [], ["Nom", "Tél", "Né le", "Carte"], []]
    body = [
        ["Durand", 612345678.0, date(1980, 1, 2), 2.5],
        [None, None, None, None],
        ["Petit", "06 11", None, True],
    ]
    table = make_book(tmp_path / "a.xlsx", [["une note"]], head + body)
    assert (table.sheet, table.heading_row, table.headings) == ("Sheet2", 3, ["Nom", "Tél", "Né le", "Carte"])
    assert list(table.numbered()) == [
        (5, ["Durand", "612345678", "1980-01-02", "2.5"]),
        (7, ["Petit", "06 11", "", "1"]),
    ]


def test_a_workbook_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    make_book(tmp_path / "a.xlsx", [["Nom", "Mail"], ["Durand", "a@free.fr"]])
    (tmp_path / "a.csv").write_bytes((tmp_path / "a.xlsx").read_bytes())
    assert next(open_table(tmp_path / "a.csv", "a.csv").rows) == ["Durand", "a@free.fr"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"PK\x03\x04 no zip at all", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no workbook", "cannot be read"),
        (b"%PDF-1.7 and so on", "no table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no table"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        list(read(tmp_path, data).rows)


def test_a_zip_that_is_no_workbook_and_one_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("a.txt", b"0" * 100_000)
    with pytest.raises(Invalid, match="cannot be read"):
        open_table(tmp_path / "a.xlsx", "a.xlsx")
    monkeypatch.setattr(workbooks, "MAX_BYTES", 50_000)
    with pytest.raises(Invalid, match="too large"):
        open_table(tmp_path / "a.xlsx", "a.xlsx")


def test_a_stray_cell_at_the_far_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "far.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Nom", "Mail"])
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(Invalid, match="far outside"):
        open_table(tmp_path / "far.xlsx", "far.xlsx")


@given(st.binary(max_size=300))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_the_reader(tmp_path: Path, data: bytes) -> None:
    try:
        rows = list(read(tmp_path, data).rows)
    except Invalid:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row)
