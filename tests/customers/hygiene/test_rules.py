"""The rules one by one: typing slips, traps of right domains, phones, names, dates, places; and what holds for any text."""

import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.customers.hygiene.belonging import contradicts
from hub.customers.hygiene.checking import check_row
from hub.customers.hygiene.damage import mend_letters
from hub.customers.hygiene.dates import check_date
from hub.customers.hygiene.findings import Field, FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mails import check_mail
from hub.customers.hygiene.names import check_name, is_swapped, split_full_name
from hub.customers.hygiene.phones import check_phone
from hub.customers.hygiene.places import check_country, check_postcode
from hub.customers.rules import normalise_phone

TODAY = date(2026, 11, 22)
KNOWN = Known(today=TODAY)
SLIPS = """
    yahho.fr>yahoo.fr gmial.com>gmail.com orange.frr>orange.fr hotmial.com>hotmail.com wanadoo.f>wanadoo.fr
    gmail.con>gmail.com outlok.fr>outlook.fr laposte.nte>laposte.net free.f>free.fr sfr.frr>sfr.fr gmail.cmo>gmail.com
    gmail.fr>gmail.com gmaill.com>gmail.com gnail.com>gmail.com gmail.co>gmail.com gmail.comm>gmail.com iclod.com>icloud.com
    wannadoo.fr>wanadoo.fr wandoo.fr>wanadoo.fr hormail.com>hotmail.com hotmai.fr>hotmail.fr hotmail.ft>hotmail.fr
    outlook.f>outlook.fr oragne.fr>orange.fr ornage.fr>orange.fr 0range.fr>orange.fr lapsote.net>laposte.net
    laposte.ne>laposte.net protonmial.com>protonmail.com bbox.rf>bbox.fr live.frr>live.fr yaho.com>yahoo.com
    numericabel.fr>numericable.fr club-intenet.fr>club-internet.fr skyynet.be>skynet.be gmx.ed>gmx.de gmial.con>gmail.com
    hotmail.fr.fr>hotmail.fr boulangerie.frr>boulangerie.fr
""".split()  # noqa: SIM905 - a table reads better
RIGHT = """
    gmx.fr mail.fr frei.fr me.com qq.com ya.ru sfr.fr gmx.net live.be ymail.com rocketmail.com hotmail.be neuf.fr noos.fr bbox.fr
    numericable.fr aliceadsl.fr club-internet.fr cegetel.net protonmail.ch proton.me icloud.com gmx.de web.de t-online.de
    libero.it telenet.be skynet.be bluewin.ch orangina.fr oranges.fr orange.com orange.be orane.fr orage.fr hotmaille.fr
    orangerie.fr free.com yahoo.it live.nl hey.com pm.me laposte.fr mel.fr grail.com freed.fr freebox.fr tree.fr fred.fr life.fr
    gmail.de mailo.fr outlook.pt aol.fr sfr.re only.fr mac.fr box.fr viola.fr email.fr hotel.fr museum.paris mairie.bzh
    shop.corsica yahoo.co.uk yahoo.com.br live.com.pt éléphant.fr exämple.de сайт.рф ouest-france.fr x.com
""".split()  # noqa: SIM905 - a table reads better


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_of_the_domain_is_told_with_what_was_meant(slip: str) -> None:
    wrong, _, meant = slip.partition(">")
    (found,) = check_mail(f"anne.morel@{wrong}", KNOWN).found
    assert (found.kind, found.suggestion) == (FindingKind.MAIL_DOMAIN_TYPO, f"anne.morel@{meant}")
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize("domain", RIGHT)
def test_a_right_domain_is_never_corrected(domain: str) -> None:
    assert check_mail(f"anne.morel@{domain}", KNOWN).found == []


def test_a_domain_many_use_is_right_and_teaches() -> None:
    learnt = Known(today=TODAY, domains={"orang3.fr": 12, "maison-dubois.fr": 40})
    assert check_mail("a@orang3.fr", learnt).found == []
    assert check_mail("a@maison-dubios.fr", learnt).found[0].suggestion == "a@maison-dubois.fr"
    assert check_mail("a@gmial.com", Known(today=TODAY, domains={"gmial.com": 50})).found


def test_a_company_called_like_its_domain_overrules_the_slip() -> None:
    alone = check_row(2, {"mail": "a@ofange.fr"}, KNOWN)[1]
    beside = check_row(2, {"mail": "a@ofange.fr", "company": "Ofange SAS"}, KNOWN)[1]
    assert (len(alone), beside) == (1, [])


