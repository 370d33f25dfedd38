"""What mail providers report by webhook: checked, kept as it came, then let have its effect once on the message it names."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import insert

from hub.channels import mail_hooks
from hub.channels.mail_hooks import EventKind, HookRequest, ProviderEvent
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.errors import Forbidden, HubError, Invalid, NotFound
from hub.core.text import N_
from hub.outbox.actions.reports import apply_receipt, lock_message
from hub.outbox.hook_settings import hooks
from hub.outbox.models import OutboundMessage
from hub.outbox.provider_models import ProviderDelivery
from hub.outbox.provider_words import DeliveryState, MailProvider
from hub.outbox.words import ReceiptKind

log = structlog.get_logger(__name__)
BATCH = 100
RETRY = timedelta(minutes=1)
NO_REFERENCE = N_("The event names no message.")
FOREIGN = N_("The event names a message that this installation did not send.")
NO_EFFECT = N_("Nothing follows from this kind of event.")
RECEIPTS = {
    EventKind.DELIVERED: ReceiptKind.DELIVERED,
    EventKind.HARD: ReceiptKind.HARD_BOUNCE,
    EventKind.SOFT: ReceiptKind.SOFT_BOUNCE,
    EventKind.SENDER: ReceiptKind.SENDER_FAULT,
    EventKind.CONTENT: ReceiptKind.CONTENT_FAULT,
    EventKind.COMPLAINT: ReceiptKind.COMPLAINT,
    EventKind.UNSUBSCRIBE: ReceiptKind.UNSUBSCRIBE,
}

__all__ = ["HookRequest", "NotNow", "has_stored", "receive", "work_stored"]


class NotNow(HubError):
    """The provider shall try again."""

    status = 503
    code = "not_now"


def receive(provider: str, request: HookRequest) -> int:
    """Take in one POST of a provider; returns how many of its events are new. Opens its own transactions.

    The events are committed before they have their effect: a failure later is made good by the provider's next try or
    by `work_stored`. Raises NotFound (no such provider, or not set up), Forbidden (not proven; nothing is written),
    Invalid, NotNow.
    """
    if provider not in set(MailProvider) or not mail_hooks.is_set_up(provider, hooks()):
        raise NotFound(N_("This provider is not set up."))
    events = _read(provider, request)
    now = clock.business_now()
    with transaction():
        stored = [_store(MailProvider(provider), event, now=now) for event in events]
    for delivery_id, _ in stored:
        _apply_one(delivery_id, now=now)
    return sum(is_new for _, is_new in stored)


def _read(provider: str, request: HookRequest) -> list[ProviderEvent]:
    try:
        return mail_hooks.read_hook(provider, request, hooks(), machine_now=clock.machine_now())
    except mail_hooks.Refused as error:
        log.warning("hooks.refused", provider=provider, reason=str(error))
        raise Forbidden(N_("This request is not signed by the provider.")) from error
    except mail_hooks.Unreachable as error:
        log.warning("hooks.unreachable", provider=provider, reason=str(error)[:200])
        raise NotNow(N_("The signature cannot be checked now. Please try again later.")) from error
    except mail_hooks.Unreadable as error:
        raise Invalid(N_("The request cannot be read: %(reason)s."), reason=str(error)) from error


def _store(provider: MailProvider, event: ProviderEvent, *, now: datetime) -> tuple[int, bool]:
    """Keep the event as it came. Returns (id, whether it is new).

    A signature of Mailgun covers no event: a token that comes with another event than its own is a forgery.
    """
    payload = json.dumps(event.payload, sort_keys=True).replace("\\u0000", "")
    digest = hashlib.sha256(payload.encode()).hexdigest()
    values = {
        "provider": provider,
        "event_id": event.event_id,
        "token": event.token,
        "event_kind": event.event,
        "recipient": event.recipient,
        "payload": {
            "event": json.loads(payload),
            "kind": event.kind.value,
            "references": list(event.references),
            "status": event.status,
            "text": event.text[:2_000],
            "note": event.note,
        },
        "payload_hash": digest,
        "state": DeliveryState.STORED,
        "reason": "",
        "receipt_kind": RECEIPTS.get(event.kind),
        "received_at": now,
        "next_attempt_at": clock.machine_now() + RETRY,
    }
    new_id = db.session.scalar(
        insert(ProviderDelivery).values(values).on_conflict_do_nothing().returning(ProviderDelivery.id)
    )
    return (new_id, True) if new_id is not None else (_find_same(provider, event, digest), False)


def _find_same(provider: MailProvider, event: ProviderEvent, digest: str) -> int:
    """The row of an event that came before. Raises Forbidden when a signature's token now comes with other words."""
    d = ProviderDelivery
    if event.token is None:
        known = select(d.id).where(d.provider == provider, d.event_id == event.event_id)
        return db.session.scalars(known).one()
    same = or_(d.event_id == event.event_id, d.token == event.token)
    rows = db.session.execute(
        select(d.id, d.event_id, d.payload_hash).where(d.provider == provider, same)
    ).all()
    if any((row.event_id, row.payload_hash) != (event.event_id, digest) for row in rows):
        raise Forbidden(N_("This request was used before."))
    return int(rows[0].id)


def _apply_one(delivery_id: int, *, now: datetime) -> None:
    """The effect of one event, once: the row is locked, and only a stored one has an effect."""
    with transaction():
        delivery = db.session.scalar(
            select(ProviderDelivery)
            .where(ProviderDelivery.id == delivery_id, ProviderDelivery.state == DeliveryState.STORED)
            .with_for_update()
        )
        if delivery is not None:
            _apply(delivery, now=now)


def _apply(delivery: ProviderDelivery, *, now: datetime) -> None:
    message = _find_message(delivery)
    delivery.applied_at, delivery.next_attempt_at = now, None
    delivery.message_id = message.id if message else None
    if delivery.receipt_kind is None:
        delivery.state, delivery.reason = DeliveryState.IGNORED, delivery.payload["note"] or NO_EFFECT
    elif message is None:
        delivery.state = DeliveryState.UNMATCHED
        delivery.reason = FOREIGN if delivery.payload["references"] else NO_REFERENCE
    else:
        delivery.state = DeliveryState.APPLIED
        apply_receipt(
            message,
            delivery.receipt_kind,
            status=delivery.payload["status"],
            recipient=delivery.recipient,
            now=now,
        )
    db.session.flush()


def _find_message(delivery: ProviderDelivery) -> OutboundMessage | None:
    """The message that one of the event's references names, its row locked."""
    for reference in delivery.payload["references"]:
        found = lock_message(original_message_id=reference, return_token=reference)
        if found is not None:
            return found
    return None


def work_stored() -> int:
    """Let events have their effect whose process died between keeping and applying them. Returns how many."""
    with transaction():
        ids = list(db.session.scalars(_left().order_by(ProviderDelivery.id).limit(BATCH)))
    for delivery_id in ids:
        _apply_one(delivery_id, now=clock.business_now())
    return len(ids)


def has_stored() -> bool:
    """Whether an event still waits for its effect."""
    return db.session.scalar(_left().limit(1)) is not None


def _left() -> Select[Any]:
    d = ProviderDelivery
    return select(d.id).where(d.state == DeliveryState.STORED, d.next_attempt_at < clock.machine_now())
