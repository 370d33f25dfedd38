"""SMS and WhatsApp that come in: stored as they came, sorted later; STOP and START to the ledger, the rest to the inbox."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.channels.stop_words import is_start, is_stop
from hub.core.db import db, ring_after_commit
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Language
from hub.customers.restarting import restart_phone, stop_phone
from hub.inbox.actions import Directory, Incoming, fetching, receive_message
from hub.mailroom import rules
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay
from hub.outbox import actions as outbox
from hub.stores.queries import get_chain

BELL = "arrivals"
WHATSAPP = "whatsapp:"
LONGEST_TEXT = 20_000
FILES_ONLY = {
    Language.FRENCH: ("[1 fichier joint]", "[{count} fichiers joints]"),
    Language.ENGLISH: ("[1 file attached]", "[{count} files attached]"),
}


@dataclass(frozen=True)
class PhoneText:
    """One inbound message. `reference` is the provider's own; `opt_out` its verdict, if it judges itself.

    `media_urls`: where its pictures, sounds and films are fetched from.
    """

    reference: str
    channel: Channel
    phone: str
    to: str
    name: str
    text: str
    opt_out: str
    media_urls: tuple[str, ...] = ()


def read_text(fields: Mapping[str, str]) -> PhoneText:
    """The fields of Twilio's inbound webhook. Raises Invalid without a MessageSid."""
    reference = fields.get("MessageSid") or fields.get("SmsMessageSid") or ""
    sender = fields.get("From", "").strip()
    if not reference or not sender:
        raise Invalid(N_("This message cannot be read: it has no MessageSid or no From."))
    media = (fields.get(f"MediaUrl{number}", "") for number in range(_count(fields.get("NumMedia", ""))))
    return PhoneText(
        reference=reference,
        channel=Channel.WHATSAPP if sender.startswith(WHATSAPP) else Channel.SMS,
        phone=sender.removeprefix(WHATSAPP),
        to=fields.get("To", "").removeprefix(WHATSAPP),
        name=fields.get("ProfileName", ""),
        text=fields.get("Body", "").strip().replace("\x00", "")[:LONGEST_TEXT],
        opt_out=fields.get("OptOutType", "").upper(),
        media_urls=tuple(url.replace("\x00", "") for url in media if url),
    )


def _count(text: str) -> int:
    return min(int(text), fetching.MOST_FILES) if text.isdecimal() else 0


def store_text(fields: Mapping[str, str], *, now: datetime, machine_now: datetime) -> int:
    """Keep a message as it came and return its id; told twice it is one. The caller acknowledges after its commit."""
    given = read_text(fields)
    raw = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True).encode()
    name = {"mailbox": given.to, "message_id": f"<{given.reference}>"}
    digest = rules.digest_of(given.reference.encode())
    statement = insert(Arrival).values(
        **name,
        way=ArrivalWay.PHONE,
        mail_from=given.phone,
        recipients=[given.to],
        sha256=digest,
        raw=raw,
        size_bytes=len(raw),
        state=ArrivalState.WAITING,
        attempt_count=0,
        next_attempt_at=machine_now,
        received_at=now,
    )
    stored: int | None = db.session.scalar(statement.on_conflict_do_nothing().returning(Arrival.id))
    if stored is None:
        same = select(Arrival.id).where(
            Arrival.mailbox == given.to, Arrival.message_id == name["message_id"], Arrival.sha256 == digest
        )
        return db.session.execute(same).scalar_one()
    ring_after_commit(BELL)
    return stored


def sort_text(arrival: Arrival, *, now: datetime, machine_now: datetime, directory: Directory) -> None:
    """Let it have its effect, in the transaction and savepoint of the sorting."""
    given = read_text(json.loads(arrival.raw or b"{}"))
    outbox.note_inbound(given.phone, given.channel, now=arrival.received_at)
    arrival.state, arrival.sorted_at = ArrivalState.SORTED, now
    arrival.kind, arrival.reason = ArrivalKind.STOP, None
    if given.opt_out == "STOP" or (is_stop(given.text) and not given.media_urls):
        with suppress(Invalid):
            stop_phone(**_said(arrival, given, now))
    elif _restarts(arrival, given, now):
        arrival.reason = "START"
    else:
        arrival.kind = ArrivalKind.MESSAGE
        received = receive_message(
            make_incoming(arrival, given), now=now, machine_now=machine_now, directory=directory
        )
        arrival.ticket_id = received.ticket_id
        if received.message_id is not None:
            fetching.await_files(received.message_id, given.media_urls, machine_now=machine_now)


def _restarts(arrival: Arrival, given: PhoneText, now: datetime) -> bool:
    """START gives back what STOP took; where STOP took nothing it is a message that a person reads."""
    if given.opt_out != "START" and (given.media_urls or not is_start(given.text)):
        return False
    with suppress(Invalid):
        return restart_phone(**_said(arrival, given, now))
    return False


class _Said(TypedDict):
    phone: str
    channel: Channel
    wording: str
    arrival_id: int
    now: datetime
    happened_at: datetime


def _said(arrival: Arrival, given: PhoneText, now: datetime) -> _Said:
    return {
        "phone": given.phone,
        "channel": given.channel,
        "wording": given.text,
        "arrival_id": arrival.id,
        "now": now,
        "happened_at": arrival.received_at,
    }


def make_incoming(arrival: Arrival, given: PhoneText) -> Incoming:
    """The contact that a text is; it is answered at the phone it came from."""
    return Incoming(
        channel=given.channel,
        phone=given.phone,
        from_name=given.name,
        recipients=(given.to,),
        text=given.text or _words_about(given),
        has_files_to_come=bool(given.media_urls),
        arrival_id=arrival.id,
        key=f"text:{given.reference}",
        happened_at=arrival.received_at,
    )


def _words_about(given: PhoneText) -> str:
    """What stands for a message that is nothing but files."""
    one, many = FILES_ONLY[get_chain().language]
    count = len(given.media_urls)
    return "" if not count else one if count == 1 else many.format(count=count)