@pytest.mark.parametrize(
    ("given", "kind", "suggestion"),
    [
        ("jean.dupontgmail.com", "mail_at_missing", "jean.dupont@gmail.com"),
        ("jean.dupont#free.fr", "mail_at_missing", "jean.dupont@free.fr"),
        ("jean", "mail_at_missing", None),
        ("jean@gmailcom", "mail_dot_missing", "jean@gmail.com"),
        ("jean@orange", "mail_dot_missing", "jean@orange.fr"),
        ("jean@gmail,com", "mail_syntax", "jean@gmail.com"),
        ("jean@@gmail.com", "mail_syntax", "jean@gmail.com"),
        ("jean@gmail..com", "mail_syntax", "jean@gmail.com"),
        ("jean.@free.fr", "mail_syntax", "jean@free.fr"),
        ("je..an@free.fr", "mail_syntax", "je.an@free.fr"),
        ("Jean <jean@free.fr>", "mail_syntax", "jean@free.fr"),
        ("jean(at)free.fr", "mail_syntax", "jean@free.fr"),
        ("jean @free.fr", "mail_spaces", "jean@free.fr"),
        ("a@b.fr; c@d.fr", "mail_several", "a@b.fr"),
        ("hélène@gmail.com", "mail_accent", "helene@gmail.com"),
        ("aaa@aaa.fr", "placeholder", ""),
        ("noreply@acme.fr", "mail_role", None),
    ],
)
def test_addresses_are_mended_where_it_is_clear(given: str, kind: str, suggestion: str | None) -> None:
    (found,) = check_mail(given, KNOWN).found
    assert (found.kind.value, found.suggestion) == (kind, suggestion)


def test_international_addresses_are_addresses() -> None:
    for address in ("用户@例子.广告", "josé@exämple.de", "δοκιμή@παράδειγμα.gr"):
        assert check_mail(address, KNOWN).found == []


def test_the_dns_is_asked_only_when_it_is_on() -> None:
    off = check_mail("a@acme-dupont.fr", KNOWN).found
    on = check_mail("a@acme-dupont.fr", Known(today=TODAY, has_mail_server=lambda _: False)).found
    assert (off, [each.kind for each in on]) == ([], [FindingKind.MAIL_NO_SERVER])


@pytest.mark.parametrize(
    ("domain", "company", "is_other"),
    [
        ("acme.fr", "Boulangerie Martin", True),
        ("boulangerie-martin.fr", "Boulangerie Martin", False),
        ("sncf.fr", "Société Nationale des Chemins de Fer", False),
        ("mail.acme.co.uk", "ACME Ltd", False),
        ("gmail.com", "Boulangerie Martin", False),
        ("axa.fr", "AXA France", False),
    ],
)
def test_a_domain_that_contradicts_the_company(domain: str, company: str, is_other: bool) -> None:
    assert contradicts(domain, company) is is_other


@pytest.mark.parametrize(
    ("given", "kept", "kinds"),
    [
        ("06..12..34.56.78", "+33612345678", []),
        ("+33 (0)6 12 34 56 78", "+33612345678", []),
        ("0033 6 12 34 56 78", "+33612345678", []),
        ("612345678", "+33612345678", ["phone_lost_zero"]),
        ("612345678.0", "+33612345678", ["phone_lost_zero"]),
        ("3.3612345678E+10", "+33612345678", ["phone_scientific"]),
        ("3.36123E+10", "", ["phone_scientific"]),
        ("06 12 34 56 7O", "", ["phone_syntax"]),
        ("06 12 34 56", "", ["phone_too_short"]),
        ("06 12 34 56 78 9", "", ["phone_too_long"]),
        ("00 12 34 56 78", "", ["phone_prefix"]),
        ("06 12 34 56 78 / 07 68 12 34 56", "+33612345678", ["phone_several"]),
        ("32470123456", "+32470123456", ["phone_foreign"]),
        ("+32 470 12 34 56", "+32470123456", []),
        ("0692 12 34 56", "+262692123456", []),
        ("0899 123 456", "+33899123456", ["phone_prefix"]),
        ("0000000000", "", ["placeholder"]),
    ],
)
def test_phones(given: str, kept: str, kinds: list[str]) -> None:
    check = check_phone(given)
    assert (check.kept, [each.kind.value for each in check.found]) == (kept, kinds)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("jean dupont", "Jean Dupont"),
        ("DE LA TOUR", "de La Tour"),
        ("O'BRIEN", "O'Brien"),
        ("MARTIN-DUPUIS", "Martin-Dupuis"),
        ("GISCARD D'ESTAING", "Giscard d'Estaing"),
        ("VAN DER BERG", "van der Berg"),
        ("'T HOOFT", "'t Hooft"),
        ("JEAN-PAUL II", "Jean-Paul II"),
        ("N'DIAYE", "N'Diaye"),
        ("ÉLODIE", "Élodie"),
    ],
)
def test_names_get_the_capitals_they_have(given: str, kept: str) -> None:
    check = check_name(given, Field.LAST_NAME)
    assert (check.kept, [each.kind for each in check.found]) == (kept, [FindingKind.NAME_CASE])


