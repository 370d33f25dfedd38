"""A store is told when customers wait and nobody of it is signed in: when, whom, and that once is enough."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.channels.twilio_client import TwilioSettings
from hub.core import apart
from hub.core.errors import Invalid
from hub.core.words import Channel
from hub.inbox import actions
from hub.inbox.actions import unattended
from hub.inbox.models import StoreAlert, Ticket
from hub.inbox.queries import list_store_alerts
from hub.outbox import wires
from hub.outbox.models import OutboundMessage
from hub.staff.actions import note_attendance
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.actions.chain import AT_FIRST
from hub.stores.models import Chain, Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_region, make_store

WORDS = "MOT-SECRET-DU-CLIENT"
SMS = TwilioSettings(
    account_sid="AC1",
    username="AC1",
    password="token",
    auth_token="token",
    public_url="http://localhost",
    sms_from="+33700000000",
)


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    store = make_house(session)
    store.region_id = make_region(session).id
    session.flush()
    return store


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def with_sms() -> Iterator[Callable[[], None]]:
    yield lambda: wires.use_transports(ChannelSettings(twilio=SMS))
    wires.use_transports(ChannelSettings())


def choose(lyon: Store, ada: Agent, **fields: Any) -> None:
    usual = {"is_on": True, "after_minutes": 30, "idle_minutes": 15, "mails": [], "phones": []}
    actions.change_store_alert(
        store_id=lyon.id,
        by=actor_of(ada),
        now=TUESDAY,
        **usual | fields,  # type: ignore[arg-type]
    )


def told(session: Session) -> list[tuple[Channel, str | None]]:
    found = select(OutboundMessage.channel, OutboundMessage.recipient).where(
        OutboundMessage.key.startswith("unattended:")
    )
    return [
        (channel, recipient) for channel, recipient in session.execute(found.order_by(OutboundMessage.id))
    ]


def run(hand_clock: HandClock, **duration: float) -> int:
    hand_clock.move(**duration)
    is_due = unattended.has_due()
    count = unattended.work_alerts(lambda: None)
    assert is_due == bool(count)
    return count


def test_after_the_minutes_chosen_everybody_of_the_store_is_told_once(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    choose(lyon, ada)
    make_received(text=WORDS, subject=WORDS, from_name=WORDS)
    assert unattended.next_due_at() == TUESDAY + timedelta(minutes=30)
    assert run(hand_clock, minutes=29) == 0
    assert run(hand_clock, minutes=1) == 1
    assert told(session) == [(Channel.EMAIL, ada.email)]
    values = [row.values for row in session.scalars(select(OutboundMessage)) if "unattended" in row.key]
    assert values[0]["waiting_count"] == "1 demande en attente"
    assert values[0]["waiting_for"] == "30 min"
    assert WORDS not in str(values)


def test_told_once_a_store_hears_no_more_that_day_unless_somebody_new_waits(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    """Told at 10:30. A customer who writes at 11:00 is late at 11:30; one who wrote before it at 10:20 was counted."""
    choose(lyon, ada)
    make_received()
    hand_clock.move(minutes=20)
    another(hand_clock, "counted")
    assert run(hand_clock, minutes=10) == 1
    tomorrow = TUESDAY + timedelta(days=1)
    assert unattended.next_due_at() == tomorrow
    assert [run(hand_clock, minutes=10) for _ in range(3)] == [0, 0, 0]
    another(hand_clock, "new")
    assert unattended.next_due_at() == TUESDAY + timedelta(minutes=90)
    assert run(hand_clock, minutes=29) == 0
    assert run(hand_clock, minutes=1) == 1
    assert [run(hand_clock, hours=1) for _ in range(10)] == [0] * 10, "until the evening"
    assert unattended.next_due_at() == tomorrow
    assert run(hand_clock, hours=13) == 1, "at the next opening, because they wait still"
    assert unattended.next_due_at() == tomorrow + timedelta(days=1)


def test_several_who_are_new_are_told_of_together_an_hour_after_the_last_time(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    choose(lyon, ada, after_minutes=5)
    make_received()
    assert run(hand_clock, minutes=5) == 1
    another(hand_clock, "second", minutes=1)
    another(hand_clock, "third", minutes=20)
    assert unattended.next_due_at() == TUESDAY + timedelta(minutes=65)
    assert run(hand_clock, minutes=38) == 0
    assert run(hand_clock, minutes=1) == 1
    assert len(told(session)) == 2


def test_who_writes_before_the_opening_after_an_alert_is_not_late_at_once(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    """The one told of was answered; the store opens at 10:00, and half an hour of opening has to pass."""
    choose(lyon, ada)
    ticket_id = make_received().ticket_id or 0
    assert run(hand_clock, hours=1) == 1
    actions.reply(ticket_id=ticket_id, text="Voilà", by=actor_of(ada), now=hand_clock.now)
    another(hand_clock, "early", hours=22)
    assert unattended.next_due_at() == TUESDAY + timedelta(days=1, minutes=30)


def test_who_is_moved_to_a_store_after_its_alert_is_new_there(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    """Told at 10:30; at 10:50 a ticket that waits elsewhere since 10:20 comes over: an hour after the alert is soonest."""
    choose(lyon, ada)
    make_received()
    hand_clock.move(minutes=20)
    another(hand_clock, "moved")
    moved = session.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()
    lille = make_store(session, "Lille", code="LIL")
    boss = actor_of(make_agent(session, "Ines Faure", role=Role.HEAD_OFFICE))
    actions.transfer(ticket_id=moved.id, store_id=lille.id, by=boss, now=hand_clock.now)
    assert run(hand_clock, minutes=10) == 1
    hand_clock.move(minutes=20)
    actions.transfer(ticket_id=moved.id, store_id=lyon.id, by=boss, now=hand_clock.now)
    assert unattended.next_due_at() == TUESDAY + timedelta(minutes=90)
    assert run(hand_clock, minutes=39) == 0
    assert run(hand_clock, minutes=1) == 1
    assert run(hand_clock, hours=2) == 0


def another(hand_clock: HandClock, who: str, **duration: float) -> None:
    """Somebody else writes, now or after a while."""
    hand_clock.move(**duration)
    make_received(
        hand_clock.now, from_address=f"{who}@client.example", mail_message_id=f"<{who}@client.example>"
    )


def test_nobody_is_told_while_somebody_of_the_store_is_there(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    choose(lyon, ada)
    make_received()
    now = datetime.now(UTC)
    note_attendance(agent_id=ada.id, machine_now=now - timedelta(minutes=10))
    assert run(hand_clock, minutes=40) == 0
    note_attendance(agent_id=ada.id, machine_now=now - timedelta(minutes=16))
    assert run(hand_clock, minutes=1) == 1


def test_people_of_the_region_and_the_head_office_do_not_keep_the_store(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    choose(lyon, ada)
    make_received()
    ines = make_agent(session, "Ines Faure", role=Role.REGION_MANAGER, region_ids=(lyon.region_id or 0,))
    note_attendance(agent_id=ines.id, machine_now=datetime.now(UTC))
    assert run(hand_clock, minutes=40) == 1


def test_only_during_opening_hours(session: Session, hand_clock: HandClock, lyon: Store, ada: Agent) -> None:
    """Written at 18:50, ten minutes before the evening: at 10:20 the next day half an hour has passed."""
    choose(lyon, ada)
    make_received(TUESDAY + timedelta(hours=8, minutes=50))
    assert run(hand_clock, hours=12) == 0
    assert unattended.next_due_at() == TUESDAY + timedelta(days=1, minutes=20)
    assert run(hand_clock, hours=12, minutes=20) == 1


def test_off_answered_or_without_a_wait_nobody_is_told(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    choose(lyon, ada, is_on=False)
    ticket_id = make_received().ticket_id or 0
    assert run(hand_clock, hours=1) == 0
    choose(lyon, ada)
    actions.reply(ticket_id=ticket_id, text="Voilà", by=actor_of(ada), now=hand_clock.now)
    assert run(hand_clock, hours=1) == 0
    assert unattended.next_due_at() is None


def test_texts_leave_only_where_sms_is_set_up(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent, with_sms: Callable[[], None]
) -> None:
    choose(lyon, ada, mails=["Chef@Verel.example"], phones=["06 12 34 56 78"])
    make_received()
    run(hand_clock, minutes=30)
    assert told(session) == [(Channel.EMAIL, "chef@verel.example")]
    with_sms()
    another(hand_clock, "later")
    run(hand_clock, hours=1)
    assert told(session)[1:] == [(Channel.EMAIL, "chef@verel.example"), (Channel.SMS, "+33612345678")]


def switch_on(ada: Agent, *, is_on: bool = True) -> None:
    """The chain's choice for those that have none."""
    actions.change_alert_policy(
        percents={}, has_delay_notice=False, tells_unattended=is_on, by=actor_of(ada), now=TUESDAY
    )


