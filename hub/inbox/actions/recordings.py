"""Looks at calls by itself: fetches what was said on the answering machine, and ends calls whose end nobody told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, and_, select

from hub.channels.base import ChannelError
from hub.channels.twilio_client import KnownCall
from hub.channels.twilio_media import Media, MediaError
from hub.core import clock, files
from hub.core.db import db, transaction
from hub.inbox import phone_rules
from hub.inbox.actions.phone_notes import note_message
from hub.inbox.actions.phoning import lapse_call, lock_call
from hub.inbox.models import PhoneCall
from hub.inbox.values import IncomingFile
from hub.inbox.words import RecordingState
from hub.outbox import wires
from hub.stores.queries import get_chain

MOST_BYTES = 10 * 1024 * 1024
ENDINGS = {"audio/mpeg": ".mp3", "audio/wav": ".wav"}
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Look:
    """A call to look at; `recording_sid` None: only to see whether it is over."""

    sid: str
    recording_sid: str | None
    attempt_count: int

    @property
    def is_last(self) -> bool:
        """Whether looks enough ended their worker: nobody is asked any more."""
        return self.attempt_count > phone_rules.MOST_LOOKS


def work_calls(wake: Callable[[], None]) -> int:
    """One call, so that a slow provider never outlasts the job; returns how many were looked at."""
    look = _claim()
    if look is None:
        return 0
    wake()
    try:
        if look.recording_sid:
            _fetch(look)
        else:
            _lapse(look)
    except Exception:  # one call must not stop the others: it is looked at again later
        log.exception("call.failed", sid=look.sid, attempt_count=look.attempt_count)
    return 1


def has_due() -> bool:
    """Whether a recording waits to be fetched, or a call for its end."""
    return db.session.scalar(select(PhoneCall.id).where(_is_due(clock.machine_now())).limit(1)) is not None


def next_due_at() -> datetime | None:
    """Nothing is planned in business time."""
    return None


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    return and_(PhoneCall.look_at.is_not(None), PhoneCall.look_at <= machine_now)


def _claim() -> _Look | None:
    """Count the attempt and keep others away while we look; after the last one nobody looks again."""
    with transaction():
        moment = clock.machine_now()
        due = select(PhoneCall).where(_is_due(moment)).order_by(PhoneCall.look_at, PhoneCall.id).limit(1)
        call = db.session.scalar(due.with_for_update(skip_locked=True))
        if call is None:
            return None
        call.attempt_count += 1
        call.look_at = moment + phone_rules.LEASE
        is_recorded = call.recording_state is RecordingState.WAITING
        look = _Look(call.sid, call.recording_sid if is_recorded else None, call.attempt_count)
        if look.is_last:
            call.look_at, call.ended_at = None, call.ended_at or clock.business_now()
        return look


def _lapse(look: _Look) -> None:
    """Callbacks may be lost: the provider is asked before a call counts as over, later again while it cannot be."""
    known, is_told = (None, True) if look.is_last else _ask_about(look.sid)
    asked = phone_rules.read_listed(known.status, known.legs) if known else None
    wait = None if is_told else phone_rules.fetch_wait(look.attempt_count)
    with transaction():
        call = lock_call(look.sid)
        if call is None or call.recording_state is RecordingState.WAITING:
            return
        if wait is None:
            lapse_call(call, asked=asked, now=clock.business_now(), machine_now=clock.machine_now())
        elif call.look_at is not None:
            call.look_at = clock.machine_now() + wait


def _ask_about(sid: str) -> tuple[KnownCall | None, bool]:
    """What the provider knows of the call, and whether it could be asked."""
    try:
        return wires.find_call(sid), True
    except (ChannelError, LookupError) as error:
        log.warning("call.not_asked", sid=sid, error=str(error))
        return None, False


def _fetch(look: _Look) -> None:
    """Ask the provider outside of any transaction; what is not there yet is asked for again, later and later."""
    found, is_final = (None, True) if look.is_last else _ask(look.recording_sid or "")
    with transaction():
        call = lock_call(look.sid)
        if call is None or call.recording_state is not RecordingState.WAITING:
            return
        wait = None if is_final else phone_rules.fetch_wait(look.attempt_count)
        if found is None and wait is not None:
            call.look_at = clock.machine_now() + wait
            return
        note_message(call, _keep(call, found) if found else None, now=clock.business_now())


def _ask(recording_sid: str) -> tuple[Media | None, bool]:
    """The sound, or whether asking again cannot help."""
    try:
        found = wires.fetch_recording(recording_sid, limit_bytes=MOST_BYTES)
    except MediaError as error:
        log.warning("recording.not_fetched", sid=recording_sid, fault=error.fault.value, detail=error.detail)
        return None, error.is_final
    except LookupError:
        return None, False
    if not found.media_type.startswith("audio/"):
        log.warning("recording.no_sound", sid=recording_sid, media_type=found.media_type)
        return None, False
    return found, True


def _keep(call: PhoneCall, found: Media) -> IncomingFile:
    at = (call.ended_at or call.started_at).astimezone(ZoneInfo(get_chain().time_zone))
    name = f"message-{at:%Y-%m-%d-%H%M}{ENDINGS.get(found.media_type, '')}"
    return IncomingFile(name, found.media_type, len(found.content), files.keep(found.content))
