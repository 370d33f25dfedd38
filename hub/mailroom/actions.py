"""What the door in does for others: store as it came, sort later, release from quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core import files
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import table_of
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.mailroom import rules
from hub.mailroom.models import Arrival
from hub.mailroom.texts import store_text
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay
from hub.mailroom.working import has_due, next_due_at, work_arrivals

BELL = "arrivals"

__all__ = ["has_due", "next_due_at", "release_arrival", "store_arrival", "store_text", "work_arrivals"]


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as it came: the bytes, the mailbox it was written to, and the envelope.

    `whole_bytes` is given when `raw` is only the head of a mail of that size; `trouble` when a person must look at it
    at once.
    """

    raw: bytes
    mailbox: str
    mail_from: str
    recipients: Sequence[str]
    whole_bytes: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """`is_new` is False when the same mail was kept before."""

    arrival_id: int
    is_new: bool


def store_arrival(
    raw: bytes,
    *,
    way: ArrivalWay,
    mailbox: str,
    mail_from: str,
    recipients: Sequence[str],
    now: datetime,
    machine_now: datetime,
) -> int:
    """Keep a raw mail as it came and return its id, as `store_arrivals`."""
    mail = RawMail(raw, mailbox, mail_from, recipients)
    return store_arrivals([mail], way=way, now=now, machine_now=machine_now)[0]


def store_arrivals(
    mails: Sequence[RawMail], *, way: ArrivalWay, now: datetime, machine_now: datetime
) -> list[int]:
    """Keep raw mails as they came and return their ids, as `keep_arrivals`."""
    return [each.arrival_id for each in keep_arrivals(mails, way=way, now=now, machine_now=machine_now)]


def keep_arrivals(
    mails: Sequence[RawMail], *, way: ArrivalWay, now: datetime, machine_now: datetime
) -> list[Kept]:
    """Keep raw mails as they came; the same one (mailbox, Message-ID, content) has the same id.

    `now` is business time. The caller acknowledges only after its commit. A mail over 60 MB is kept and quarantined.
    """
    rows = [_row_of(mail, way=way, now=now, machine_now=machine_now) for mail in mails]
    table = table_of(Arrival)
    key = table.c.mailbox, table.c.message_id, table.c.sha256
    kept = insert(table).on_conflict_do_nothing().returning(table.c.id, *key)
    ids = {tuple(same): arrival_id for arrival_id, *same in db.session.execute(kept, rows)}
    if ids:
        ring_after_commit(BELL)
    keys = [(row["mailbox"], row["message_id"], row["sha256"]) for row in rows]
    return [Kept(ids.get(same) or _find_same(*same), same in ids) for same in keys]


def _row_of(mail: RawMail, *, way: ArrivalWay, now: datetime, machine_now: datetime) -> dict[str, Any]:
    digest = rules.digest_of(mail.raw)
    is_small = len(mail.raw) <= rules.INLINE_BYTES
    trouble = mail.trouble or ("larger than the limit" if len(mail.raw) > rules.LARGEST_BYTES else None)
    return {
        "way": way,
        "mailbox": mail.mailbox.lower(),
        "mail_from": mail.mail_from,
        "recipients": list(mail.recipients),
        "message_id": rules.find_message_id(mail.raw, digest),
        "sha256": digest,
        "raw": mail.raw if is_small else None,
        "file_sha256": None if is_small else files.keep(mail.raw),
        "size_bytes": mail.whole_bytes or len(mail.raw),
        "is_partial": mail.whole_bytes is not None,
        "state": ArrivalState.QUARANTINED if trouble else ArrivalState.WAITING,
        "reason": trouble and trouble[: rules.MOST_TEXT_CHARS],
        "attempt_count": 0,
        "next_attempt_at": machine_now,
        "received_at": now,
    }


def _find_same(mailbox: str, message_id: str, digest: str) -> int:
    same = (Arrival.mailbox == mailbox, Arrival.message_id == message_id, Arrival.sha256 == digest)
    return db.session.execute(select(Arrival.id).where(*same)).scalar_one()


def release_arrivals(arrival_ids: Sequence[int], *, by: Actor, now: datetime, machine_now: datetime) -> int:
    """Release each that still can be, as `release_arrival`; returns how many."""
    wanted = select(Arrival).where(Arrival.id.in_(arrival_ids)).order_by(Arrival.id).with_for_update()
    found = [row.id for row in db.session.scalars(wanted) if _is_kept_back(row)]
    for arrival_id in found:
        release_arrival(arrival_id, by=by, now=now, machine_now=machine_now)
    return len(found)


def release_arrival(arrival_id: int, *, by: Actor, now: datetime, machine_now: datetime) -> None:
    """Let a quarantined mail be sorted again, after a fix; limits hold it no more. Raises NotFound and Conflict.

    An auto-reply that belongs to no ticket is made one: somebody has read it and says that a person wrote it.
    """
    arrival = db.session.scalar(select(Arrival).where(Arrival.id == arrival_id).with_for_update())
    if arrival is None:
        raise NotFound(N_("This mail does not exist."))
    if not _is_kept_back(arrival):
        raise Conflict(N_("This mail is not in quarantine any more."))
    arrival.state = ArrivalState.WAITING
    arrival.attempt_count = 0
    arrival.next_attempt_at = machine_now
    arrival.sorted_at = None
    arrival.released_at = now
    note_change("arrival.released", subject_kind="arrival", subject_id=arrival_id, by=by, now=now)
    db.session.flush()
    ring_after_commit(BELL)


def _is_kept_back(arrival: Arrival) -> bool:
    """Whether nobody sees it but those who look at these lists."""
    is_unseen = arrival.kind is ArrivalKind.AUTO_REPLY and arrival.ticket_id is None
    return arrival.state is ArrivalState.QUARANTINED or (arrival.state is ArrivalState.SORTED and is_unseen)