def test_a_chain_made_new_tells_its_stores_without_being_asked(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    """Stores follow the chain until they choose themselves; a chain from before is not changed."""
    make_received()
    assert run(hand_clock, minutes=40) == 0
    session.execute(update(Chain).values(settings=AT_FIRST))
    session.expire_all()
    assert [row.is_on for row in list_store_alerts()] == [True, True]
    assert run(hand_clock, minutes=0) == 1
    assert told(session) == [(Channel.EMAIL, ada.email)]
    another(hand_clock, "new", minutes=9)
    switch_on(ada, is_on=False)
    assert run(hand_clock, minutes=60) == 0, (
        "the row in which the last alert is noted is no choice of the store"
    )
    choose(lyon, ada, is_on=False)
    switch_on(ada)
    assert run(hand_clock, minutes=10) == 0
    assert [(row.store_id, row.is_on) for row in list_store_alerts()] == [(None, True), (lyon.id, False)]


def test_a_store_without_people_tells_the_head_office(
    session: Session, hand_clock: HandClock, lyon: Store
) -> None:
    cleo = make_agent(session, "Cleo Roux", role=Role.HEAD_OFFICE)
    switch_on(cleo)
    make_received()
    assert run(hand_clock, minutes=30) == 1
    assert told(session) == [(Channel.EMAIL, cleo.email)]


def test_the_central_queue_tells_the_head_office_in_its_hours(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    """Written on Tuesday at 10:00; nobody of the head office is there, people of stores do not count."""
    cleo = make_agent(session, "Cleo Roux", role=Role.HEAD_OFFICE)
    switch_on(cleo)
    make_received(recipients=("nowhere@hub.example",))
    ticket = session.scalars(select(Ticket)).one()
    assert (ticket.store_id, ticket.waiting_since) == (None, TUESDAY)
    note_attendance(agent_id=ada.id, machine_now=datetime.now(UTC))
    assert unattended.next_due_at() == TUESDAY + timedelta(minutes=30)
    assert run(hand_clock, minutes=29) == 0
    note_attendance(agent_id=cleo.id, machine_now=datetime.now(UTC))
    assert run(hand_clock, minutes=6) == 0
    note_attendance(agent_id=cleo.id, machine_now=datetime.now(UTC) - timedelta(minutes=20))
    assert run(hand_clock, minutes=1) == 1
    assert told(session) == [(Channel.EMAIL, cleo.email)]
    [mail] = [row for row in session.scalars(select(OutboundMessage)) if "unattended" in row.key]
    assert mail.values["store_name"] == "File centrale"
    assert mail.values["page_url"].endswith("/inbox/?view=unattributed")
    assert run(hand_clock, hours=8, minutes=30) == 0, "19:06, the office is closed"
    assert run(hand_clock, hours=14) == 1, "Wednesday, 9:06"
    actions.change_store_alert(
        store_id=None,
        is_on=True,
        after_minutes=30,
        idle_minutes=15,
        mails=["Service@Verel.example"],
        phones=[],
        by=actor_of(cleo),
        now=TUESDAY,
    )
    assert run(hand_clock, hours=2) == 0, "they know"
    assert run(hand_clock, hours=22) == 1, "Thursday, 9:06"
    assert told(session)[-1] == (Channel.EMAIL, "service@verel.example")


def test_one_store_that_cannot_be_told_stops_no_other(
    session: Session, hand_clock: HandClock, lyon: Store, ada: Agent
) -> None:
    lille = make_store(session, "Lille", code="LIL")
    bo = make_agent(session, "Bo Petit", store_ids=(lille.id,))
    switch_on(bo)
    make_received()
    make_received(
        from_address="b@client.example",
        recipients=(f"{lille.mailbox}@hub.example",),
        mail_message_id="<b@client.example>",
    )
    session.add(StoreAlert(store_id=lyon.id, after_minutes=30, idle_minutes=15, mails=[7], phones=[]))
    session.flush()  # a number is no mail address
    hand_clock.move(minutes=40)
    assert unattended.work_alerts(lambda: None) == 1
    assert told(session) == [(Channel.EMAIL, bo.email)]
    [row] = apart.list_put_off()
    assert (row.kind, row.row_id) == ("alerts", lyon.id)
    assert not unattended.has_due()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"after_minutes": 4}, "after"),
        ({"idle_minutes": 0}, "idle"),
        ({"mails": ["nobody"]}, "mails"),
        ({"phones": ["12"]}, "phones"),
        ({"phones": ["04 72 00 11 22"]}, "phones"),
        ({"mails": [f"a{number}@verel.example" for number in range(21)]}, "mails"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    session: Session, lyon: Store, ada: Agent, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        choose(lyon, ada, **fields)
    assert refused.value.field == field
    assert not any(row.is_on for row in list_store_alerts())
