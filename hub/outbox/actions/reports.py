"""Takes in what providers and delivery reports say later, and lets it have its effect once."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers import actions as customers
from hub.customers.rules import plain_address
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason
from hub.outbox import addresses
from hub.outbox.bounces import ALARM_WINDOW, LAST_SENDS, is_repeated, needs_pause
from hub.outbox.facts import MessageAccepted, MessageBounced, MessageDelivered, MessageFiguresChanged
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.outbox.pausing import pause_address, pause_sender
from hub.outbox.phone_rules import PHONES
from hub.outbox.words import MessageState, ReceiptKind

log = structlog.get_logger(__name__)
SENT = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED, MessageState.UNKNOWN)
PROVIDER_WORDING = N_("Unsubscribed at the mail provider")
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
    message = lock_message(original_message_id=original_message_id, return_token=return_token)
    if message is None:
        return None
    log.info("outbox.report", kind=kind, status=status, outbound_id=message.id, text_length=len(text))
    apply_receipt(message, kind, status=status, recipient=recipient, now=now)
    return message.id


def apply_receipt(
    message: OutboundMessage, kind: ReceiptKind, *, status: str, recipient: str | None, now: datetime
) -> bool:
    """Let a receipt have its effect on a message whose row is locked. Returns whether it was new.

    The same one is kept once, whichever way it comes: a delivery report and a provider's webhook tell of one bounce.
    """
    receipt = insert(DeliveryReceipt).values(
        message_id=message.id, kind=kind, status=status, reference=f"{kind}:{status}", received_at=now
    )
    before = message.accepted_at or message.ended_at
    is_new = db.session.execute(receipt.on_conflict_do_nothing().returning(DeliveryReceipt.id)).first()
    if is_new is not None:
        _apply(message, kind, recipient=recipient, now=now)
        gone = int(before.timestamp()) if before else None
        record(MessageFiguresChanged(outbound_id=message.id, gone=gone), now=now)
    return is_new is not None


def lock_message(*, original_message_id: str | None, return_token: str | None) -> OutboundMessage | None:
    """The message, its row locked. Both names are signed; an unsigned one is no proof and names nothing."""
    uuid = addresses.read_return_token(return_token) if return_token else None
    statement = select(OutboundMessage).with_for_update()
    if uuid is None and original_message_id is not None:
        return db.session.scalars(
            statement.where(OutboundMessage.message_id == original_message_id.strip())
        ).one_or_none()
    return db.session.scalars(statement.where(OutboundMessage.uuid == uuid)).one_or_none() if uuid else None


def _apply(message: OutboundMessage, kind: ReceiptKind, *, recipient: str | None, now: datetime) -> None:
    """`recipient` is what the report names. A mailbox that ours was forwarded to says nothing about ours."""
    is_redirected = _is_other(message.recipient, recipient)
    if kind is ReceiptKind.DELIVERED:
        _deliver(message, now=now)
    elif kind is ReceiptKind.HARD_BOUNCE:
        _bounce(message, is_redirected=is_redirected, now=now)
    elif kind is ReceiptKind.UNSUBSCRIBE:
        _withdraw(message, now=now)
    elif kind is ReceiptKind.SOFT_BOUNCE:
        _count_soft(message, now=now)
    elif kind is ReceiptKind.COMPLAINT and message.recipient:
        for purpose in (Purpose.PROMOTION, Purpose.NEWSLETTER):
            customers.suppress(
                message.recipient, purpose=purpose, reason=SuppressionReason.COMPLAINT, now=now
            )
    elif kind in FAULTS:
        _alarm(message, kind, is_redirected=is_redirected, now=now)


def _is_other(ours: str | None, named: str | None) -> bool:
    """Whether a report names another mailbox than the one we wrote to, however either is spelled."""
    address = (named or "").rpartition(";")[2].strip().strip("<>")
    if not ours or "@" not in ours or "@" not in address:
        return False
    return plain_address(address) != plain_address(ours)


def _deliver(message: OutboundMessage, *, now: datetime) -> None:
    """Only forward: a bounce is not undone by a late delivery notice."""
    if message.state in {MessageState.BOUNCED, MessageState.DELIVERED}:
        return
    message.state = MessageState.DELIVERED
    message.delivered_at = now
    _note_accepted(message, now=now)
    if message.channel in PHONES:
        record(MessageDelivered(**_about(message)), now=now)
    _end(message, now=now)


def _note_accepted(message: OutboundMessage, *, now: datetime) -> None:
    """A receipt that overtakes the provider's own answer says that it took the message: plans count from there."""
    if message.accepted_at is None:
        message.accepted_at = now
        record(MessageAccepted(**_about(message)), now=now)


def _bounce(message: OutboundMessage, *, is_redirected: bool, now: datetime) -> None:
    if message.state is MessageState.BOUNCED:
        return
    message.state = MessageState.BOUNCED
    _end(message, now=now)
    if message.recipient and not is_redirected:
        customers.suppress(message.recipient, reason=SuppressionReason.HARD_BOUNCE, now=now)
    record(MessageBounced(**_about(message)), now=now)


def _about(message: OutboundMessage) -> dict[str, Any]:
    return {
        "customer_id": message.customer_id,
        "outbound_id": message.id,
        "purpose": message.purpose,
        "source_kind": message.source_kind,
        "source_id": message.source_id,
    }


def _withdraw(message: OutboundMessage, *, now: datetime) -> None:
    """The customer used the provider's own unsubscribe link: what is not service ends, as after a stop word."""
    if not message.recipient:
        return
    for purpose in (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY):
        customers.record_consent(
            address_kind=AddressKind.MAIL if message.channel is Channel.EMAIL else AddressKind.PHONE,
            address=message.recipient,
            channel=message.channel,
            purpose=purpose,
            action=ConsentAction.WITHDRAWN,
            legal_basis=LegalBasis.CONSENT,
            wording=PROVIDER_WORDING,
            wording_version="1",
            collection_point=f"provider:{message.id}",
            by=CUSTOMER,
            now=now,
        )


def _end(message: OutboundMessage, *, now: datetime) -> None:
    """Take the row out of the hands of a worker that may still hold it."""
    message.ended_at = message.ended_at or now
    message.lease_token = message.lease_until = message.next_attempt_at = None
    db.session.flush()


def _count_soft(message: OutboundMessage, *, now: datetime) -> None:
    """3 of the last 5 sends refused for now and not delivered since: automatic messages to the address wait."""
    if not message.recipient:
        return
    last = (
        select(OutboundMessage.id)
        .where(OutboundMessage.recipient == message.recipient, OutboundMessage.state.in_(SENT))
        .order_by(OutboundMessage.id.desc())
        .limit(LAST_SENDS)
    )
    soft_count = db.session.scalar(
        select(func.count(DeliveryReceipt.message_id.distinct()))
        .join(OutboundMessage, OutboundMessage.id == DeliveryReceipt.message_id)
        .where(
            DeliveryReceipt.message_id.in_(last),
            DeliveryReceipt.kind == ReceiptKind.SOFT_BOUNCE,
            OutboundMessage.state != MessageState.DELIVERED,
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
