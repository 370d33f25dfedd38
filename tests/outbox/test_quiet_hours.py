"""Quiet hours over a whole year, in every territory, through both changes of the clock: what must hold at any moment."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.core.words import Channel, Purpose
from hub.outbox.places import HOME, Place, home_of, place_of, receiver_place
from hub.outbox.quiet_hours import MAIL_HOURS, SMS_HOURS, DayHours, lawful, next_allowed, usable
from hub.outbox.rules import Answer, ContactFacts, MessageFacts, Policy, decide, read_policy
from hub.outbox.words import BlockReason
from hub.stores.rules import is_public_holiday
from hub.stores.words import Territory
from tests.conftest import TUESDAY

ADDRESSES = {
    Territory.METROPOLE: ("FR", "69003"),
    Territory.ALSACE_MOSELLE: ("FR", "67000"),
    Territory.GUADELOUPE: ("FR", "97110"),
    Territory.MARTINIQUE: ("FR", "97200"),
    Territory.GUYANE: ("FR", "97300"),
    Territory.REUNION: ("FR", "97400"),
    Territory.MAYOTTE: ("FR", "97600"),
    Territory.BELGIUM: ("BE", "1000"),
    Territory.SWITZERLAND: ("CH", "1200"),
    Territory.LUXEMBOURG: ("LU", "1009"),
}
FAR = [("FR", "97500"), ("FR", "97133"), ("FR", "97150"), ("FR", "98600"), ("FR", "98713"), ("NC", "")]
PLACES = [place_of(*address) for address in (*ADDRESSES.values(), *FAR)]
CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))  # of Europe's clocks
YEAR = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59), timezones=st.just(UTC))  # noqa: DTZ001
CLOCK_CHANGES = st.builds(
    lambda at, away: at + away,
    st.sampled_from(CHANGES),
    st.timedeltas(timedelta(hours=-30), timedelta(hours=30)),
)
MOMENTS = YEAR | CLOCK_CHANGES
HOURS = st.builds(DayHours, st.integers(-2, 26), st.integers(-2, 30))  # any setting, sense or not


def is_open(hours: DayHours, place: Place, at: datetime, *, is_every_day: bool) -> bool:
    """The rule said once more in plain words, by the local hour."""
    local = at.astimezone(ZoneInfo(place.time_zone))
    rests = local.weekday() == 6 or is_public_holiday(place.territory, local.date())
    return hours.opens <= local.hour < hours.closes and (is_every_day or not rests)


def sms(purpose: Purpose, place: Place, now: datetime, hours: DayHours = SMS_HOURS) -> datetime:
    """When the gate lets an advertising SMS leave."""
    message = MessageFacts(Channel.SMS, purpose, "+33612345678", purpose)
    contact = ContactFacts(has_consent=True, place=place)
    found = decide(message, contact, Policy(sms_hours=hours), now)
    assert found.answer is Answer.NOW or found.reason is BlockReason.QUIET_HOURS
    return found.at or now


def test_every_territory_of_the_stores_has_its_place() -> None:
    assert {place_of(*address).territory for address in ADDRESSES.values()} == set(Territory)
    assert all(place_of(*address).territory == territory for territory, address in ADDRESSES.items())
    assert len({place.time_zone for place in PLACES}) == 15
    assert len({place.territory for place in PLACES}) == len(PLACES)


@given(st.sampled_from(PLACES), MOMENTS, st.booleans(), HOURS)
@example(PLACES[0], CHANGES[0], True, DayHours(2, 3))
@example(PLACES[0], CHANGES[1], True, DayHours(2, 3))
def test_property_the_moment_is_allowed_and_no_earlier_one_is(
    place: Place, now: datetime, is_every_day: bool, given_hours: DayHours
) -> None:
    hours = usable(given_hours) if is_every_day else lawful(given_hours)
    at = next_allowed(hours, place, now, is_every_day=is_every_day)
    assert at >= now
    local = at.astimezone(ZoneInfo(place.time_zone))
    jumped = local - timedelta(hours=1)
    is_gap = (
        is_every_day and hours.opens <= jumped.hour < hours.closes
    )  # the hours fell into the hour that is missing
    assert is_open(hours, place, at, is_every_day=is_every_day) or is_gap
    moment = now
    while moment < at:
        assert not is_open(hours, place, moment, is_every_day=is_every_day), moment
        moment = min(at, moment + timedelta(minutes=15))
    if at > now:
        assert not is_open(hours, place, at - timedelta(microseconds=1), is_every_day=is_every_day)


@given(st.sampled_from(PLACES), MOMENTS, HOURS, st.sampled_from([Purpose.PROMOTION, Purpose.NEWSLETTER]))
def test_property_no_setting_sends_advertising_by_sms_at_night_or_on_a_day_of_rest(
    place: Place, now: datetime, hours: DayHours, purpose: Purpose
) -> None:
    local = sms(purpose, place, now, hours).astimezone(ZoneInfo(place.time_zone))
    assert 8 <= local.hour < 22
    assert local.weekday() != 6
    assert not is_public_holiday(place.territory, local.date())


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.territory)
def test_a_whole_year_hour_by_hour(place: Place) -> None:
    """Each hour of 2026: what the gate says is what the calendar says, and waits never pass each other."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    seen = []
    while now.year == 2026:
        at = sms(Purpose.PROMOTION, place, now)
        assert (at == now) == is_open(SMS_HOURS, place, now, is_every_day=False)
        seen.append(at)
        now += timedelta(hours=1)
    assert all(one <= two for one, two in pairwise(seen))
    days = {at.astimezone(ZoneInfo(place.time_zone)).date() for at in seen}
    assert not {day for day in days if day.weekday() == 6 or is_public_holiday(place.territory, day)}


