"""What the thread of a ticket says of a customer's call: that it was missed, and the message that was left."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.words import Channel
from hub.inbox import phone_rules
from hub.inbox.actions.changing import add_note
from hub.inbox.actions.finding import lock_names
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.actions.receiving import receive_into, receive_message
from hub.inbox.directory import Directory
from hub.inbox.models import PhoneCall, Ticket, TicketMessage
from hub.inbox.phone_rules import SPOKEN
from hub.inbox.states import OPEN_STATES
from hub.inbox.values import Incoming, IncomingFile
from hub.inbox.words import RecordingState, RouteSource, TicketState
from hub.stores.queries import get_chain, get_store


def note_missed(call: PhoneCall, *, now: datetime) -> None:
    """One line, in the open ticket of the same caller at the store or in a new one; told twice it is one."""
    words = SPOKEN[get_chain().language].missed
    _say(call, f"call:{call.sid}", words, at=call.started_at, now=now)


def note_answered(call: PhoneCall, *, now: datetime) -> None:
    """The call counted as missed and was not: a note says so, where nobody has taken the ticket up yet."""
    found = select(Ticket.id).join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
    found = found.where(TicketMessage.key == f"call:{call.sid}", Ticket.state == TicketState.NEW)
    ticket_id = db.session.scalar(found)
    if ticket_id is not None:
        words = SPOKEN[get_chain().language].answered
        add_note(ticket_id=ticket_id, text=words, by=SYSTEM, now=now, key=f"call:{call.sid}:answered")


def note_message(call: PhoneCall, file: IncomingFile | None, *, now: datetime) -> None:
    """What was said on the answering machine; without a file the line says where it can still be heard."""
    spoken = SPOKEN[get_chain().language]
    words = spoken.message if file else f"{spoken.message}\n{spoken.lost}"
    files = (file,) if file else ()
    _say(call, f"call:{call.sid}:message", words, files=files, at=call.ended_at or now, now=now)
    call.recording_state = RecordingState.KEPT if file else RecordingState.LOST
    call.file_sha256 = file.sha256 if file else None
    call.look_at = None
    db.session.flush()


def _say(
    call: PhoneCall,
    key: str,
    words: str,
    *,
    at: datetime,
    now: datetime,
    files: tuple[IncomingFile, ...] = (),
) -> None:
    if call.ticket_id is None and call.caller:
        lock_names([f"caller:{call.caller}:{call.store_id}"])
        call.ticket_id = _find_open(call)
    incoming = _incoming_of(call, key, words, files=files, at=at)
    if call.ticket_id is not None:
        received = receive_into(call.ticket_id, incoming, now=now)
    else:
        place = _place_of(call)
        received = receive_message(incoming, now=now, directory=place)
        hand_out(place.take_unassigned(), now=now)
    call.ticket_id = received.ticket_id
    if call.customer_id is None and call.caller and received.ticket_id is not None:
        call.customer_id = db.session.get_one(Ticket, received.ticket_id).customer_id
    db.session.flush()


def _incoming_of(
    call: PhoneCall, key: str, words: str, *, files: tuple[IncomingFile, ...], at: datetime
) -> Incoming:
    language = get_chain().language
    spoken = SPOKEN[language]
    values = {
        "caller": spoken.from_number.format(number=call.caller) if call.caller else spoken.from_nobody,
        "time": _clock_words(call, at),
        "length": phone_rules.length_words(call.recording_seconds),
        "sid": call.recording_sid or "",
    }
    return Incoming(
        channel=Channel.PHONE,
        phone=call.caller,
        recipients=(call.called,),
        subject=spoken.subject.format(**values),
        text=words.format(**values),
        attachments=files,
        language=language,
        key=key,
        happened_at=at,
    )


def _find_open(call: PhoneCall) -> int | None:
    """The open ticket in which an earlier call of this number to this store was noted."""
    found = select(Ticket.id).join(PhoneCall, PhoneCall.ticket_id == Ticket.id)
    found = found.where(
        PhoneCall.caller == call.caller,
        PhoneCall.store_id.is_not_distinct_from(call.store_id),
        Ticket.channel == Channel.PHONE,
        Ticket.state.in_(OPEN_STATES),
    )
    if call.store_id is not None:
        found = found.where(Ticket.store_id == call.store_id)
    return db.session.scalar(found.order_by(Ticket.id.desc()).limit(1))


def _place_of(call: PhoneCall) -> Directory:
    """The number that was called decides the store, whatever order the sources of routing have."""
    place = Directory()
    if call.store_id is not None:
        place.routing_order = (RouteSource.STORE_NUMBER,)
        place.by_phone = {call.called: call.store_id}
    return place


def _clock_words(call: PhoneCall, at: datetime) -> str:
    """`10:42` where the store is."""
    zone = get_store(call.store_id).time_zone if call.store_id else get_chain().time_zone
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
