"""Business time by hand: each row says what was written when, what was answered when, and the seconds between."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.words import Channel
from hub.inbox.waits import Event, WaitEvent, replay
from hub.stores.rules import Hours, Range, add_business_seconds, business_seconds
from hub.stores.words import Territory
from tests.stores.test_rules import ANY_MOMENT, any_hours

H, M = 3600, 60
SPLIT = (Range(time(10), time(12, 30)), Range(time(14), time(19)))
WHOLE = (Range(time(9), time(18)),)
EXCEPTIONS = {
    date(2026, 12, 13): (Range(time(10), time(18)),),  # a Sunday before Christmas, open
    date(2026, 3, 4): (),  # stock-taking, closed
    date(2026, 3, 5): (Range(time(14), time(16)),),  # a short day
    date(2026, 5, 1): (Range(time(9), time(12)),),  # open on a holiday
}
LYON = Hours("Europe/Paris", "FR", dict.fromkeys(range(6), SPLIT), EXCEPTIONS)
STRASBOURG = Hours("Europe/Paris", Territory.ALSACE_MOSELLE, dict.fromkeys(range(6), SPLIT))
PARIS = Hours("Europe/Paris", "FR", dict.fromkeys(range(6), SPLIT))
REUNION = Hours("Indian/Reunion", Territory.REUNION, dict.fromkeys(range(7), WHOLE))
CAYENNE = Hours("America/Cayenne", Territory.GUYANE, dict.fromkeys(range(7), WHOLE))
NIGHT = Hours(
    "Europe/Paris", "FR", {day: (Range(time(0), time(6)), Range(time(22), time(0))) for day in range(7)}
)
ZONES = {"FR": "Europe/Paris", "RE": "Indian/Reunion", "GF": "America/Cayenne"}


def at(words: str, zone: str = "FR") -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(ZONES[zone])).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "start", "end", "expected"),
    [
        # Tuesday 3 March: 12:00–12:30 and 14:00–14:10
        (LYON, at("2026-03-03 12:00"), at("2026-03-03 14:10"), 30 * M + 10 * M),
        # over noon, both ends while closed
        (LYON, at("2026-03-03 12:45"), at("2026-03-03 13:50"), 0),
        # before opening until after closing: 2 h 30 + 5 h
        (LYON, at("2026-03-03 06:00"), at("2026-03-03 23:00"), 7 * H + 30 * M),
        # 18:30 on Tuesday, closed on Wednesday, two hours on Thursday, 10:15 on Friday
        (LYON, at("2026-03-03 18:30"), at("2026-03-06 10:15"), 30 * M + 0 + 2 * H + 15 * M),
        # Saturday 18:45 to Monday 10:05
        (PARIS, at("2026-03-07 18:45"), at("2026-03-09 10:05"), 15 * M + 5 * M),
        # Easter: Saturday 4 April 18:00, Monday 6 a holiday, Tuesday 11:00
        (PARIS, at("2026-04-04 18:00"), at("2026-04-07 11:00"), 1 * H + 1 * H),
        # Good Friday 3 April: a working day in Paris, a holiday in Strasbourg
        (PARIS, at("2026-04-02 18:00"), at("2026-04-04 11:00"), 1 * H + 7 * H + 30 * M + 1 * H),
        (STRASBOURG, at("2026-04-02 18:00"), at("2026-04-04 11:00"), 1 * H + 1 * H),
        # 26 December 2026, a Saturday: Saint Stephen's day in Strasbourg alone
        (PARIS, at("2026-12-26 10:00"), at("2026-12-26 12:00"), 2 * H),
        (STRASBOURG, at("2026-12-26 10:00"), at("2026-12-26 12:00"), 0),
        # an exceptional Sunday, and a holiday on which the store opens
        (LYON, at("2026-12-12 18:00"), at("2026-12-14 11:00"), 1 * H + 8 * H + 1 * H),
        (LYON, at("2026-05-01 00:00"), at("2026-05-02 00:00"), 3 * H),
        # La Réunion: 17:00 there is 14:00 in Paris; 20 December is its own holiday
        (REUNION, at("2026-03-03 17:00", "RE"), at("2026-03-04 10:00", "RE"), 1 * H + 1 * H),
        (REUNION, at("2026-03-03 14:00"), at("2026-03-03 15:30"), 1 * H),
        (REUNION, at("2026-12-20 09:00", "RE"), at("2026-12-21 10:00", "RE"), 1 * H),
        # Guyane: 10 June is its own holiday
        (CAYENNE, at("2026-06-09 17:30", "GF"), at("2026-06-11 09:30", "GF"), 30 * M + 30 * M),
        # the night of 28 to 29 March has no hour from 2 to 3: 22–24 is 2 h, 0–6 is 5 h
        (NIGHT, at("2026-03-28 22:00"), at("2026-03-29 06:00"), 2 * H + 5 * H),
        # the night of 24 to 25 October has it twice: 2 h and 7 h
        (NIGHT, at("2026-10-24 22:00"), at("2026-10-25 06:00"), 2 * H + 7 * H),
        # from one side of the change to the other in opening hours by day: no difference
        (LYON, at("2026-03-28 18:00"), at("2026-03-30 11:00"), 1 * H + 1 * H),
    ],
)
def test_worked_examples(hours: Hours, start: datetime, end: datetime, expected: int) -> None:
    assert business_seconds(hours, start, end) == expected
    due = add_business_seconds(hours, start, expected)
    assert due is not None
    assert due <= end
    assert business_seconds(hours, start, due) == expected


def test_a_target_of_four_hours_by_hand() -> None:
    """Tuesday 17:00: two hours that day, closed on Wednesday, Thursday from 14 to 16."""
    assert add_business_seconds(LYON, at("2026-03-03 17:00"), 4 * H) == at("2026-03-05 16:00")
    assert add_business_seconds(LYON, at("2026-03-03 17:00"), 4 * H + 60) == at("2026-03-06 10:01")


@settings(max_examples=40, deadline=None)
@given(any_hours(), st.lists(ANY_MOMENT, min_size=2, max_size=6))
def test_the_shares_of_a_transfer_between_equal_hours_add_up_to_the_whole_wait(
    hours: Hours, moments: list[datetime]
) -> None:
    """The customer writes, the ticket passes from store to store, somebody answers: nothing is lost or counted twice."""
    first, *between, last = sorted(moments)
    events = [Event(event_id=0, kind=WaitEvent.CUSTOMER_WROTE, at=first)]
    events += [
        Event(event_id=place, kind=WaitEvent.TRANSFERRED, at=moment, store_id=place)
        for place, moment in enumerate(between, 1)
    ]
    events.append(Event(event_id=99, kind=WaitEvent.PERSON_ANSWERED, at=last, agent_id=7))
    shares = replay(events, store_id=0, channel=Channel.EMAIL)
    assert [share.store_id for share in shares] == list(range(len(between) + 1))
    assert [share.is_transferred for share in shares] == [True] * len(between) + [False]
    spent = [business_seconds(hours, share.started_at, share.ended_at or last) or 0 for share in shares]
    assert sum(spent) == business_seconds(hours, first, last)
    assert all(share.since == first for share in shares)


@settings(max_examples=60, deadline=None)
@given(any_hours(), ANY_MOMENT, st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_later_answer_never_costs_less_and_an_earlier_question_never_less(
    hours: Hours, start: datetime, length: int, more: int
) -> None:
    end = start + timedelta(seconds=length)
    spent = business_seconds(hours, start, end) or 0
    assert spent <= (business_seconds(hours, start, end + timedelta(seconds=more)) or 0)
    assert spent <= (business_seconds(hours, start - timedelta(seconds=more), end) or 0)
