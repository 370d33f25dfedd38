"""What people type about stores: forgiving where it is clear, a sentence where it is not."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.stores import forms
from hub.stores.rules import Range
from hub.stores.words import Territory

TWO = (Range(time(9), time(12, 30)), Range(time(14), time(19)))


@pytest.mark.parametrize(
    "text",
    [
        "09:00-12:30, 14:00-19:00",
        "9h-12h30 14h-19h",
        "9 h - 12h30 / 14 h - 19 h",
        "9-12:30;14-19",
        "14:00–19:00 et 9h à 12h30",
        "9.00 to 12.30 and 14.00 to 19.00",
    ],
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert forms.parse_ranges(text, field="day_0") == TWO


@pytest.mark.parametrize("text", ["", "  ", "Fermé", "closed", "-"])
def test_a_closed_day_has_no_range(text: str) -> None:
    assert forms.parse_ranges(text, field="day_0") == ()


@pytest.mark.parametrize(
    "text", ["25:00-26:00", "9:75-10:00", "12:00-9:00", "9-12, 11-14", "20:00-24:00, 22-23", "morning", "9h"]
)
def test_hours_that_make_no_sense_name_their_field(text: str) -> None:
    with pytest.raises(Invalid) as error:
        forms.parse_ranges(text, field="day_3")
    assert error.value.field == "day_3"


def test_midnight_ends_the_day() -> None:
    assert forms.parse_ranges("20:00-24:00", field="x") == (Range(time(20), time(0)),)
    assert forms.format_ranges((Range(time(20), time(0)),)) == "20:00-24:00"


@given(st.lists(st.integers(0, 1439), min_size=2, max_size=8, unique=True))
def test_what_is_shown_can_be_read_back(marks: list[int]) -> None:
    times = [time(mark // 60, mark % 60) for mark in sorted(marks)]
    ranges = tuple(Range(*pair) for pair in zip(times[::2], times[1::2], strict=False))
    assert forms.parse_ranges(forms.format_ranges(ranges), field="x") == ranges


@given(st.text(max_size=40))
def test_any_text_is_hours_or_invalid(text: str) -> None:
    with suppress(Invalid):
        assert isinstance(forms.parse_ranges(text, field="x"), tuple)


def test_phones_are_kept_in_one_form() -> None:
    assert forms.clean_phone("04 72 00 00 01", Territory.METROPOLE) == "+33472000001"
    assert forms.clean_phone("0262 12 34 56", Territory.REUNION) == "+262262123456"
    assert forms.clean_phone("02 512 34 56", Territory.BELGIUM) == "+3225123456"
    assert forms.clean_phone("", Territory.METROPOLE) is None
    with pytest.raises(Invalid):
        forms.clean_phone("12", Territory.METROPOLE)


def test_addresses_are_complete_or_refused() -> None:
    assert forms.clean_url("www.verel.example/avis", field="x") == "https://www.verel.example/avis"
    assert forms.clean_url("", field="x") is None
    for wrong in ("javascript://www.a.example", "nowhere", "ftp://a.example"):
        with pytest.raises(Invalid):
            forms.clean_url(wrong, field="x")
    with pytest.raises(Invalid):
        forms.clean_mail("ada@", field="x")
    with pytest.raises(Invalid):
        forms.clean_word("Lyon Centre", field="slug")
    with pytest.raises(Invalid):
        forms.clean_word("postmaster", field="mailbox")
    assert forms.clean_word("postmaster", field="slug") == "postmaster"


def test_the_time_zone_follows_from_the_territory() -> None:
    assert forms.clean_time_zone("", Territory.REUNION) == "Indian/Reunion"
    assert set(forms.TIME_ZONES) == set(Territory)
    with pytest.raises(Invalid):
        forms.clean_time_zone("Mars/Olympus", Territory.METROPOLE)
