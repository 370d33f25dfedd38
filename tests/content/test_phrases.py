"""Values in words, French and English."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.content import phrases

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 10, 3, tzinfo=PARIS)  # a Tuesday


@pytest.mark.parametrize(
    ("title", "first", "last", "french", "english"),
    [
        ("madam", "Dora", "Lefèvre", "Bonjour Madame Lefèvre", "Dear Ms Lefèvre"),
        ("sir", None, "LE GALL", "Bonjour Monsieur LE GALL", "Dear Mr LE GALL"),
        (None, "Dora", "Lefèvre", "Bonjour Dora", "Hello Dora"),
        (None, " Anne  Marie ", None, "Bonjour Anne Marie", "Hello Anne Marie"),
        ("madam", "Dora", "", "Bonjour Dora", "Hello Dora"),
        ("madam", None, None, "Bonjour Madame", "Hello"),
        (None, None, "Lefèvre", "Bonjour", "Hello"),
        (None, "", "", "Bonjour", "Hello"),
        (None, "   ", "-", "Bonjour", "Hello"),
        ("madam", "x", "dora@client.example", "Bonjour x", "Hello x"),
        (None, "Gagnez 100 €", None, "Bonjour", "Hello"),
        (None, "www.spam.example", None, "Bonjour", "Hello"),
        (None, "O’Neil D'Arc-Élie", None, "Bonjour O’Neil D'Arc-Élie", "Hello O’Neil D'Arc-Élie"),
    ],
)
def test_salutation(
    title: str | None, first: str | None, last: str | None, french: str, english: str
) -> None:
    assert phrases.salutation(title, first, last, "fr") == french
    assert phrases.salutation(title, first, last, "en") == english


@settings(deadline=None)
@given(first=st.none() | st.text(max_size=60), last=st.none() | st.text(max_size=60))
def test_a_salutation_is_never_half_empty(first: str | None, last: str | None) -> None:
    said = phrases.salutation(None, first, last, "fr")
    assert said.startswith("Bonjour")
    assert said == " ".join(said.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour Madame,\nvoici", True),
        ("  bonsoir", True),
        ("Chère Madame Lefèvre", True),
        ("Dear Ms Lefèvre", True),
        ("Hi Dora", True),
        ("Votre lampe part demain.", False),
        ("Highlighting the issue", False),
        ("", False),
    ],
)
def test_begins_with_greeting(text: str, expected: bool) -> None:
    assert phrases.begins_with_greeting(text) is expected


@pytest.mark.parametrize(
    ("due", "french", "english"),
    [
        (NOW.replace(hour=17, minute=0), "aujourd’hui avant 17 h", "today before 5 pm"),
        (NOW.replace(hour=12, minute=0), "aujourd’hui avant 12 h", "today before noon"),
        (NOW.replace(hour=14, minute=1), "aujourd’hui avant 14 h 15", "today before 2:15 pm"),
        (NOW.replace(hour=23, minute=50), "aujourd’hui avant 23 h 50", "today before 11:50 pm"),
        (NOW + timedelta(days=1, minutes=27), "demain avant 10 h 30", "tomorrow before 10:30 am"),
        (NOW.replace(day=28, minute=0), "samedi avant 10 h", "on Saturday before 10 am"),
        (datetime(2026, 12, 1, 9, 0, tzinfo=PARIS), "le 1er décembre avant 9 h", "on 1 December before 9 am"),
        (
            datetime(2026, 12, 11, 9, 0, tzinfo=PARIS),
            "le 11 décembre avant 9 h",
            "on 11 December before 9 am",
        ),
        (NOW, "", ""),
        (NOW - timedelta(hours=1), "", ""),
    ],
)
def test_expected_reply(due: datetime, french: str, english: str) -> None:
    assert phrases.expected_reply_in_words(due, NOW, "fr") == french
    assert phrases.expected_reply_in_words(due, NOW, "en") == english


@settings(deadline=None)
@given(minutes=st.integers(min_value=1, max_value=60 * 24 * 40))
def test_the_promised_time_is_never_before_the_due_time(minutes: int) -> None:
    due = NOW + timedelta(minutes=minutes)
    rounded = phrases._next_quarter(due)
    assert due <= rounded < due + timedelta(minutes=15)


def test_days_hours_durations_money() -> None:
    assert phrases.day_in_words(date(2026, 11, 12), "fr") == "12 novembre 2026"
    assert phrases.day_in_words(date(2026, 3, 1), "fr") == "1er mars 2026"
    assert phrases.day_in_words(date(2026, 3, 1), "en") == "1 March 2026"
    moment = datetime(2026, 11, 20, 18, 42, tzinfo=UTC)
    assert phrases.moment_in_words(moment, "fr") == "20 novembre 2026 à 18 h 42"
    assert phrases.moment_in_words(moment, "en") == "20 November 2026 at 6:42 pm"
    assert phrases.duration_in_words(7 * 86_400, "fr") == "7 jours"
    assert phrases.duration_in_words(3_600, "fr") == "1 heure"
    assert phrases.duration_in_words(5_400, "fr") == "90 minutes"
    assert phrases.duration_in_words(48 * 3_600, "fr") == "2 jours"
    assert phrases.duration_in_words(7 * 86_400, "en") == "7 days"
    assert (
        phrases.money_in_words(123_456, "EUR", "fr").replace("\u202f", " ").replace("\xa0", " ")
        == "1 234,56 €"
    )
    assert phrases.money_in_words(3_900, "EUR", "en") == "€39.00"


def test_social_values() -> None:
    links = [
        "https://www.instagram.com/verel",
        "https://fr.linkedin.com/company/verel",
        "https://facebook.com.evil.example/x",
        "https://www.facebook.com/verel",
        "nonsense",
    ]
    assert phrases.social_values(links) == {
        "instagram_url": "https://www.instagram.com/verel",
        "linkedin_url": "https://fr.linkedin.com/company/verel",
        "facebook_url": "https://www.facebook.com/verel",
    }