@pytest.mark.parametrize(
    "name",
    [
        "McDonald",
        "d'Estaing",
        "van der Berg",
        "le Goff",
        "Le Goff",
        "Ng",
        "O",
        "Xi",
        "'t Hooft",
        "ЕЛЕНА",
        "李",
        "محمد",
        "JP",
        "J.-P.",
        "de Gaulle",
        "M'Bappé",
        "Sas",
        "Garage",
        "Earl",
        "Sa",
        "Abd-El-Kader",
        "Ste-Marie",
        "D'Angelo",
        "Maître",
        "Boulanger",
        "Martin Luther King, Jr.",
        "Na",
    ],
)
def test_unusual_names_are_left_alone(name: str) -> None:
    values = {"last_name": name, "mail": "a@free.fr"}
    assert check_row(2, values, KNOWN) == (values, [])


@pytest.mark.parametrize(
    ("first", "last", "is_wrong"),
    [
        ("Dupont", "Jean", True),
        ("LEMAIRE", "Nathalie", True),
        ("Lefebvre", "Céline", True),
        ("Jean", "Martin", False),
        ("Martin", "Jean", False),
        ("Kim", "Sophie", False),
        ("Camille", "Thomas", False),
        ("Zbigniew", "Paul", False),
        ("Ng", "Sophie", False),
    ],
)
def test_names_are_swapped_only_when_much_speaks_for_it(first: str, last: str, is_wrong: bool) -> None:
    assert is_swapped(first, last) is is_wrong


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("Jean DUPONT", ("Jean", "DUPONT")),
        ("DUPONT Jean", ("Jean", "DUPONT")),
        ("Dupont, Jean", ("Jean", "Dupont")),
        ("M. Jean de La Tour", ("Jean", "de La Tour")),
        ("Madonna", ("", "Madonna")),
    ],
)
def test_a_full_name_is_split(given: str, parts: tuple[str, str]) -> None:
    assert split_full_name(given) == parts


@pytest.mark.parametrize(
    ("given", "kept", "kinds"),
    [
        ("31/12/1980", "1980-12-31", []),
        ("1er janvier 1980", "1980-01-01", []),
        ("March 3, 1975", "1975-03-03", []),
        ("19801231", "1980-12-31", []),
        ("1980-12-31 00:00:00", "1980-12-31", []),
        ("29524", "1980-10-30", ["date_serial"]),
        ("31/12/80", "1980-12-31", ["date_short_year"]),
        ("29/02/2001", "", ["date_impossible"]),
        ("31/12/2065", "", ["date_future"]),
        ("01/01/1890", "1890-01-01", ["date_too_old"]),
        ("01/01/2022", "2022-01-01", ["date_too_young"]),
        ("hier", "", ["date_unreadable"]),
    ],
)
def test_dates(given: str, kept: str, kinds: list[str]) -> None:
    check = check_date(given, today=TODAY)
    assert (check.kept, [each.kind.value for each in check.found]) == (kept, kinds)


