"""Where the receiver of a text lives, the gate and the carrier's validity agree: a year, every territory, numbers alone."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.words import Channel, Purpose
from hub.outbox.gathering import judge
from hub.outbox.letter import COLUMNS, Letter, load_letters
from hub.outbox.models import OutboundMessage
from hub.outbox.phone_letters import plan_phones
from hub.outbox.rules import Answer
from hub.outbox.words import BlockReason
from hub.stores.rules import is_public_holiday
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, say_consent
from tests.makers.outbox import post_draft
from tests.makers.stores import make_chain

# (number, zone, territory): an island's number tells it; +33 works everywhere, so the chain's own place counts.
NUMBERS = [
    ("+33639980001", None, None),
    ("+262692123456", "Indian/Reunion", "FR-974"),
    ("+262639012345", "Indian/Mayotte", "FR-976"),
    ("+590690001234", "America/Guadeloupe", "FR-971"),
    ("+594694201234", "America/Cayenne", "FR-973"),
    ("+596696201234", "America/Martinique", "FR-972"),
    ("+687751234", "Pacific/Noumea", "FR-NC"),
    ("+68987123456", "Pacific/Tahiti", "FR-PF"),
    ("+32450001234", "Europe/Brussels", "BE"),
]
LOOKS_EVERY = timedelta(hours=40 if os.environ.get("LARGE") else 83, minutes=37)
"""Odd, so that every hour of the day is met."""
Expected = dict[int, tuple[ZoneInfo, str]]


def post_all(session: Session, zone: str, territory: str) -> tuple[list[Letter], Expected]:
    """One advertising text a number, to a customer known by it alone, to nobody we know, and to one with a post code."""
    expected: Expected = {}

    def post(key: str, phone: str, where: str, land: str, customer_id: int | None) -> None:
        fields = {"channel": Channel.SMS, "recipient": phone, "customer_id": customer_id}
        row = post_draft(session, key, purpose=Purpose.PROMOTION, **fields)
        expected[row.id] = ZoneInfo(where), land

    for phone, where, land in NUMBERS:
        say_consent(phone, channel=Channel.SMS)
        known = make_customer(session, phone, mail=None, phone=phone, postcode="")
        post(f"known:{phone}", phone, where or zone, land or territory, known.id)
        post(f"unknown:{phone}", phone, where or zone, land or territory, None)
    say_consent("+33639980002", channel=Channel.SMS)
    alsace = make_customer(session, "Alsace", mail=None, phone="+33639980002", postcode="67000")
    post("alsace", "+33639980002", "Europe/Paris", "FR-57", alsace.id)
    return load_letters(select(*COLUMNS).where(OutboundMessage.id.in_(expected))), expected


@pytest.mark.parametrize(
    ("zone", "territory"),
    [("Europe/Paris", "FR"), ("Indian/Reunion", "FR-974"), ("America/Martinique", "FR-972")],
)
def test_what_the_gate_lets_leave_is_never_delivered_after_the_hours_where_it_arrives(
    session: Session, hand_clock: HandClock, zone: str, territory: str
) -> None:
    make_chain(session, time_zone=zone)
    letters, expected = post_all(session, zone, territory)
    now, left_count = datetime(2026, 1, 1, tzinfo=UTC), 0
    while now.year == 2026:
        hand_clock.now = now
        answers = judge(letters, now=now, is_last_look=True)
        plan = plan_phones(letters, now=now)
        for letter in letters:
            there, land = expected[letter.id]
            local = now.astimezone(there)
            rests = local.weekday() == 6 or is_public_holiday(land, local.date())
            may_leave = 8 <= local.hour < 20 and not rests
            assert (answers[letter.id].answer is Answer.NOW) == may_leave, (letter.recipient, local)
            if may_leave:
                left = plan.valid_until[letter.id] - clock.machine_now()
                end = (now + left - timedelta(microseconds=1)).astimezone(there)
                assert local < end
                assert (end.date(), end.hour < 20) == (local.date(), True), (letter.recipient, local)
                left_count += 1
        now += LOOKS_EVERY
    assert left_count > timedelta(days=365) / LOOKS_EVERY * 4


def test_a_text_of_service_is_delivered_in_the_hours_of_mail(
    session: Session, hand_clock: HandClock, send: Callable[[], None]
) -> None:
    hand_clock.now = TUESDAY.replace(hour=2)
    phone = "+33639980001"
    night = post_draft(
        session, "s", channel=Channel.SMS, recipient=phone, now=hand_clock.now, due_at=hand_clock.now
    )
    abroad = post_draft(
        session,
        "m",
        channel=Channel.SMS,
        recipient="+596696201234",
        now=hand_clock.now,
        due_at=hand_clock.now,
    )
    letters = load_letters(select(*COLUMNS))
    answers = judge(letters, now=hand_clock.now, is_last_look=True)
    assert answers[night.id].reason is BlockReason.QUIET_HOURS, "03:00 in Paris"
    assert answers[abroad.id].reason is BlockReason.QUIET_HOURS, "22:00 on Martinique"
    evening = TUESDAY.replace(hour=19)
    plan = plan_phones(letters, now=evening)
    left = {key: until - clock.machine_now() for key, until in plan.valid_until.items()}
    assert timedelta(minutes=59) < left[night.id] <= timedelta(hours=1)
    assert timedelta(hours=5, minutes=59) < left[abroad.id] <= timedelta(hours=6)
