"""What files of strangers taught: headings abroad, totals, rare names, letters misread, dates written both ways."""

from datetime import date
from pathlib import Path

import pytest

from hub.customers.hygiene.belonging import contradicts
from hub.customers.hygiene.checking import check_row
from hub.customers.hygiene.columns import match_columns
from hub.customers.hygiene.damage import mend_letters
from hub.customers.hygiene.doubles import Doubles
from hub.customers.hygiene.files import open_table
from hub.customers.hygiene.findings import Field, FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mails import check_mail
from hub.customers.hygiene.names import check_name
from hub.customers.hygiene.phones import check_phone
from hub.customers.hygiene.places import check_postcode
from hub.customers.hygiene.report import check_file

KNOWN = Known(today=date(2026, 11, 22))
ABROAD = [
    ["Anrede", "Nachname", "Vorname", "E-Mail-Adresse", "Handynummer", "Geburtsdatum", "PLZ", "Ort", "Firma"],
    [
        "Tratamiento",
        "Apellidos",
        "Nombre",
        "Correo electrónico",
        "Móvil",
        "Fecha de nacimiento",
        "Código postal",
        "Ciudad",
        "Empresa",
    ],
    [
        "Aanhef",
        "Achternaam",
        "Voornaam",
        "E-mailadres",
        "Mobiel",
        "Geboortedatum",
        "Postcode",
        "Plaats",
        "Bedrijf",
    ],
]
FIELDS = [
    Field.TITLE,
    Field.LAST_NAME,
    Field.FIRST_NAME,
    Field.MAIL,
    Field.MOBILE,
    Field.BIRTH_ON,
    Field.POSTCODE,
    Field.TOWN,
    Field.COMPANY,
]


@pytest.mark.parametrize("headings", ABROAD)
def test_headings_of_other_languages(headings: list[str]) -> None:
    assert match_columns(headings, []) == dict(enumerate(FIELDS))


def test_headings_again_and_totals_are_counted_but_are_no_customers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Nom;Prénom;E-mail;Achats\nDurand;Anne;a@free.fr;3\nNom;Prénom;E-mail;Achats\nTotal;;;3\nNombre de clients : 1;;;\n"
    )
    report = check_file(path, "a.csv", KNOWN)
    told = [(each.row, each.kind, each.severity) for each in report.findings]
    assert told == [(row, FindingKind.NO_CUSTOMER, Severity.ERROR) for row in (3, 4, 5)]
    assert (report.rows, report.ok) == (4, 1)


def test_a_customer_called_total_is_one() -> None:
    row = {Field.LAST_NAME: "Total", Field.FIRST_NAME: "Anne", Field.MAIL: "anne.total@free.fr"}
    assert check_row(2, row, KNOWN)[1] == []


@pytest.mark.parametrize(
    ("first", "last", "mail", "is_name"),
    [
        ("Jennifer", "Null", "jennifer.null@gmail.com", True),
        ("Anne", "Null", "anne@gmail.com", True),
        ("Benoît", "Test", "b.test@orange.fr", True),
        ("Anne", "NULL", "anne@gmail.com", False),
        ("Anne", "test", "anne@gmail.com", False),
        ("test", "test", "test@test.fr", False),
    ],
)
def test_null_is_a_name_when_something_speaks_for_it(first: str, last: str, mail: str, is_name: bool) -> None:
    row = {Field.FIRST_NAME: first, Field.LAST_NAME: last, Field.MAIL: mail}
    kinds = {each.kind for each in check_row(2, row, KNOWN)[1]}
    assert (FindingKind.PLACEHOLDER not in kinds) is is_name


@pytest.mark.parametrize(
    ("first", "last", "mail", "found"),
    [
        ("Paul", "Mairie", "paul.mairie@orange.fr", set()),
        ("Céline", "Madame", "c.madame@gmail.com", set()),
        ("Paul", "MAIRIE", "paul.mairie@orange.fr", {FindingKind.NAME_CASE}),
        ("Paul", "Mairie", "contact@orange.fr", {FindingKind.NAME_COMPANY}),
        ("Saint-Loup", "Mairie", "mairie.saint-loup@orange.fr", {FindingKind.NAME_COMPANY}),
        ("", "Mairie", "mairie@orange.fr", {FindingKind.NAME_COMPANY}),
        ("Paul", "Mairie de Lyon", "paul.mairie@orange.fr", {FindingKind.NAME_COMPANY}),
        ("Céline", "Madame", "celine.roux@gmail.com", {FindingKind.NAME_TITLE}),
    ],
)
def test_mairie_and_madame_are_surnames_where_the_mail_is_made_of_both_names(
    first: str, last: str, mail: str, found: set[FindingKind]
) -> None:
    row = {Field.FIRST_NAME: first, Field.LAST_NAME: last, Field.MAIL: mail}
    clean, findings = check_row(2, row, KNOWN)
    kinds = {each.kind for each in findings}
    assert kinds & {FindingKind.NAME_CASE, FindingKind.NAME_COMPANY, FindingKind.NAME_TITLE} == found
    assert clean[Field.LAST_NAME] == (
        "" if FindingKind.NAME_TITLE in found else last.replace("MAIRIE", "Mairie")
    )


