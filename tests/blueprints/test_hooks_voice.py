"""Twilio's voice webhooks from outside: a call rings, is answered or missed, a message is left and fetched."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.core import clock, files
from hub.core.words import Channel, Language
from hub.inbox.actions import phone_setting, recordings, solve
from hub.inbox.models import (
    PhoneCall,
    PhoneLine,
    ReplyWait,
    RoutingOrder,
    Ticket,
    TicketAttachment,
    TicketMessage,
)
from hub.inbox.phone_rules import FETCH_WAITS, GRACE, MOST_LOOKS
from hub.inbox.queries.phone_calls import list_live_calls
from hub.inbox.words import MessageKind, PhoneCallState, RecordingState, RouteSource, TicketState
from hub.outbox import wires
from hub.stores.models import Chain, Store
from tests.conftest import TUESDAY, HandClock
from tests.doubles.twilio import Double, run_double, sign
from tests.makers.calls import ANNE, CALL, LINE, RECORDING, SOUND, callbacks
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_reason, viewer_of
from tests.makers.orders import make_order
from tests.makers.phones import make_settings
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

OTHER = "CA" + "3" * 32


@pytest.fixture
def twilio(session: Session, hand_clock: HandClock) -> Iterator[Double]:
    """Lyon is called on a number of its own, behind which its telephone rings."""
    store = make_house(session)
    session.add(PhoneLine(store_id=store.id, number=LINE, rings_at=None, ring_seconds=20))
    hand_clock.move(minutes=42)
    with run_double() as double:
        wires.use_transports(ChannelSettings(twilio=make_settings(double)))
        yield double
        wires.use_transports(ChannelSettings())


def tell(client: FlaskClient, name: str, sid: str = CALL, **changes: str) -> ET.Element | None:
    """One callback of the call; what the hub wants done with the call."""
    path, fields = callbacks(sid)[name]
    fields |= changes
    url = f"/hooks/twilio/voice{path}"
    response = client.post(url, data=fields, headers=sign(f"http://localhost{url}", fields))
    assert response.status_code == (204 if path == "/status" else 200)
    return ET.fromstring(response.text) if response.text else None  # noqa: S314 - our own answer


def tags(answer: ET.Element | None) -> list[str]:
    return [each.tag for each in answer] if answer is not None else []


def call_of(session: Session, sid: str = CALL) -> PhoneCall:
    session.expire_all()
    return session.scalars(select(PhoneCall).where(PhoneCall.sid == sid)).one()


def lines_of(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(TicketMessage.text).order_by(TicketMessage.id)))


def look(session: Session) -> int:
    """The worker looks at whatever it would look at later."""
    session.execute(
        update(PhoneCall).where(PhoneCall.look_at.is_not(None)).values(look_at=clock.machine_now())
    )
    return recordings.work_calls(lambda: None)


# What the caller hears


def test_a_call_greets_in_the_language_of_the_chain_and_rings_in_the_store(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    answer = tell(client, "call")
    assert tags(answer) == ["Say", "Dial"]
    assert answer is not None
    assert answer[0].attrib == {"language": "fr-FR"}
    assert answer[0].text == "Bonjour, vous êtes bien chez Lyon Part-Dieu. Nous vous mettons en relation."
    assert answer[1].attrib["timeout"] == "20"
    assert answer[1].attrib["action"] == "http://localhost/hooks/twilio/voice/ended"
    number = answer[1][0]
    assert (number.text, number.attrib["statusCallback"]) == (
        "+33472000001",
        "http://localhost/hooks/twilio/voice/status",
    )
    assert call_of(session).state is PhoneCallState.RINGING
    session.execute(update(Chain).values(language=Language.ENGLISH))
    english = tell(client, "call", OTHER)
    assert english is not None
    assert english[0].attrib == {"language": "en-GB"}


@pytest.mark.parametrize("why", ["closed", "no phone", "its own number", "forwarded", "unknown number"])
def test_where_nothing_may_ring_a_message_is_asked_for_at_once(
    session: Session, client: FlaskClient, twilio: Double, hand_clock: HandClock, why: str
) -> None:
    changes = {"its own number": {"To": "+33472000001"}, "unknown number": {"To": "+33472999999"}}.get(
        why, {}
    )
    if why == "closed":
        hand_clock.move(hours=3)
    if why == "no phone":
        session.execute(update(Store).values(phone=None))
    if why == "forwarded":
        changes = {"To": "+33472999999", "ForwardedFrom": "+33472000001"}
    answer = tell(client, "call", **changes)
    assert tags(answer) == ["Say", "Say", "Say", "Record", "Say", "Hangup"]
    assert answer is not None
    assert (answer[1].text == "Le magasin est fermé pour le moment.") is (why == "closed")
    record = answer[3].attrib
    assert (record["maxLength"], record["playBeep"]) == ("180", "true")
    assert (
        record["action"]
        == record["recordingStatusCallback"]
        == "http://localhost/hooks/twilio/voice/recorded"
    )
    call = call_of(session)
    assert (call.state, call.store_id is None) == (PhoneCallState.MESSAGE, why == "unknown number")


# Missed, answered, messages


def test_a_missed_call_is_a_ticket_of_the_store_that_was_called(
    session: Session, client: FlaskClient, twilio: Double, hand_clock: HandClock
) -> None:
    """Also where Anne ordered elsewhere and orders come first in the routing of the chain."""
    anne = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    lille = make_store(session, "Lille", code="LIL", phone="+33320000001")
    make_order(session, customer_id=anne.id, store_id=lille.id)
    session.add(RoutingOrder(source=RouteSource.RECENT_ORDER, position=0, is_active=True))
    for name in ("call", "ended_missed"):
        answer = tell(client, name)
        hand_clock.move(seconds=25)
    assert tags(answer) == ["Say", "Say", "Record", "Say", "Hangup"]
    ticket = session.scalars(select(Ticket)).one()
    lyon = call_of(session).store_id
    assert (ticket.channel, ticket.store_id, ticket.customer_id) == (Channel.PHONE, lyon, anne.id)
    assert (ticket.route_source, ticket.state) == (RouteSource.STORE_NUMBER, TicketState.NEW)
    assert lines_of(session) == [f"Appel manqué de {ANNE} à 10:42."]
    wait = session.scalars(select(ReplyWait)).one()
    assert (wait.started_at, wait.target_seconds) == (TUESDAY + timedelta(minutes=42), 30 * 60)
    assert ticket.due_at == TUESDAY + timedelta(minutes=72)
    assert call_of(session).ticket_id == ticket.id


def test_told_twice_and_late_it_stays_one_call_one_ticket_one_line(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    for name in ("call", "call", "over", "ended_missed", "ended_missed", "over", "call"):
        tell(client, name)
    assert lines_of(session) == [f"Appel manqué de {ANNE} à 10:42."]
    assert session.scalar(select(func.count()).select_from(PhoneCall)) == 1
    assert call_of(session).state is PhoneCallState.MISSED


def test_the_next_missed_call_joins_the_open_ticket_of_the_caller_at_that_store_only(
    session: Session, client: FlaskClient, twilio: Double, hand_clock: HandClock
) -> None:
    lille = make_store(session, "Lille", code="LIL", phone="+33320000001")
    session.add(PhoneLine(store_id=lille.id, number="+33320990001", rings_at=None, ring_seconds=20))
    sids = (f"CA{number:032x}" for number in count(16))

    def miss(**changes: str) -> None:
        sid = next(sids)
        for name in ("call", "ended_missed"):
            tell(client, name, sid, **changes)
        hand_clock.move(minutes=5)

    miss()
    miss()
    assert session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert lines_of(session)[1] == f"Appel manqué de {ANNE} à 10:47."
    miss(To="+33320990001")
    miss(From="+33639980002")
    assert session.scalar(select(func.count()).select_from(Ticket)) == 3
    first = session.scalars(select(Ticket).order_by(Ticket.id)).first()
    assert first is not None
    ada = actor_of(make_agent(session))
    solve(ticket_id=first.id, reason_id=make_reason(session).id, by=ada, now=hand_clock.now)
    miss()
    assert session.scalar(select(func.count()).select_from(Ticket)) == 4


def test_an_answered_call_makes_no_ticket(
    session: Session, client: FlaskClient, twilio: Double, hand_clock: HandClock
) -> None:
    tell(client, "call")
    hand_clock.move(seconds=10)
    tell(client, "answered")
    assert call_of(session).state is PhoneCallState.TALKING
    hand_clock.move(seconds=120)
    assert tags(tell(client, "ended_answered")) == ["Hangup"]
    tell(client, "leg_over")
    tell(client, "over")
    call = call_of(session)
    assert (call.state, call.duration_seconds, call.look_at) == (PhoneCallState.ANSWERED, 120, None)
    assert call.answered_at == call.started_at + timedelta(seconds=10)
    assert lines_of(session) == []


def test_who_hangs_up_while_it_rings_is_missed_once_the_store_has_not_said_otherwise(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    for sid in (CALL, OTHER):
        tell(client, "call", sid)
        tell(client, "over", sid)
    assert lines_of(session) == []
    wait = call_of(session).look_at
    assert wait is not None
    assert clock.machine_now() < wait <= clock.machine_now() + GRACE
    tell(client, "ended_answered", OTHER)
    assert look(session) == 1
    assert len(lines_of(session)) == 1
    assert not recordings.has_due()


def test_a_call_of_which_nothing_more_is_heard_is_over_in_the_end(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    tell(client, "call")
    assert not recordings.has_due()
    assert look(session) == 1
    assert call_of(session).state is PhoneCallState.MISSED
    assert len(lines_of(session)) == 1


@pytest.mark.parametrize(
    ("listed", "state"),
    [
        (("in-progress", ("in-progress",)), PhoneCallState.TALKING),
        (("completed", ("completed",)), PhoneCallState.ANSWERED),
        (("ringing", ("ringing",)), PhoneCallState.RINGING),
        (("completed", ("no-answer",)), PhoneCallState.MISSED),
        (("completed", ()), PhoneCallState.MISSED),
        (None, PhoneCallState.MISSED),
    ],
)
def test_lost_callbacks_are_asked_for_before_a_call_counts_as_missed(
    session: Session,
    client: FlaskClient,
    twilio: Double,
    listed: tuple[str, tuple[str, ...]] | None,
    state: PhoneCallState,
) -> None:
    tell(client, "call")
    if listed:
        twilio.calls[CALL] = listed
    assert look(session) == 1
    call = call_of(session)
    assert call.state is state
    assert len(lines_of(session)) == int(state is PhoneCallState.MISSED)
    assert (call.look_at is None) is (call.ended_at is not None)


def unreachable(twilio: Double) -> ChannelSettings:
    """Nobody listens there."""
    return ChannelSettings(twilio=replace(make_settings(twilio), api_url="http://127.0.0.1:1"))


@pytest.mark.parametrize("why", ["nobody listens", "no account"])
def test_a_call_is_not_missed_because_the_provider_cannot_be_asked(
    session: Session, client: FlaskClient, twilio: Double, why: str
) -> None:
    tell(client, "call")
    wires.use_transports(unreachable(twilio) if why == "nobody listens" else ChannelSettings())
    assert look(session) == 1
    call = call_of(session)
    assert (call.state, call.attempt_count, lines_of(session)) == (PhoneCallState.RINGING, 1, [])
    assert call.look_at is not None
    assert call.look_at <= clock.machine_now() + FETCH_WAITS[0]
    wires.use_transports(ChannelSettings(twilio=make_settings(twilio)))
    twilio.calls[CALL] = ("in-progress", ("in-progress",))
    look(session)
    assert (call_of(session).state, call_of(session).attempt_count) == (PhoneCallState.TALKING, 0)
    tell(client, "ended_answered")
    assert (call_of(session).state, lines_of(session)) == (PhoneCallState.ANSWERED, [])


def test_who_can_never_be_asked_has_been_missed_after_a_day(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    tell(client, "call")
    wires.use_transports(unreachable(twilio))
    for _ in FETCH_WAITS:
        look(session)
        assert call_of(session).state is PhoneCallState.RINGING
    look(session)
    assert (call_of(session).state, call_of(session).look_at) == (PhoneCallState.MISSED, None)
    assert len(lines_of(session)) == 1


def test_a_call_that_proves_answered_later_says_so_in_its_new_ticket(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    tell(client, "call")
    look(session)
    assert call_of(session).state is PhoneCallState.MISSED
    for name in ("answered", "ended_answered", "ended_answered", "leg_over"):
        tell(client, name)
    assert lines_of(session)[1:] == ["Le magasin a bien répondu à cet appel : nous l’avons appris plus tard."]
    note = session.scalars(select(TicketMessage).order_by(TicketMessage.id.desc())).first()
    assert note is not None
    assert (note.kind, note.author_name) == (MessageKind.NOTE, "Comptoir")
    assert session.scalars(select(Ticket)).one().state is TicketState.NEW


def test_one_call_is_looked_at_in_a_run(session: Session, client: FlaskClient, twilio: Double) -> None:
    for sid in (CALL, OTHER):
        tell(client, "call", sid, From=ANNE if sid == CALL else "+33639980002")
    rung: list[str] = []
    session.execute(update(PhoneCall).values(look_at=clock.machine_now()))
    assert recordings.work_calls(lambda: rung.append("calls")) == 1
    assert sorted(call_of(session, sid).state for sid in (CALL, OTHER)) == ["missed", "ringing"]
    assert (rung, recordings.has_due()) == (["calls"], True)


@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_call_that_ends_its_worker_each_time_is_given_up(
    session: Session, client: FlaskClient, twilio: Double, is_recorded: bool
) -> None:
    for name in ("call", "ended_missed", "recorded") if is_recorded else ("call",):
        tell(client, name)
    twilio.recordings[RECORDING], twilio.calls[CALL] = deque([SOUND]), ("in-progress", ("in-progress",))
    session.execute(update(PhoneCall).values(attempt_count=MOST_LOOKS))
    assert look(session) == 1
    call = call_of(session)
    assert (len(twilio.recordings[RECORDING]), call.look_at, look(session)) == (1, None, 0)
    if is_recorded:
        assert (call.recording_state, RECORDING in lines_of(session)[1]) == (RecordingState.LOST, True)
    else:
        assert (call.state, len(lines_of(session))) == (PhoneCallState.MISSED, 1)


def test_a_call_that_always_fails_is_left_alone_in_the_end(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    tell(client, "call")
    session.execute(update(Store).values(time_zone="Nowhere/Atall"))
    for _ in range(MOST_LOOKS + 1):
        assert look(session) == 1
    assert (look(session), lines_of(session)) == (0, [])
    assert call_of(session).ended_at is not None


def test_a_message_is_fetched_when_it_is_there_and_can_be_played_in_the_ticket(
    session: Session, client: FlaskClient, twilio: Double, hand_clock: HandClock
) -> None:
    tell(client, "call")
    tell(client, "ended_missed")
    hand_clock.move(minutes=1)
    for name in ("recorded", "recording_there", "recorded", "over"):
        tell(client, name)
    twilio.recordings[RECORDING] = deque([None, SOUND])
    assert recordings.has_due()
    assert recordings.work_calls(lambda: None) == 1
    assert not recordings.has_due()
    assert lines_of(session) == [f"Appel manqué de {ANNE} à 10:42."]
    assert call_of(session).recording_state is RecordingState.WAITING
    assert look(session) == 1
    assert lines_of(session)[1:] == [f"Message vocal de {ANNE} à 10:43, durée 0:35."]
    row = session.scalars(select(TicketAttachment)).one()
    assert (row.name, row.media_type) == ("message-2026-03-03-1043.mp3", "audio/mpeg")
    assert files.read(row.sha256) == SOUND
    call = call_of(session)
    assert (call.recording_state, call.file_sha256) == (RecordingState.KEPT, row.sha256)
    assert look(session) == 0
    assert session.scalars(select(Ticket)).one().id == call.ticket_id
    _hear(session, client, call, row.id)


def _hear(session: Session, client: FlaskClient, call: PhoneCall, attachment_id: int) -> None:
    """In the ticket's page, by who may see the store; nothing else may be loaded or run from there."""
    ticket = session.get_one(Ticket, call.ticket_id)
    log_in(client, make_agent(session, store_ids=(call.store_id or 0,)))
    page = client.get(f"/inbox/{ticket.number}")
    assert f'<audio controls preload="none" src="/inbox/file/{attachment_id}"' in page.text
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    sound = client.get(f"/inbox/file/{attachment_id}", headers={"Range": "bytes=0-2"})
    assert (sound.status_code, sound.data, sound.mimetype) == (206, b"ID3", "audio/mpeg")
    assert sound.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    lille = make_store(session, "Lille", code="LIL", phone=None)
    log_in(client, make_agent(session, "Bo Petit", store_ids=(lille.id,)))
    assert client.get(f"/inbox/file/{attachment_id}").status_code == 404


