"""Until when a text may be delivered: over a year, in every territory, through both changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hub.outbox.phone_rules import Word, failing_of, is_forward, valid_until, word_of
from hub.outbox.places import Place, place_of
from hub.outbox.quiet_hours import DayHours, next_allowed
from hub.outbox.words import MessageState

START = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = [
    place_of(country, postcode)
    for country, postcode in [
        ("FR", "75002"),
        ("FR", "67000"),
        ("FR", "97110"),
        ("FR", "97200"),
        ("FR", "97300"),
        ("FR", "97400"),
        ("FR", "97600"),
        ("BE", "1000"),
        ("CH", "1200"),
        ("LU", "1111"),
    ]
]
MOMENTS = st.integers(0, 366 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
HOURS = st.tuples(st.integers(0, 20), st.integers(1, 4)).map(lambda pair: DayHours(pair[0], sum(pair)))


@given(MOMENTS, st.sampled_from(PLACES), HOURS)
def test_what_may_leave_is_never_delivered_after_the_hours(
    now: datetime, place: Place, hours: DayHours
) -> None:
    at = next_allowed(hours, place, now, is_every_day=False)
    until = valid_until(hours, place, at, None)
    assert until is not None
    assert at < until
    local, end = at.astimezone(ZoneInfo(place.time_zone)), until.astimezone(ZoneInfo(place.time_zone))
    last = end - timedelta(microseconds=1)
    assert last.date() == local.date()
    assert last.hour < hours.closes
    assert (until - at) <= timedelta(hours=25)


@given(MOMENTS, st.sampled_from(PLACES), st.integers(1, 5000))
def test_an_expiry_ends_it_earlier(now: datetime, place: Place, minutes: int) -> None:
    expires_at = now + timedelta(minutes=minutes)
    until = valid_until(DayHours(8, 20), place, now, expires_at)
    assert until is not None
    assert until <= expires_at
    assert valid_until(None, place, now, expires_at) == expires_at
    assert valid_until(None, place, now, None) is None


@given(
    st.lists(st.sampled_from(["queued", "sent", "delivered", "undelivered", "receiving", ""]), max_size=12)
)
def test_whatever_the_order_an_end_is_an_end(statuses: list[str]) -> None:
    state, is_known, ends = MessageState.CALLING, False, []
    for status in statuses:
        word = word_of(status)
        if word is None or not is_forward(state, word, is_known=is_known, is_same_send=is_known):
            continue
        is_known = True
        state = {
            Word.ACCEPTED: MessageState.ACCEPTED,
            Word.DELIVERED: MessageState.DELIVERED,
            Word.FAILED: failing_of("30003").state,
        }[word]
        ends += [state] if word is not Word.ACCEPTED else []
    assert len(ends) <= 1
    told = [status for status in statuses if status in {"delivered", "undelivered"}]
    assert bool(ends) == bool(told)
