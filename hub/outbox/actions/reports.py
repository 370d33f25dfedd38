"""Takes in what providers and delivery reports say later, and lets it have its effect once."""

from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.core.facts import record
from hub.core.words import Purpose
from hub.customers import actions as customers
from hub.customers.words import SuppressionReason
from hub.outbox import addresses
from hub.outbox.bounces import ALARM_WINDOW, LAST_SENDS, is_repeated, needs_pause
from hub.outbox.facts import MessageBounced
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.outbox.pausing import pause_address, pause_sender
from hub.outbox.words import MessageState, ReceiptKind

log = structlog.get_logger(__name__)
SENT = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED, MessageState.UNKNOWN)
FAULTS = (ReceiptKind.SENDER_FAULT, ReceiptKind.CONTENT_FAULT)


def record_report(
    *,
    original_message_id: str | None,
    return_token: str | None,
    recipient: str | None,
    kind: ReceiptKind,
    status: str,
    text: str,
    now: datetime,
) -> int | None:
    """Note a report on one of our messages: the return path names it, else the Message-ID it quotes.

    Returns the id of the message, None when it is not ours. The same report twice has its effect once; `text` is only
    logged by size, it may quote the customer.
    """
    message = _find(original_message_id, return_token)
    if message is None:
        return None
    reference = f"{kind}:{status}"
    receipt = insert(DeliveryReceipt).values(
        message_id=message.id, kind=kind, status=status, reference=reference, received_at=now
    )
    is_new = db.session.execute(receipt.on_conflict_do_nothing().returning(DeliveryReceipt.id)).first()
    if is_new is not None:
        log.info("outbox.report", kind=kind, status=status, outbound_id=message.id, text_length=len(text))
        _apply(message, kind, recipient=recipient, now=now)
    return message.id


def _find(original_message_id: str | None, return_token: str | None) -> OutboundMessage | None:
    """The message, its row locked. Both names are signed; an unsigned one is no proof and names nothing."""
    uuid = addresses.read_return_token(return_token) if return_token else None
    statement = select(OutboundMessage).with_for_update()
    if uuid is None and original_message_id is not None:
        return db.session.scalars(
            statement.where(OutboundMessage.message_id == original_message_id.strip())
        ).one_or_none()
    return db.session.scalars(statement.where(OutboundMessage.uuid == uuid)).one_or_none() if uuid else None


def _apply(message: OutboundMessage, kind: ReceiptKind, *, recipient: str | None, now: datetime) -> None:
    """`recipient` is what the report names; what is suppressed is the address we wrote to."""
    if kind is ReceiptKind.DELIVERED:
        _deliver(message, now=now)
    elif kind is ReceiptKind.HARD_BOUNCE:
        _bounce(message, now=now)
    elif kind is ReceiptKind.SOFT_BOUNCE:
        _count_soft(message, now=now)
    elif kind is ReceiptKind.COMPLAINT and message.recipient:
        for purpose in (Purpose.PROMOTION, Purpose.NEWSLETTER):
            customers.suppress(
                message.recipient, purpose=purpose, reason=SuppressionReason.COMPLAINT, now=now
            )
    elif kind in FAULTS:
        _alarm(message, kind, is_redirected=recipient not in {None, message.recipient}, now=now)


def _deliver(message: OutboundMessage, *, now: datetime) -> None:
    """Only forward: a bounce is not undone by a late delivery notice."""
    if message.state in {MessageState.BOUNCED, MessageState.DELIVERED}:
        return
    message.state = MessageState.DELIVERED
    message.accepted_at = message.accepted_at or now
    message.delivered_at = now
    _end(message, now=now)


def _bounce(message: OutboundMessage, *, now: datetime) -> None:
    if message.state is MessageState.BOUNCED:
        return
    message.state = MessageState.BOUNCED
    _end(message, now=now)
    if message.recipient:
        customers.suppress(message.recipient, reason=SuppressionReason.HARD_BOUNCE, now=now)
    record(
        MessageBounced(
            customer_id=message.customer_id,
            outbound_id=message.id,
            purpose=message.purpose,
            source_kind=message.source_kind,
            source_id=message.source_id,
        ),
        now=now,
    )


def _end(message: OutboundMessage, *, now: datetime) -> None:
    """Take the row out of the hands of a worker that may still hold it."""
    message.ended_at = message.ended_at or now
    message.lease_token = message.lease_until = message.next_attempt_at = None
    db.session.flush()


def _count_soft(message: OutboundMessage, *, now: datetime) -> None:
    """3 of the last 5 sends refused for now: automatic messages to the address wait."""
    if not message.recipient:
        return
    last = (
        select(OutboundMessage.id)
        .where(OutboundMessage.recipient == message.recipient, OutboundMessage.state.in_(SENT))
        .order_by(OutboundMessage.id.desc())
        .limit(LAST_SENDS)
    )
    soft_count = db.session.scalar(
        select(func.count(DeliveryReceipt.message_id.distinct())).where(
            DeliveryReceipt.message_id.in_(last), DeliveryReceipt.kind == ReceiptKind.SOFT_BOUNCE
        )
    )
    if needs_pause(soft_count or 0):
        pause_address(message.recipient, now=now)


def _alarm(message: OutboundMessage, kind: ReceiptKind, *, is_redirected: bool, now: datetime) -> None:
    """It is about us, not about the customer: nobody is suppressed. A run of such reports pauses the channel."""
    log.error("outbox.alarm", kind=kind, outbound_id=message.id, is_redirected=is_redirected)
    recent = db.session.scalar(
        select(func.count())
        .select_from(DeliveryReceipt)
        .join(OutboundMessage, OutboundMessage.id == DeliveryReceipt.message_id)
        .where(
            DeliveryReceipt.kind.in_(FAULTS),
            DeliveryReceipt.received_at > now - ALARM_WINDOW,
            OutboundMessage.channel == message.channel,
        )
    )
    if is_repeated(recent or 0):
        pause_sender(message.channel, kind, wait=ALARM_WINDOW, now=now)
