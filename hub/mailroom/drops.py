"""Drops for raw mails: a provider posts a mail as it came, signed with the drop's secret; kept before it is answered."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from hub.core import sealing, site
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.customers.rules import normalise_mail
from hub.mailroom import rules
from hub.mailroom.actions import Kept, RawMail, keep_arrivals
from hub.mailroom.way_models import MailDrop
from hub.mailroom.words import ArrivalWay
from hub.stores.queries import get_store

SECRET = "mail-drop"  # noqa: S105 - the purpose of the key, no password
WINDOW = timedelta(minutes=5)
VERSION = "v1="
MOST_CHARS = 120
LONGEST_TIMESTAMP = 12


@dataclass(frozen=True)
class Posted:
    """What came in at a drop: the mail, the seconds since 1970 it was signed at, and the signature, both as sent."""

    key: str
    raw: bytes
    timestamp: str
    signature: str


@dataclass(frozen=True)
class NewDrop:
    """`secret` is shown once."""

    key: str
    secret: str


def make_drop(*, name: str, mailbox: str, store_id: int | None, by: Actor, now: datetime) -> NewDrop:
    """A drop of its own address and secret. Raises Invalid."""
    plain = " ".join(name.split())
    if not plain or len(plain) > MOST_CHARS:
        raise Invalid(N_("Please give a name of at most 120 characters."), field="name")
    made = NewDrop(secrets.token_urlsafe(12), secrets.token_urlsafe(32))
    row = MailDrop(
        key=made.key,
        name=plain,
        mailbox=normalise_mail(mailbox),
        store_id=store_id,
        secret_sealed=sealing.seal(SECRET, made.secret),
        is_active=True,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    note_change("mail_drop.made", subject_kind="mail_drop", subject_id=row.id, by=by, now=now)
    return made


def switch_drop(*, drop_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """Close it (whatever is posted is refused) or open it again. Raises NotFound."""
    row = db.session.get(MailDrop, drop_id, with_for_update=True)
    if row is None:
        raise NotFound(N_("There is no such address. Please reload the page."))
    row.is_active = is_active
    action = "mail_drop.opened" if is_active else "mail_drop.closed"
    note_change(action, subject_kind="mail_drop", subject_id=drop_id, by=by, now=now)


def sign(secret: str, timestamp: str, raw: bytes) -> str:
    """`v1=` and the HMAC-SHA-256, in hexadecimal, of the timestamp, a full stop and the mail."""
    return VERSION + hmac.new(secret.encode(), timestamp.encode() + b"." + raw, "sha256").hexdigest()


def take_raw(posted: Posted, *, now: datetime, machine_now: datetime) -> Kept | None:
    """Keep the mail; None when it is not proven to come from the drop's provider: counted, nothing else is kept.

    The caller answers after its commit. The same mail posted again is the same arrival.
    """
    drop = db.session.scalar(select(MailDrop).where(MailDrop.key == posted.key))
    if drop is None:
        return None
    refusal = _refusal_of(drop, posted, machine_now)
    if refusal:
        _count(drop, now, refused_count=1, refusal=refusal)
        return None
    sender, recipients = rules.find_envelope(posted.raw)
    mail = RawMail(
        posted.raw, drop.mailbox, sender, tuple(dict.fromkeys((*_recipients_of(drop), *recipients)))
    )
    [kept] = keep_arrivals([mail], way=ArrivalWay.HTTP, now=now, machine_now=machine_now)
    _count(drop, now, stored_count=int(kept.is_new), duplicate_count=int(not kept.is_new))
    return kept


def note_too_large(key: str, *, now: datetime) -> None:
    """A mail above the limit was not read: the provider keeps it and tells its sender; we count it."""
    drop = db.session.scalar(select(MailDrop).where(MailDrop.key == key))
    if drop is not None:
        _count(drop, now, refused_count=1, refusal="larger than the limit")


def _refusal_of(drop: MailDrop, posted: Posted, machine_now: datetime) -> str:
    """Technical English; "" for what is proven."""
    if not drop.is_active:
        return "the address is closed"
    secret = sealing.unseal(SECRET, drop.secret_sealed)
    if secret is None:
        return "the secret cannot be read any more: SECRET_KEY has changed"
    expected = sign(secret, posted.timestamp, posted.raw)
    if not hmac.compare_digest(expected.encode(), posted.signature.encode("utf-8", "replace")):
        return "wrong signature"
    # Only what was signed is looked at: whoever holds the secret wrote this timestamp.
    is_moment = posted.timestamp.isdecimal() and len(posted.timestamp) <= LONGEST_TIMESTAMP
    age = abs(machine_now.timestamp() - int(posted.timestamp)) if is_moment else None
    if age is None or age > WINDOW.total_seconds():
        return "signed more than five minutes ago, or the clocks differ"
    return "" if posted.raw.strip() else "empty"


def _recipients_of(drop: MailDrop) -> tuple[str, ...]:
    """Mails of a store's own drop are written to that store."""
    if drop.store_id is None:
        return (drop.mailbox,)
    return (f"{get_store(drop.store_id).mailbox}@{site.inbound_domain()}", drop.mailbox)


def _count(
    drop: MailDrop,
    now: datetime,
    *,
    stored_count: int = 0,
    duplicate_count: int = 0,
    refused_count: int = 0,
    refusal: str = "",
) -> None:
    """One statement that adds: posts at one moment lose no count."""
    moment = {"last_refused_at": now, "last_refusal": refusal} if refusal else {"last_stored_at": now}
    db.session.execute(
        update(MailDrop)
        .where(MailDrop.id == drop.id)
        .values(
            stored_count=MailDrop.stored_count + stored_count,
            duplicate_count=MailDrop.duplicate_count + duplicate_count,
            refused_count=MailDrop.refused_count + refused_count,
            **moment,
        )
        .execution_options(synchronize_session=False)
    )


def count_refused() -> int:
    """Posts that were not proven, at all drops."""
    return db.session.scalar(select(func.coalesce(func.sum(MailDrop.refused_count), 0))) or 0
