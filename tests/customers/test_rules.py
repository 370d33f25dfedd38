"""Addresses, names and the verdict, without a database."""

from datetime import timedelta

import pytest
from email_validator import EmailNotValidError, validate_email

from hub.core.errors import Invalid
from hub.customers import rules
from hub.customers.words import Standing
from tests.conftest import TUESDAY


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("jean dupont", "Jean Dupont"),
        ("  JEAN   DUPONT ", "Jean Dupont"),
        ("DE LA TOUR", "de La Tour"),
        ("o'brien", "O'Brien"),
        ("O’BRIEN", "O'Brien"),
        ("O'Brien", "O'Brien"),
        ("MARTIN-DUPUIS", "Martin-Dupuis"),
        ("jean-pierre", "Jean-Pierre"),
        ("élodie", "Élodie"),
        ("McDonald", "McDonald"),
        ("MCDONALD", "McDonald"),
        ("Anne de la Tour", "Anne de la Tour"),
        ("LE GALL", "Le Gall"),
        ("Jean DUPONT", "Jean Dupont"),
        ("", ""),
    ],
)
def test_names_get_ordinary_capitals(given: str, cleaned: str) -> None:
    assert rules.clean_name(given) == cleaned


@pytest.mark.parametrize(
    ("given", "country", "normal"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("0692 12 34 56", "FR", "+262692123456"),
        ("0690 12 34 56", "FR", "+590690123456"),
        ("0696 12 34 56", "FR", "+596696123456"),
        ("0694 12 34 56", "FR", "+594694123456"),
        ("0692 12 34 56", "RE", "+262692123456"),
        ("0612345678", "RE", "+33612345678"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("0476 12 34 56", "BE", "+32476123456"),
        ("06 39 98 12 34", "FR", "+33639981234"),
    ],
)
def test_phones_become_e164(given: str, country: str, normal: str) -> None:
    assert rules.normalise_phone(given, country) == normal


@pytest.mark.parametrize("given", ["", "12", "061234567", "hello", "00 00 00 00 00", "+33"])
def test_what_is_no_phone_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.normalise_phone(given)
    assert refusal.value.field == "phone"


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (" Dora.Lefevre@Client.Example ", "dora.lefevre@client.example"),
        ("jürgen@exämple.de", "jürgen@exämple.de"),
        ("a+b@c.fr", "a+b@c.fr"),
    ],
)
def test_mails_are_normalised(given: str, normal: str) -> None:
    assert rules.normalise_mail(given) == normal


@pytest.mark.parametrize(
    "given",
    ["Dora.L@Client.Example", "a..b@c.fr", "a@c..fr", "a@-c.fr", "a@c.arpa", "a@xn--exmple-cua.de", f"{'a' * 65}@c.fr",
     f"a@{'c' * 64}.fr", "a@c.f", "K@c.fr", "a@C.fr."],
)  # fmt: skip
def test_the_short_way_says_what_the_library_says(given: str) -> None:
    try:
        said = validate_email(given, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        said = ""
    for _twice in range(2):
        try:
            ours = rules.normalise_mail(given)
        except Invalid:
            ours = ""
        assert ours == said


@pytest.mark.parametrize("given", ["", "dora", "dora@", "@x.fr", "a b@c.fr", "x@yahoo..fr", "x@localhost"])
def test_what_is_no_mail_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.normalise_mail(given)
    assert refusal.value.field == "email"


def test_mobiles_are_told_from_landlines() -> None:
    assert rules.is_mobile("+33612345678")
    assert rules.is_mobile("+33639981234")
    assert not rules.is_mobile("+33472000001")
    assert not rules.is_mobile("+3363998")


@pytest.mark.parametrize("text", ["36111", "OVHcloud", "", "+", "0612345678", "+33"])
def test_what_is_no_number_is_no_mobile_and_is_shown_as_it_is(text: str) -> None:
    assert not rules.is_mobile(text)
    assert rules.show_phone(text) or not text


def test_phones_are_shown_as_people_read_them() -> None:
    assert rules.show_phone("+33612345678") == "06 12 34 56 78"
    assert rules.show_phone("+262692123456") == "+262 692 12 34 56"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (("Jean", "Dupont"), ("JEAN", "DUPONT"), True),
        (("Dupont", "Jean"), ("Jean", "Dupont"), True),
        (("Élodie", "Martin-Dupuis"), ("elodie", "martin dupuis"), True),
        (("Jean", "Dupont"), ("Anne", "Dupont"), False),
        (("", ""), ("Anne", "Dupont"), True),
    ],
)
def test_names_are_compared_without_accents_and_order(
    left: tuple[str, str], right: tuple[str, str], same: bool
) -> None:
    assert rules.is_same_name(left, right) is same


@pytest.mark.parametrize(
    ("count", "recent", "days_ago", "standing"),
    [
        (0, 0, None, Standing.PROSPECT),
        (1, 1, 10, Standing.NEW),
        (1, 1, 89, Standing.NEW),
        (1, 1, 90, Standing.OCCASIONAL),
        (2, 2, 10, Standing.OCCASIONAL),
        (3, 3, 10, Standing.LOYAL),
        (9, 2, 10, Standing.OCCASIONAL),
        (9, 3, 180, Standing.LAPSED),
    ],
)
def test_the_verdict_follows_the_stated_thresholds(
    count: int, recent: int, days_ago: int | None, standing: Standing
) -> None:
    last = None if days_ago is None else TUESDAY - timedelta(days=days_ago)
    buying = rules.Buying(count, recent, last, last)
    borders = rules.StandingBorders(
        year_after=TUESDAY - timedelta(days=365),
        new_after=TUESDAY - timedelta(days=90),
        lapsed_before=TUESDAY - timedelta(days=180),
        loyal_orders=3,
    )
    assert rules.choose_standing(buying, borders) is standing
