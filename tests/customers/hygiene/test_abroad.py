"""Rows of people abroad in files without a column of countries; slips and domains that look like one."""

from datetime import date

import pytest

from hub.customers.hygiene.checking import check_row
from hub.customers.hygiene.findings import FindingKind, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mails import check_mail

KNOWN = Known(today=date(2026, 3, 3))


def postcode_of(code: str, **others: str) -> tuple[str, list[Severity]]:
    values, findings = check_row(2, {"postcode": code, **others}, KNOWN)
    kinds = {FindingKind.POSTCODE_SYNTAX, FindingKind.POSTCODE_LOST_ZERO, FindingKind.POSTCODE_TOWN}
    return values["postcode"], [each.severity for each in findings if each.kind in kinds]


@pytest.mark.parametrize(
    ("code", "others"),
    [
        ("D02 AF30", {"phone": "+353 1 234 5678"}),
        ("D02 AF30", {"mail": "a@client.ie"}),
        ("00184", {"phone": "+39 06 6982 1234", "town": "Roma"}),
        ("101000", {"mobile": "+7 912 345 67 89"}),
        ("1100-148", {"phone": "00351 21 123 4567"}),
        ("SW1A 1AA", {"phone": "+44 20 7946 0958", "mail": "a@client.co.uk"}),
        ("00100", {"phone": "+358 40 1234567"}),
        ("1000", {"phone": "+32 2 123 45 67"}),
    ],
)
def test_a_post_code_abroad_is_right_when_the_row_says_where(code: str, others: dict[str, str]) -> None:
    assert postcode_of(code, **others) == (code, [])


def test_what_is_written_as_elsewhere_is_a_notice_and_what_says_france_is_judged_as_french() -> None:
    assert postcode_of("SW1A 1AA") == ("SW1A 1AA", [Severity.NOTICE])
    assert postcode_of("00184") == ("", [Severity.ERROR])
    assert postcode_of("00184", phone="06 12 34 56 78", mail="a@client.it") == ("", [Severity.ERROR])
    assert postcode_of("6900", phone="+33 6 12 34 56 78")[1] != []
    assert postcode_of("69003", mail="a@client.be", town="Lyon") == ("69003", [])


@pytest.mark.parametrize(
    ("domain", "meant"),
    [("gmial.fr", "gmail.com"), ("gamil.fr", "gmail.com"), ("bbbox.fr", "bbox.fr"), ("srf.fr", "sfr.fr")],
)
def test_slips_of_french_endings(domain: str, meant: str) -> None:
    (found,) = check_mail(f"anne@{domain}", KNOWN).found
    assert (found.kind, found.suggestion) == (FindingKind.MAIL_DOMAIN_TYPO, f"anne@{meant}")


def test_a_provider_that_looks_like_another_is_none() -> None:
    assert check_mail("anne@online.fr", KNOWN).found == []
