"""The report on a file: each kind of finding in its row, silence over unusual but right rows, and counts that add up."""

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from hub.customers.hygiene.findings import FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.report import check_file

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
KNOWN = Known(today=TODAY)

EXPECTED = [
    (2, "mail", "mail_domain_typo", "sophie.durand@yahoo.fr", "warning"),
    (3, "mail", "mail_domain_typo", "luc.moreau@gmail.com", "warning"),
    (4, "mail", "mail_domain_typo", "nadia.fournier@orange.fr", "warning"),
    (5, "mail", "mail_domain_typo", "hugo.girard@hotmail.com", "warning"),
    (6, "mail", "mail_domain_typo", "claire.bonnet@wanadoo.fr", "warning"),
    (7, "mail", "mail_domain_typo", "yanis.fontaine@gmail.com", "warning"),
    (8, "mail", "mail_domain_typo", "ines.rousseau@laposte.net", "warning"),
    (9, "mail", "mail_at_missing", "karim.lefevre@gmail.com", "error"),
    (10, "mail", "mail_dot_missing", "jade.faure@gmail.com", "error"),
    (11, "mail", "mail_spaces", "noemercier@free.fr", "error"),
    (12, "mail", "mail_syntax", "rose.blanc@sfr.fr", "error"),
    (13, "mail", "mail_role", None, "notice"),
    (14, "mail", "mail_throw_away", None, "warning"),
    (15, "mail", "mail_company", None, "notice"),
    (16, "mail", "mail_several", "zoe.garnier@free.fr", "warning"),
    (17, "phone", "phone_too_short", None, "error"),
    (18, "phone", "phone_too_long", None, "error"),
    (19, "phone", "phone_prefix", None, "error"),
    (20, "phone", "phone_lost_zero", "0142685301", "notice"),
    (21, "phone", "phone_scientific", None, "error"),
    (22, "mobile", "phone_not_mobile", None, "notice"),
    (23, "phone", "phone_foreign", "+32470123456", "warning"),
    (24, "first_name", "name_case", "Mireille", "notice"),
    (25, "last_name", "name_case", "de La Tour", "notice"),
    (26, "last_name", "name_swapped", "Lemaire", "warning"),
    (27, "last_name", "name_company", None, "warning"),
    (28, "first_name", "name_title", "Alain", "warning"),
    (29, "birth_on", "date_impossible", None, "error"),
    (30, "birth_on", "date_future", "1965-07-14", "error"),
    (31, "birth_on", "date_too_old", None, "warning"),
    (32, "birth_on", "date_serial", "1980-10-30", "notice"),
    (33, "postcode", "postcode_lost_zero", "01000", "notice"),
    (34, "postcode", "postcode_town", None, "warning"),
    (35, "town", "town_typo", "Marseille", "warning"),
    (36, "postcode", "postcode_syntax", "94320", "error"),
    (37, "country", "country_unknown", "FR", "warning"),
    (38, "last_name", "encoding", "Lefèbvre", "warning"),
    (39, "last_name", "whitespace", "Schmitt", "notice"),
    (40, "mail", "placeholder", "", "warning"),
    (41, "loyalty_card", "number_scientific", None, "error"),
    (41, "consent_email", "consent_evidence", None, "error"),
    (42, "consent_email", "consent_unreadable", None, "error"),
    (43, "", "no_address", None, "error"),
    (44, "", "duplicate_in_file", None, "warning"),
    (45, "last_name", "formula", None, "warning"),
    (46, "last_name", "line_break", "Fabre Henry", "notice"),
]


@pytest.mark.parametrize(("row", "field", "kind", "suggestion", "severity"), EXPECTED)
def test_each_kind_is_found_in_its_row(
    row: int, field: str, kind: str, suggestion: str | None, severity: str
) -> None:
    found = check_file(HERE / "dirty.csv", "dirty.csv", KNOWN).findings
    assert (row, field, kind, suggestion, severity) in {
        (each.row, each.field, each.kind.value, each.suggestion, each.severity.value) for each in found
    }


def test_unusual_but_right_rows_are_left_in_peace() -> None:
    report = check_file(HERE / "right.csv", "right.csv", KNOWN)
    assert report.rows >= 40
    assert (report.findings, report.duplicates, report.ok) == ([], [], report.rows)


def test_every_row_is_counted_once() -> None:
    report = check_file(HERE / "dirty.csv", "dirty.csv", KNOWN)
    told = report.as_json()
    flawed = {each["row"] for each in told["rows_with_findings"]}
    assert told["rows"] == told["ok"] + len(flawed) == 45
    assert told["totals"]["rows_with_findings"] == len(flawed)
    assert sum(told["totals"]["by_severity"].values()) == len(told["rows_with_findings"])
    assert sum(told["totals"]["by_kind"].values()) == len(told["rows_with_findings"])
    assert told["duplicates"] == [[3, 44]]


def test_the_command_prints_the_report_and_nothing_else(app: Flask, session: Session) -> None:
    ran = app.test_cli_runner().invoke(args=["customers", "check", str(HERE / "dirty.csv"), "--json"])
    told = json.loads(ran.stdout)
    assert set(told) == {"rows", "ok", "rows_with_findings", "duplicates", "totals"}
    keys = {"row", "field", "value", "kind", "suggestion", "severity"}
    assert all(set(each) == keys for each in told["rows_with_findings"])
    plain = app.test_cli_runner().invoke(args=["customers", "check", str(HERE / "dirty.csv")])
    assert "row 2 warning: mail mail_domain_typo" in plain.stdout


def test_a_file_that_is_none_is_refused_in_words(app: Flask, session: Session, tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    ran = app.test_cli_runner().invoke(args=["customers", "check", str(tmp_path / "broken.xlsx")])
    assert ran.exit_code == 1
    assert "cannot be read" in ran.stderr


def test_a_title_above_the_heading_does_not_move_the_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Liste des clients\n\nNom;Mail\n\nDurand;a@gmial.com\n")
    (found,) = check_file(path, "a.csv", KNOWN).findings
    assert (found.row, found.kind, found.severity) == (5, FindingKind.MAIL_DOMAIN_TYPO, Severity.WARNING)


def test_one_slip_among_many_right_dates_does_not_make_the_others_doubtful(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = ["13/04/1980", "25/12/1981", "31/01/1982", "03/04/1983", "12/31/1984"]
    path.write_text("Mail;Né le\n" + "".join(f"a{n}@free.fr;{day}\n" for n, day in enumerate(days)))
    found = check_file(path, "a.csv", KNOWN).findings
    assert [(each.row, each.kind, each.suggestion) for each in found] == [
        (6, FindingKind.DATE_AMBIGUOUS, "1984-12-31")
    ]


def test_the_column_decides_whether_the_month_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Mail;Birthday\na@free.fr;03/04/1983\nb@free.fr;12/31/1984\nc@free.fr;01/25/1984\n")
    assert check_file(path, "a.csv", KNOWN).findings == []


def test_the_files_own_domains_teach_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"a{n}@maison-dubois.fr" for n in range(12)] + ["b@maison-dubios.fr", "c@maison-duval.fr"]
    path.write_text("Mail\n" + "\n".join(rows) + "\n")
    (found,) = check_file(path, "a.csv", KNOWN).findings
    assert (found.value, found.suggestion) == ("b@maison-dubios.fr", "b@maison-dubois.fr")
