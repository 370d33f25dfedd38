"""Telephone calls of customers, as the provider tells them: let the store ring, ask for a message, note what was missed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.channels import twilio_voice
from hub.core import live, site
from hub.core.db import db, ring_after_commit, tell_after_commit
from hub.core.live import News, NewsKind
from hub.customers.queries import find_customer_by_address
from hub.inbox import phone_rules
from hub.inbox.actions.phone_notes import note_answered, note_missed
from hub.inbox.models import PhoneCall, PhoneLine
from hub.inbox.phone_rules import SPOKEN, CallFacts, CallNews
from hub.inbox.words import PhoneCallState, RecordingState
from hub.stores import queries as stores
from hub.stores.queries import StoreRow, get_chain
from hub.stores.rules import is_open

BELL = "calls"


@dataclass(frozen=True)
class _Line:
    """Where a call came in: its store (None: a number of the chain), and the telephone behind it, if one may ring.

    `is_back`: the telephone that we ring for a first call of the caller sent this one, and so our machine answers it.
    """

    store: StoreRow | None
    rings_at: str | None = None
    ring_seconds: int = phone_rules.RING_SECONDS
    is_closed: bool = False
    is_back: bool = False


def take_call(fields: Mapping[str, str], *, now: datetime, machine_now: datetime) -> str:
    """A call comes in; returns what the provider does with it (TwiML). Told twice it is one. Raises Invalid."""
    news = phone_rules.read_call(fields)
    line = _find_line(news, now)
    call = _keep(news, line, now=now)
    _learn(call, news, now=now, machine_now=machine_now)
    if line.is_back and not call.is_dialled:
        _learn_of_first(news, call, now=now, machine_now=machine_now)
    chain = get_chain()
    spoken, name = SPOKEN[chain.language], line.store.name if line.store else chain.name
    if call.is_dialled and line.rings_at:
        return twilio_voice.write_ringing(
            base_url=site.base_url(),
            language=chain.language,
            greeting=spoken.ringing.format(name=name),
            number=line.rings_at,
            seconds=line.ring_seconds,
        )
    return _ask_for_message(
        spoken.hello.format(name=name), spoken.closed if line.is_closed else spoken.nobody
    )


def take_dial_end(fields: Mapping[str, str], *, now: datetime, machine_now: datetime) -> str:
    """The store answered and hung up, or nobody did: then a message is asked for (TwiML). Raises Invalid."""
    news = phone_rules.read_dial_end(fields)
    _take(news, now=now, machine_now=machine_now)
    if news.facts.is_answered:
        return twilio_voice.write_end()
    return _ask_for_message(SPOKEN[get_chain().language].nobody)


def take_recording(fields: Mapping[str, str], *, now: datetime, machine_now: datetime) -> str:
    """The customer has left a message, which a worker fetches (TwiML: goodbye). Raises Invalid."""
    _take(phone_rules.read_recording(fields), now=now, machine_now=machine_now)
    return twilio_voice.write_end()


def take_call_status(fields: Mapping[str, str], *, now: datetime, machine_now: datetime) -> None:
    """The store picked up, or the call ended. Raises Invalid."""
    _take(phone_rules.read_status(fields), now=now, machine_now=machine_now)


def lapse_call(call: PhoneCall, *, asked: CallFacts | None, now: datetime, machine_now: datetime) -> None:
    """The next callback did not come in time: `asked` is what the provider says, None when it says nothing."""
    facts = facts_of(call) | (asked or CallFacts())
    is_going = asked is not None and not asked.is_over
    news = CallNews(sid=call.sid, facts=facts if is_going else phone_rules.lapse(facts))
    _learn(call, news, now=now, machine_now=machine_now)


def lock_call(sid: str) -> PhoneCall | None:
    """The row of a call, held to the end of the transaction."""
    wanted = select(PhoneCall).where(PhoneCall.sid == sid).with_for_update()
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def facts_of(call: PhoneCall) -> CallFacts:
    """What is known of a call so far."""
    return CallFacts(
        is_dialled=call.is_dialled,
        has_dial_failed=call.has_dial_failed,
        is_answered=call.answered_at is not None,
        is_over=call.ended_at is not None,
        has_message=call.recording_sid is not None,
        is_ours=call.is_answered_by_us,
    )


def _find_line(news: CallNews, now: datetime) -> _Line:
    """The store that was called: by the line that was set up, else by its own number, also where that one forwards."""
    active = stores.list_stores()
    lines = {row.store_id: row for row in db.session.scalars(select(PhoneLine))}
    for number in filter(None, (news.called, news.forwarded_from)):
        by_line = [each for each in active if each.id in lines and lines[each.id].number == number]
        found = by_line or [each for each in active if each.phone == number]
        if len(found) == 1:
            line = _line_of(found[0], lines.get(found[0].id), news, now)
            if not _comes_back(news, now):
                return line
            is_sent = not line.is_closed or bool(news.forwarded_from)  # once closed, people call again
            return replace(line, rings_at=None, is_back=is_sent)
    return _Line(None)


def _learn_of_first(news: CallNews, call: PhoneCall, *, now: datetime, machine_now: datetime) -> None:
    """The telephone that a first call of the same caller rings sent this one here: our machine answers both.

    Told before the provider can say that the first one was answered. Which one it is of hidden callers nobody knows.
    """
    if news.caller is None or call.store_id is None:
        return
    found = select(PhoneCall.sid).where(
        PhoneCall.caller == news.caller,
        PhoneCall.store_id == call.store_id,
        PhoneCall.sid != news.sid,
        PhoneCall.state == PhoneCallState.RINGING,
    )
    for sid in db.session.scalars(found.order_by(PhoneCall.id)).all():
        first = lock_call(sid)
        if first is not None and first.state is PhoneCallState.RINGING:
            back = CallNews(sid=sid, facts=CallFacts(is_dialled=True, is_ours=True))
            _learn(first, back, now=now, machine_now=machine_now)


def _comes_back(news: CallNews, now: datetime) -> bool:
    """Whether the telephone that we ring right now sends the same caller back to us: rung again, it would for ever.

    Hidden callers cannot be told apart: a few at once are several people.
    """
    found = select(PhoneCall.id).where(
        PhoneCall.sid != news.sid,
        PhoneCall.called == news.called,
        PhoneCall.caller.is_not_distinct_from(news.caller),
    )
    ringing, talking = PhoneCallState.RINGING, PhoneCallState.TALKING
    if news.caller is not None:
        return db.session.scalar(found.where(PhoneCall.state == ringing).limit(1)) is not None
    latest = PhoneCall.is_dialled, PhoneCall.started_at > now - phone_rules.LONGEST_RING
    found = found.where(PhoneCall.state.in_((ringing, talking)), *latest)
    return len(db.session.scalars(found.limit(phone_rules.MOST_HIDDEN)).all()) >= phone_rules.MOST_HIDDEN


def _line_of(store: StoreRow, line: PhoneLine | None, news: CallNews, now: datetime) -> _Line:
    """A telephone that was called itself, or that forwards to us, is not rung again."""
    hours = stores.get_hours(store.id)
    is_closed = hours.is_known and not is_open(hours, now)
    behind = (line.rings_at if line else None) or store.phone
    is_circle = behind in {news.called, news.forwarded_from}
    seconds = line.ring_seconds if line else phone_rules.RING_SECONDS
    return _Line(store, None if is_circle or is_closed else behind, seconds, is_closed)


def _keep(news: CallNews, line: _Line, *, now: datetime) -> PhoneCall:
    """The row of the call, made if this is the first that is heard of it; locked."""
    customer = find_customer_by_address(news.caller) if news.caller else None
    store_id = line.store.id if line.store else None
    values = {
        "sid": news.sid,
        "called": news.called,
        "caller": news.caller,
        "store_id": store_id,
        "customer_id": customer.id if customer else None,
        "state": PhoneCallState.RINGING if line.rings_at else PhoneCallState.MESSAGE,
        "is_dialled": line.rings_at is not None,
        "has_dial_failed": False,
        "started_at": now,
        "duration_seconds": 0,
        "recording_seconds": 0,
        "attempt_count": 0,
    }
    made = insert(PhoneCall).values(**values).on_conflict_do_nothing().returning(PhoneCall.id)
    if db.session.scalar(made) is not None:
        _tell(store_id)
    call = lock_call(news.sid)
    if call is None:
        raise LookupError(f"the call {news.sid} is gone")
    return call


def _take(news: CallNews, *, now: datetime, machine_now: datetime) -> None:
    """Learn from a callback. That of a leg whose call is not known tells nothing: only our own answers make legs."""
    call = lock_call(news.sid)
    if call is None and news.called:
        call = _keep(news, _find_line(news, now), now=now)
    if call is not None:
        _learn(call, news, now=now, machine_now=machine_now)


def _learn(call: PhoneCall, news: CallNews, *, now: datetime, machine_now: datetime) -> None:
    """Add what a callback says to what is known, and do what follows from it."""
    known, was_missed = facts_of(call) | news.facts, call.state is PhoneCallState.MISSED
    _add(call, known, news, now)
    state = phone_rules.state_of(known)
    if state is not call.state:
        call.state = state
        _tell(call.store_id)
    if news.recording_sid and call.recording_sid is None:
        call.recording_sid, call.recording_seconds = news.recording_sid, news.recording_seconds
        call.recording_state, call.attempt_count = RecordingState.WAITING, 0
        call.look_at = machine_now
        ring_after_commit(BELL)
    elif call.recording_state is not RecordingState.WAITING:
        wait = phone_rules.patience(known)
        call.look_at, call.attempt_count = machine_now + wait if wait else None, 0
    db.session.flush()
    if phone_rules.is_surely_missed(known):
        note_missed(call, now=now)
    elif was_missed and known.has_talked:
        note_answered(call, now=now)


def _add(call: PhoneCall, known: CallFacts, news: CallNews, now: datetime) -> None:
    call.is_dialled, call.has_dial_failed = known.is_dialled, known.has_dial_failed
    call.is_answered_by_us = known.is_ours
    if known.is_answered:
        answered_at = max(call.started_at, now - timedelta(seconds=news.talk_seconds))
        call.answered_at = min(call.answered_at or answered_at, answered_at)
    if known.is_over:
        call.ended_at = call.ended_at or now
        call.duration_seconds = max(call.duration_seconds, news.talk_seconds)


def _ask_for_message(*words: str) -> str:
    tongue = get_chain().language
    spoken = SPOKEN[tongue]
    longest = phone_rules.LONGEST_MESSAGE_SECONDS
    machine = twilio_voice.Machine(tongue, (*words, spoken.leave), spoken.silence, longest)
    return twilio_voice.write_machine(machine, base_url=site.base_url())


def _tell(store_id: int | None) -> None:
    """Open pages of those who may see the store look again."""
    tell_after_commit(News(NewsKind.CALL, live.ticket_topics(store_id)))
