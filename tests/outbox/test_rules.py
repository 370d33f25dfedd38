"""The gate as a function: each test with its reason, and what must hold for any message."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.words import Channel, Purpose
from hub.outbox.bounces import BACK_OFF, needs_pause, next_wait
from hub.outbox.places import HOME, Place, place_of
from hub.outbox.quiet_hours import DayHours, next_allowed
from hub.outbox.rules import (
    ADVERTISING,
    Answer,
    Cap,
    ContactFacts,
    MessageFacts,
    Policy,
    Verdict,
    consent_purpose,
    decide,
    next_under_cap,
    read_policy,
)
from hub.outbox.words import BlockReason
from hub.stores.rules import is_public_holiday
from hub.stores.words import Territory
from tests.conftest import TUESDAY

NIGHT = TUESDAY.replace(hour=22)
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2026, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
PLACES = st.sampled_from(
    [place_of("FR", "69003"), place_of("FR", "97400"), place_of("FR", "67000"), place_of("BE", "1000")]
)
REASONS = st.none() | st.just("grievance")
CONTACTS = st.builds(
    ContactFacts,
    is_suppressed=st.booleans(),
    address_paused_until=st.none() | MOMENTS,
    has_consent=st.booleans(),
    has_refused=st.booleans(),
    hold_reason=REASONS,
    own_cap=st.none() | st.builds(Cap, st.integers(0, 3), st.integers(1, 30)),
    pause_until=st.none() | MOMENTS,
    counted_at=st.lists(MOMENTS, max_size=4).map(sorted),
    better_count=st.integers(0, 2),
    place=PLACES,
)
MESSAGES = st.builds(
    MessageFacts,
    channel=st.sampled_from([Channel.EMAIL, Channel.SMS]),
    purpose=st.sampled_from(Purpose),
    recipient=st.sampled_from([None, "dora@client.example"]),
    consent_purpose=st.sampled_from(Purpose),
    is_deliverable=st.booleans(),
    store_id=st.sampled_from([None, 1, 2]),
    expires_at=st.none() | MOMENTS,
)
POLICIES = st.builds(
    Policy,
    blocked_store_ids=st.sampled_from([frozenset(), frozenset({1})]),
    sender_paused_until=st.dictionaries(st.just(Channel.EMAIL), MOMENTS, max_size=1),
)


def mail(purpose: Purpose = Purpose.SERVICE, **fields: object) -> MessageFacts:
    known = {"channel": Channel.EMAIL, "recipient": "dora@client.example", "consent_purpose": purpose}
    return MessageFacts(**{"purpose": purpose, **known, **fields})  # type: ignore[arg-type]


def verdict(
    message: MessageFacts, contact: ContactFacts | None = None, *, now: datetime = TUESDAY, **policy: object
) -> Verdict:
    return decide(message, contact or ContactFacts(), Policy(**policy), now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "contact", "reason"),
    [
        (mail(recipient=None), ContactFacts(), BlockReason.NO_ADDRESS),
        (mail(is_deliverable=False), ContactFacts(), BlockReason.INVALID_ADDRESS),
        (mail(Purpose.REPLY), ContactFacts(is_suppressed=True), BlockReason.SUPPRESSED),
        (mail(Purpose.STAFF), ContactFacts(is_suppressed=True), BlockReason.SUPPRESSED),
        (mail(Purpose.PROMOTION), ContactFacts(), BlockReason.NO_CONSENT),
        (mail(Purpose.NEWSLETTER), ContactFacts(has_consent=True, has_refused=True), BlockReason.NO_CONSENT),
        (mail(Purpose.SURVEY), ContactFacts(has_refused=True), BlockReason.NO_CONSENT),
        (mail(consent_purpose=Purpose.SURVEY), ContactFacts(has_refused=True), BlockReason.NO_CONSENT),
        (mail(expires_at=TUESDAY), ContactFacts(), BlockReason.EXPIRED),
    ],
)
def test_never(message: MessageFacts, contact: ContactFacts, reason: BlockReason) -> None:
    found = verdict(message, contact)
    assert (found.answer, found.reason) == (Answer.NEVER, reason)


@pytest.mark.parametrize(
    ("message", "contact", "reason", "wait"),
    [
        (mail(), ContactFacts(address_paused_until=TUESDAY + timedelta(days=2)), "address_paused", 48),
        (mail(Purpose.SURVEY), ContactFacts(hold_reason="grievance"), "hold", 24),
        (mail(Purpose.SURVEY), ContactFacts(pause_until=TUESDAY + timedelta(days=3)), "own_frequency", 72),
        (mail(Purpose.SURVEY), ContactFacts(counted_at=[TUESDAY - timedelta(days=29)]), "cap", 24),
        (
            mail(Purpose.PROMOTION),
            ContactFacts(
                has_consent=True, counted_at=[TUESDAY - timedelta(days=6), TUESDAY - timedelta(days=5)]
            ),
            "cap",
            24,
        ),
    ],
)
def test_later(message: MessageFacts, contact: ContactFacts, reason: str, wait: int) -> None:
    found = verdict(message, contact)
    assert (found.answer, found.reason, found.at) == (
        Answer.LATER,
        reason,
        TUESDAY + timedelta(hours=wait),
    )


def test_now_for_what_the_customer_expects() -> None:
    assert verdict(mail()).answer is Answer.NOW
    assert verdict(mail(Purpose.SURVEY)).answer is Answer.NOW  # existing customer, until objection
    assert verdict(mail(Purpose.PROMOTION), ContactFacts(has_consent=True)).answer is Answer.NOW
    full = ContactFacts(counted_at=[TUESDAY] * 9)
    assert verdict(mail(), full).answer is Answer.NOW  # service has no cap


def test_the_higher_priority_gets_the_last_place_and_the_other_is_looked_at_again() -> None:
    found = verdict(mail(Purpose.SURVEY), ContactFacts(better_count=1))
    assert (found.reason, found.detail) == (BlockReason.CAP, "priority")


def test_replies_and_staff_leave_at_night() -> None:
    assert verdict(mail(Purpose.REPLY), now=NIGHT).answer is Answer.NOW
    assert verdict(mail(Purpose.STAFF), now=NIGHT).answer is Answer.NOW
    assert verdict(mail(), now=NIGHT).reason is BlockReason.QUIET_HOURS
    paused = {Channel.EMAIL: NIGHT + timedelta(minutes=5)}
    assert (
        verdict(mail(Purpose.REPLY), now=NIGHT, sender_paused_until=paused).reason
        is BlockReason.SENDER_PAUSED
    )


def test_advertising_by_sms_rests_on_sundays_and_holidays() -> None:
    hours = DayHours(8, 20)
    saturday_night = datetime(2026, 5, 2, 19, 0, tzinfo=UTC)  # 21:00 in Paris
    assert next_allowed(hours, HOME, saturday_night, is_every_day=False) == datetime(
        2026, 5, 4, 6, tzinfo=UTC
    )
    labour_day = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    assert next_allowed(hours, HOME, labour_day, is_every_day=False) == datetime(2026, 5, 2, 6, tzinfo=UTC)


def test_quiet_hours_are_those_of_the_receiver() -> None:
    reunion = ContactFacts(place=place_of("FR", "97400"))
    evening = TUESDAY.replace(hour=17, minute=30)  # 18:30 in Paris, 21:30 in La Réunion
    found = verdict(mail(), reunion, now=evening)
    assert found.at == datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
    assert place_of("RE", "") == place_of("FR", "97400")
    assert place_of("FR", "67000").territory is Territory.ALSACE_MOSELLE
    assert place_of("US", "10001", otherwise=Place("FR", "Europe/Brussels")).time_zone == "Europe/Brussels"


def test_a_wait_past_the_expiry_is_never_but_a_hold_is_looked_at_once_more() -> None:
    soon = TUESDAY + timedelta(hours=2)
    capped = verdict(mail(Purpose.SURVEY, expires_at=soon), ContactFacts(counted_at=[TUESDAY]))
    assert (capped.answer, capped.reason, capped.detail) == (Answer.NEVER, BlockReason.EXPIRED, "cap")
    held = verdict(mail(Purpose.SURVEY, expires_at=soon), ContactFacts(hold_reason="grievance"))
    assert (held.answer, held.at) == (Answer.LATER, soon)


def test_settings_of_the_chain_are_read_and_sms_never_goes_beyond_22() -> None:
    policy = read_policy(
        {"gate": {"caps": {"email:promotion": [5, 7]}, "sms_hours": [7, 24], "blocked_store_ids": [3]}}
    )
    assert policy.caps[Channel.EMAIL, Purpose.PROMOTION] == Cap(5, 7)
    assert policy.caps[Channel.EMAIL, Purpose.SURVEY] == Cap(1, 30)
    assert policy.sms_hours == DayHours(8, 22)
    assert read_policy({}) == Policy()
    assert (
        verdict(mail(Purpose.REPLY, store_id=3), blocked_store_ids=policy.blocked_store_ids).reason
        == "store_blocked"
    )


def test_links_of_survey_satellites_refuse_surveys_not_acknowledgements() -> None:
    assert consent_purpose(Purpose.SERVICE, has_unsubscribe=True) is Purpose.SURVEY
    assert consent_purpose(Purpose.SERVICE, has_unsubscribe=False) is Purpose.SERVICE
    assert consent_purpose(Purpose.PROMOTION, has_unsubscribe=True) is Purpose.PROMOTION


def test_back_off_and_pauses() -> None:
    assert [next_wait(n) for n in range(1, 7)] == [*BACK_OFF, None]
    assert needs_pause(3)
    assert not needs_pause(2)


@settings(max_examples=300, deadline=None)
@given(MESSAGES, CONTACTS, POLICIES, MOMENTS)
def test_any_verdict_keeps_its_promises(
    message: MessageFacts, contact: ContactFacts, policy: Policy, now: datetime
) -> None:
    found = decide(message, contact, policy, now)
    assert (found.answer is Answer.LATER) == (found.at is not None)
    assert (found.answer is Answer.NOW) == (found.reason is None)
    if found.at is not None:
        assert found.at > now
        assert (
            message.purpose is Purpose.REPLY or message.expires_at is None or found.at <= message.expires_at
        )
    if found.answer is Answer.NOW:
        assert message.recipient
        assert message.is_deliverable
        assert not contact.is_suppressed
        assert message.purpose is Purpose.REPLY or message.expires_at is None or message.expires_at > now
        if message.purpose not in {Purpose.REPLY, Purpose.STAFF}:
            assert contact.hold_reason is None
            assert not (message.consent_purpose in ADVERTISING and not contact.has_consent)
            cap = policy.caps.get((message.channel, message.purpose))
            inside = [at for at in contact.counted_at if cap and at > now - timedelta(days=cap.days)]
            assert cap is None or len(inside) < cap.count


@settings(max_examples=200, deadline=None)
@given(MESSAGES, CONTACTS, POLICIES, MOMENTS)
def test_a_suppressed_address_never_gets_anything(
    message: MessageFacts, contact: ContactFacts, policy: Policy, now: datetime
) -> None:
    if contact.is_suppressed:
        assert decide(message, contact, policy, now).answer is Answer.NEVER


@settings(max_examples=200, deadline=None)
@given(PLACES, MOMENTS, st.booleans(), st.sampled_from([DayHours(7, 21), DayHours(8, 20)]))
def test_the_next_allowed_moment_is_allowed_and_the_first(
    place: Place, now: datetime, is_every_day: bool, hours: DayHours
) -> None:
    at = next_allowed(hours, place, now, is_every_day=is_every_day)
    local = at.astimezone(ZoneInfo(place.time_zone))
    assert at >= now
    assert hours.opens <= local.hour < hours.closes
    assert is_every_day or (local.weekday() != 6 and not is_public_holiday(place.territory, local.date()))
    if at > now:
        assert (local.hour, local.minute, local.second) == (hours.opens, 0, 0)
    assert next_allowed(hours, place, at, is_every_day=is_every_day) == at


@settings(max_examples=200, deadline=None)
@given(st.builds(Cap, st.integers(1, 4), st.integers(1, 30)), st.lists(MOMENTS, max_size=8), MOMENTS)
def test_sending_at_the_first_moment_under_a_cap_keeps_the_cap(
    cap: Cap, counted_at: list[datetime], now: datetime
) -> None:
    past = sorted(moment for moment in counted_at if moment <= now)
    at = next_under_cap(cap, past, now)
    inside = [moment for moment in past if moment > at - timedelta(days=cap.days)]
    assert len(inside) < cap.count
    assert at == now or len([m for m in past if m > at - timedelta(days=cap.days, seconds=1)]) >= cap.count