def test_a_picture_is_no_part_of_a_name() -> None:
    (found,) = check_name("Loïc 😀", Field.FIRST_NAME).found
    assert (found.kind, found.suggestion) == (FindingKind.NAME_ODD, "Loïc")


def test_a_domain_made_of_the_beginnings_of_the_name() -> None:
    assert not contradicts("socgen.com", "Société Générale")
    assert not contradicts("edf.fr", "Électricité de France")
    assert not contradicts("ca-paris.fr", "Crédit Agricole")
    assert not contradicts("pwc.com", "PricewaterhouseCoopers")
    assert contradicts("ibm.com", "Transports Vasseur")
    assert contradicts("socgen.com", "Société Marseillaise")


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("FrÃšre", "Frère"),
        ("JÃŽrÃŽme", "Jôrôme"),
        ("Ã‰lise", "Élise"),
        ("ÃŽle", "Île"),
        ("HÃ©lÃ¨ne", "Hélène"),
    ],
)
def test_letters_misread_by_one_encoding_or_another(damaged: str, meant: str) -> None:
    assert mend_letters(damaged) == meant


def test_a_single_letter_tells_the_encoding_by_its_place_in_the_word(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for encoding in ("cp850", "mac-roman", "cp1252"):
        path.write_bytes("Nom;Prenom\nDurand;Zoé\n".encode(encoding))
        assert [row for _, row in open_table(path, "a.csv").numbered()] == [["Durand", "Zoé"]]


def test_a_space_behind_each_separator_belongs_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Nom; Mail; Ville\nDurand; a@free.fr; "Aix; Est"\n')
    assert [row for _, row in open_table(path, "a.csv").numbered()] == [["Durand", "a@free.fr", "Aix; Est"]]


def test_letters_that_look_like_digits_in_a_post_code() -> None:
    (found,) = check_postcode("69OO3", "Lyon", "FR", KNOWN).found
    assert (found.kind, found.suggestion) == (FindingKind.POSTCODE_SYNTAX, "69003")


def test_in_a_column_written_both_ways_each_doubt_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = ["13/04/1980", "14/04/1981", "05/23/1984", "12/05/78"]
    path.write_text("Mail;Né le\n" + "".join(f"a{n}@free.fr;{day}\n" for n, day in enumerate(days)))
    told = [
        (each.row, each.kind.value, each.suggestion) for each in check_file(path, "a.csv", KNOWN).findings
    ]
    assert told == [
        (4, "date_ambiguous", "1984-05-23"),
        (5, "date_ambiguous", "1978-05-12"),
        (5, "date_short_year", "1978-05-12"),
    ]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("06 12 34 56 7", FindingKind.PHONE_TOO_SHORT),
        ("06 12 34 56 78 9", FindingKind.PHONE_TOO_LONG),
        ("1234567890", FindingKind.PHONE_PREFIX),
        ("00 99 12 34 56 78", FindingKind.PHONE_PREFIX),
    ],
)
def test_a_number_dialled_at_home_is_measured_as_one(given: str, kind: FindingKind) -> None:
    assert [each.kind for each in check_phone(given).found] == [kind]


@pytest.mark.parametrize(
    ("given", "meant"), [("www.anne@free.fr", "anne@free.fr"), ("anne@free-fr", "anne@free.fr")]
)
def test_two_more_slips_in_addresses(given: str, meant: str) -> None:
    assert [each.suggestion for each in check_mail(given, KNOWN).found] == [meant]


@pytest.mark.parametrize(
    ("one", "other"), [("Le Gall", "Legall"), ("de La Tour", "Delatour"), ("O'Brien", "Obrien")]
)
def test_a_particle_written_apart_or_not_is_one_name(one: str, other: str) -> None:
    doubles = Doubles()
    for number, name in enumerate((one, other, "Galle")):
        row = {Field.FIRST_NAME: "Yann", Field.LAST_NAME: name, Field.POSTCODE: "29200"}
        doubles.see(number, row)
    assert doubles.groups() == [[0, 1]]