@pytest.mark.parametrize(
    ("code", "town", "country", "kept", "kinds"),
    [
        ("75001", "Paris", "FR", "75001", []),
        ("75001", "Lyon", "FR", "75001", ["postcode_town"]),
        ("59000", "Roubaix", "FR", "59000", ["postcode_town"]),
        ("69321", "Lyon Cedex 03", "FR", "69321", []),
        ("20000", "Ajaccio", "FR", "20000", []),
        ("97400", "Saint-Denis", "FR", "97400", []),
        ("93200", "ST DENIS", "FR", "93200", []),
        ("1000", "Bourg-en-Bresse", "FR", "01000", ["postcode_lost_zero"]),
        ("1000", "Bruxelles", "FR", "1000", []),
        ("7500", "Paris", "FR", "", ["postcode_syntax"]),
        ("99123", "", "FR", "", ["postcode_syntax"]),
        ("SW1A 1AA", "London", "GB", "SW1A 1AA", []),
        ("12", "Berlin", "DE", "12", ["postcode_syntax"]),
    ],
)
def test_post_codes(code: str, town: str, country: str, kept: str, kinds: list[str]) -> None:
    check = check_postcode(code, town, country, KNOWN)
    assert (check.kept, [each.kind.value for each in check.found]) == (kept, kinds)


def test_a_town_the_base_knows_at_a_code_is_right() -> None:
    learnt = Known(today=TODAY, towns={"75001": frozenset({"Lyon"})})
    assert check_postcode("75001", "Lyon", "FR", learnt).found == []


def test_countries_in_both_languages() -> None:
    names = ("France", "Belgique", "Germany", "UK", "Etats-Unis", "RÉUNION")
    assert [check_country(name).kept for name in names] == ["FR", "BE", "DE", "GB", "US", "RE"]
    assert check_country("Frnace").found[0].suggestion == "FR"


def test_damaged_letters_are_mended() -> None:
    for text in ("Élodie", "Lefèvre", "Œuvre", "L’Hôte", "Müller", "à"):
        assert mend_letters(
            text.encode().decode("cp1252", "replace")
        ) == text or "\ufffd" in text.encode().decode("cp1252", "replace")
    assert mend_letters("São Paulo Âge") == "São Paulo Âge"


def test_a_yes_needs_its_evidence() -> None:
    said = {"mail": "a@free.fr", "consent_email": "oui", "consent_at": "", "consent_source": ""}
    assert [each.kind for each in check_row(2, said, KNOWN)[1]] == [FindingKind.CONSENT_EVIDENCE]
    proven = said | {"consent_at": "12/05/2024", "consent_source": "boutique"}
    assert check_row(2, proven, KNOWN)[1] == []
    assert check_row(2, said, Known(today=TODAY, is_consent_known=True))[1] == []


ALPHABET = string.printable + "éèàçœÉ’\u00a0\u200b\ufeff\ufffdÃ©@.,;+ß漢Жع"
PIECES = [
    *(
        "M.",
        "Mme",
        "Dr",
        "SARL",
        "& Fils",
        "DUPONT",
        "jean",
        "DE",
        "LA",
        "VAN",
        "DER",
        "D'",
        "II",
        "-",
        "(",
        ")",
        "xxx",
        "n/a",
        "test",
    ),
    *(
        "@",
        "gmail",
        ".com",
        ".",
        ",",
        "gmial.com",
        "06",
        "12 34",
        "56 78",
        "+33",
        "(0)",
        "/",
        "E+10",
        "612345678",
        "1000",
        "75001",
    ),
    *(
        "Paris",
        "Lyon",
        "cedex",
        "31/12",
        "1980",
        "29524",
        " ",
        "\u00a0",
        "\n",
        "'",
        '"',
        "=",
        "Ã©",
        "oui",
        "non",
        "France",
    ),
]
JOINED = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
SPACED = st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join)
TEXTS = st.one_of(JOINED, SPACED, st.text(ALPHABET, max_size=40), st.text(max_size=25))
ROWS = st.dictionaries(st.sampled_from([*Field, "property:shop_size"]), TEXTS, max_size=8)


@given(ROWS)
@settings(max_examples=250, deadline=None)
def test_no_row_breaks_the_checks_and_cleaning_is_done_once(values: dict[str, str]) -> None:
    clean, findings = check_row(2, values, KNOWN)
    again, _ = check_row(2, clean, KNOWN)
    assert again == clean
    assert all(each.field in values or not each.field for each in findings)
    assert all("\x00" not in value for value in clean.values())


@given(st.from_regex(r"0[1-9]\d{8}", fullmatch=True))
@settings(max_examples=150, deadline=None)
def test_the_quick_way_to_a_french_number_agrees_with_the_slow_one(number: str) -> None:
    kept = check_phone(number).kept
    if kept:
        assert kept == normalise_phone(number)