def test_holidays_are_those_of_the_receivers_territory() -> None:
    boxing_day = datetime(2026, 12, 26, 10, tzinfo=UTC)  # a Saturday, a holiday in Alsace-Moselle only
    assert sms(Purpose.PROMOTION, place_of("FR", "69003"), boxing_day) == boxing_day
    assert sms(Purpose.PROMOTION, place_of("FR", "57000"), boxing_day).date() == date(2026, 12, 28)
    abolition = datetime(
        2026, 12, 19, 8, tzinfo=UTC
    )  # the day before is nothing; 20 December is La Réunion's
    reunion = place_of("FR", "97400")
    assert sms(Purpose.PROMOTION, reunion, abolition) == abolition
    assert is_public_holiday(reunion.territory, date(2026, 12, 20))
    assert not is_public_holiday("FR", date(2026, 12, 20))


def test_a_number_tells_the_place_of_a_customer_without_a_post_code() -> None:
    assert place_of("FR", "", phone="+262692123456").time_zone == "Indian/Reunion"
    assert place_of("FR", "", phone="+262639123456").time_zone == "Indian/Mayotte"
    assert place_of("FR", "", phone="+33612345678") == place_of("FR", "")
    assert place_of("FR", "69003", phone="+262692123456") == place_of("FR", "69003")


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP])
def test_service_rings_no_phone_at_night(channel: Channel) -> None:
    """As mail: 07:00 to 21:00 where the receiver lives, on Sundays too; what concludes a contract leaves at once."""
    night, sunday = TUESDAY.replace(hour=2), datetime(2026, 3, 8, 9, tzinfo=UTC)

    def decided(purpose: Purpose, now: datetime) -> datetime | None:
        message = MessageFacts(channel, purpose, "+33612345678", purpose)
        return decide(message, ContactFacts(), Policy(), now).at

    assert decided(Purpose.SERVICE, night) == night.replace(hour=6)
    assert decided(Purpose.SERVICE, sunday) is None
    assert decided(Purpose.TRANSACTIONAL, night) is None
    assert decided(Purpose.REPLY, night) is None
    assert decided(Purpose.STAFF, night) is None


@pytest.mark.parametrize(
    ("zone", "territory"),
    [
        ("Europe/Paris", Territory.METROPOLE),
        ("Indian/Reunion", Territory.REUNION),
        ("America/Martinique", Territory.MARTINIQUE),
        ("Europe/Brussels", Territory.BELGIUM),
        ("Asia/Tokyo", Territory.METROPOLE),
    ],
)
def test_a_chain_is_at_home_where_its_clock_is(zone: str, territory: Territory) -> None:
    home = home_of(zone)
    assert home == Place(territory, zone)
    assert receiver_place(None, phone="", home=home) == home
    assert receiver_place(("FR", ""), phone="", home=home) == home
    assert receiver_place(("FR", ""), phone="+33612345678", home=home) == home
    assert receiver_place(("FR", "69003"), phone="", home=home) == HOME
    assert receiver_place(("FR", ""), phone="+596696123456", home=home).territory == Territory.MARTINIQUE


def test_settings_that_leave_no_hour_are_the_usual_ones() -> None:
    policy = read_policy({"gate": {"sms_hours": [22, 24], "mail_hours": [21, 7]}})
    assert (policy.sms_hours, policy.mail_hours) == (SMS_HOURS, MAIL_HOURS)
    assert read_policy({"gate": {"sms_hours": [3, 24]}}).sms_hours == DayHours(8, 22)
