"""When a wave has something to do, and by which way somebody is asked, or why not."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.core.errors import Invalid
from hub.core.words import Channel
from hub.questionnaires.sending.rules import (
    Step,
    check_channels,
    check_start,
    choose,
    expires_at,
    last_day_moment,
    latest_delivery,
    next_moment,
    next_step,
    plan_reminder,
)
from hub.questionnaires.sending.words import NOT_REMINDED, PASSED_OVER, NotReminded, PassedOver
from hub.questionnaires.words import WaveState
from tests.conftest import TUESDAY

DAY = timedelta(days=1)
MAIL, SMS = Channel.EMAIL, Channel.SMS
S, P = WaveState, PassedOver


@pytest.mark.parametrize(
    ("state", "reminds_at", "is_closed", "expected"),
    [
        (S.PLANNED, None, False, Step.INVITE),
        (S.SENDING, TUESDAY + DAY, False, Step.INVITE),
        (S.SENT, TUESDAY + DAY, False, Step.REST),
        (S.SENT, TUESDAY, False, Step.REMIND),
        (S.REMINDING, TUESDAY, False, Step.REMIND),
        (S.DONE, TUESDAY, False, Step.REST),
        (S.DONE, TUESDAY, True, Step.CALL_BACK),
        (S.SENDING, None, True, Step.CALL_BACK),
        (S.STOPPED, TUESDAY, False, Step.CALL_BACK),
    ],
)
def test_what_a_wave_does_next(
    state: WaveState, reminds_at: datetime | None, is_closed: bool, expected: Step
) -> None:
    assert next_step(state, reminds_at=reminds_at, is_closed=is_closed, now=TUESDAY) is expected


@pytest.mark.parametrize(
    ("state", "closes_at", "expected"),
    [
        (S.PLANNED, None, TUESDAY + DAY),
        (S.PLANNED, TUESDAY + DAY / 2, TUESDAY + DAY / 2),
        (S.SENDING, None, TUESDAY),
        (S.SENT, None, TUESDAY + 7 * DAY),
        (S.SENT, TUESDAY + 2 * DAY, TUESDAY + 2 * DAY),
        (S.DONE, TUESDAY + 9 * DAY, TUESDAY + 9 * DAY),
        (S.DONE, None, None),
        (S.STOPPED, TUESDAY + DAY, TUESDAY),
    ],
)
def test_when_it_is_looked_at_again(
    state: WaveState, closes_at: datetime | None, expected: datetime | None
) -> None:
    """At the closing too: what waits in the outbox by then is called back."""
    found = next_moment(
        state, starts_at=TUESDAY + DAY, reminds_at=TUESDAY + 7 * DAY, closes_at=closes_at, now=TUESDAY
    )
    assert found == expected


def test_nobody_is_invited_or_reminded_after_the_closing() -> None:
    closes_at = TUESDAY + 10 * DAY
    assert plan_reminder(TUESDAY, None, closes_at) is None
    assert check_start(TUESDAY - DAY, TUESDAY) == TUESDAY
    with pytest.raises(Invalid):
        check_start(TUESDAY + 732 * DAY, TUESDAY)
    assert plan_reminder(TUESDAY, 7, closes_at) == TUESDAY + 7 * DAY
    for starts_at, days in ((closes_at, None), (TUESDAY, 10), (TUESDAY, 1), (TUESDAY, 61)):
        with pytest.raises(Invalid):
            plan_reminder(starts_at, days, closes_at)
    assert expires_at(TUESDAY + DAY, TUESDAY) == TUESDAY + DAY
    assert expires_at(None, TUESDAY) == TUESDAY + 14 * DAY
    midnight = datetime(2026, 4, 1, tzinfo=UTC)
    assert last_day_moment(midnight).day == 31, "the day before is the last one"
    assert latest_delivery(TUESDAY, TUESDAY + 8 * DAY) == TUESDAY + 4 * DAY


def test_the_first_way_without_an_obstacle_is_taken() -> None:
    assert choose((MAIL, SMS), {}, ()) is MAIL
    assert choose((MAIL, SMS), {MAIL: P.BLOCKED}, ()) is SMS
    assert choose((SMS, MAIL), {}, ()) is SMS
    assert choose((MAIL, SMS), {MAIL: P.BLOCKED, SMS: P.REFUSED}, ()) is P.REFUSED
    assert choose((MAIL,), {}, [P.GONE, P.LATELY]) is P.LATELY, "who was asked lately is told apart first"
    assert check_channels([SMS, MAIL, SMS]) == (SMS, MAIL)
    for none in ((), (Channel.WHATSAPP,)):
        with pytest.raises(Invalid):
            check_channels(none)


def test_every_reason_has_words() -> None:
    assert set(PASSED_OVER) == set(PassedOver)
    assert set(NOT_REMINDED) == set(NotReminded)