@pytest.mark.parametrize("why", ["never there", "too large", "no sound", "account gone"])
def test_a_message_that_cannot_be_fetched_is_said_to_be_left_all_the_same(
    session: Session, client: FlaskClient, twilio: Double, why: str
) -> None:
    for name in ("call", "ended_missed", "recorded"):
        tell(client, name)
    looks = {"too large": [bytes(recordings.MOST_BYTES + 1)], "no sound": [b"<html>"] * 20}.get(why, [])
    twilio.recordings[RECORDING] = deque(looks)
    if why == "account gone":
        wires.use_transports(ChannelSettings())
    for _ in range(1 if why == "too large" else len(FETCH_WAITS)):
        assert len(lines_of(session)) == 1
        look(session)
    look(session)
    assert lines_of(session)[1].startswith(
        f"Message vocal de {ANNE} à 10:42, durée 0:35.\nL’enregistrement n’a pas"
    )
    assert RECORDING in lines_of(session)[1]
    assert call_of(session).recording_state is RecordingState.LOST
    assert look(session) == 0


def test_silence_is_no_message(session: Session, client: FlaskClient, twilio: Double) -> None:
    for name in ("call", "ended_missed", "silent"):
        tell(client, name)
    assert call_of(session).state is PhoneCallState.MISSED
    assert not recordings.has_due()


# Who calls, and what is called


@pytest.mark.parametrize("caller", ["anonymous", "+266696687"])
def test_hidden_callers_have_a_ticket_each_and_make_no_customer(
    session: Session, client: FlaskClient, twilio: Double, caller: str
) -> None:
    for sid in (CALL, OTHER):
        for name in ("call", "ended_missed"):
            tell(client, name, sid, From=caller)
    assert lines_of(session) == ["Appel manqué d’un numéro masqué à 10:42."] * 2
    assert list(session.scalars(select(Ticket.customer_id))) == [None, None]
    assert call_of(session).caller is None


def test_hidden_callers_ring_at_once_but_not_for_ever(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    """One that the store's telephone sends back without saying so would ring again and again."""
    sids = [f"CA{number:032x}" for number in range(16, 20)]
    heard = [tags(tell(client, "call", sid, From="anonymous")) for sid in sids]
    assert heard[:3] == [["Say", "Dial"]] * 3
    assert heard[3] == ["Say", "Say", "Say", "Record", "Say", "Hangup"]
    known = [tags(tell(client, "call", sid))[1] for sid in (CALL, OTHER)]
    assert known == ["Dial", "Say"]


def test_the_machine_that_answers_behind_a_forwarding_telephone_is_nobody_on_the_line(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    """Lyon's telephone forwards to Lyon's line: the leg to it is answered, by our own machine, and a message is left."""
    tell(client, "call")
    back = tell(client, "call", OTHER, ForwardedFrom="+33472000001")
    assert tags(back) == ["Say", "Say", "Say", "Record", "Say", "Hangup"]
    first = call_of(session)
    assert (first.state, first.is_answered_by_us) == (PhoneCallState.MESSAGE, True)
    tell(client, "answered")
    assert call_of(session).state is PhoneCallState.MESSAGE
    lyon = session.scalars(select(Store.id)).one()
    viewer = viewer_of(make_agent(session, store_ids=(lyon,)), lyon)
    assert list_live_calls(viewer) == []
    tell(client, "recorded", OTHER)
    tell(client, "ended_answered")
    tell(client, "over")
    first, second = call_of(session), call_of(session, OTHER)
    assert (first.state, second.state) == (PhoneCallState.MISSED, PhoneCallState.VOICEMAIL)
    assert first.ticket_id is None
    assert first.look_at is None
    assert len(lines_of(session)) == 1, "one missed call is one line, whatever ways it took"


@pytest.mark.parametrize(
    ("seconds", "changes"),
    [(60, {}), (1, {"To": "+33472000001"})],
    ids=["again once the store has closed", "on the store's own number"],
)
def test_a_second_call_does_not_make_a_person_who_answers_the_first_a_machine(
    session: Session,
    client: FlaskClient,
    twilio: Double,
    hand_clock: HandClock,
    seconds: int,
    changes: dict[str, str],
) -> None:
    hand_clock.move(hours=8, minutes=17, seconds=30)
    assert "Dial" in tags(tell(client, "call"))
    hand_clock.move(seconds=seconds)
    assert "Record" in tags(tell(client, "call", OTHER, **changes))
    assert not call_of(session).is_answered_by_us
    tell(client, "answered")
    assert call_of(session).state is PhoneCallState.TALKING


def test_a_call_to_a_number_of_no_store_is_routed_as_any_contact(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    lille = make_store(session, "Lille", code="LIL", phone="+33320000001")
    make_customer(session, "Anne", "Martin", mail=None, phone=ANNE, preferred_store_id=lille.id)
    for sid, caller in ((CALL, ANNE), (OTHER, "+33639980002")):
        for name in ("call", "over"):
            tell(client, name, sid, From=caller, To="+33472999999")
    assert list(session.scalars(select(Ticket.store_id).order_by(Ticket.id))) == [lille.id, None]


def test_an_erased_caller_leaves_no_number(session: Session, client: FlaskClient, twilio: Double) -> None:
    anne = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    tell(client, "call")
    phone_setting.forget_caller(anne.id)
    assert call_of(session).caller is None


# Signatures


@pytest.mark.parametrize("bad", ["token", "address", "none", "no account"])
def test_what_is_not_signed_is_refused_and_writes_nothing(
    session: Session, client: FlaskClient, twilio: Double, bad: str
) -> None:
    if bad == "no account":
        wires.use_transports(ChannelSettings())
    for path in ("", "/ended", "/recorded", "/status"):
        _refuse(client, f"/hooks/twilio/voice{path}", bad)
    assert session.scalar(select(func.count()).select_from(PhoneCall)) == 0


def _refuse(client: FlaskClient, url: str, bad: str) -> None:
    fields = callbacks()["call"][1]
    signed_as = f"http://localhost{url}?a=1" if bad == "address" else f"http://localhost{url}"
    headers = (
        {} if bad == "none" else sign(signed_as, fields, **({"token": "another"} if bad == "token" else {}))
    )
    assert client.post(url, data=fields, headers=headers).status_code == 403
