"""Takes in what the provider of the phone channels says of a message: early, twice, late or out of order; only forward."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from hub.core.db import db
from hub.core.facts import record
from hub.customers import actions as customers
from hub.outbox.actions.reports import apply_receipt
from hub.outbox.facts import MessageAccepted, MessageBounced, MessageFailed
from hub.outbox.models import DeliveryAttempt, OutboundMessage
from hub.outbox.phone_rules import PHONES, Failing, Word, failing_of, is_forward, word_of
from hub.outbox.words import AttemptOutcome, MessageState, ReceiptKind

log = structlog.get_logger(__name__)
LONGEST_DETAIL = 60


@dataclass(frozen=True)
class PhoneReport:
    """One status of one message: the provider's own reference, its status word and error code."""

    reference: str
    status: str
    error_code: str = ""

    @property
    def detail(self) -> str:
        return ":".join(filter(None, (self.reference, self.status, self.error_code)))[:LONGEST_DETAIL]


def take_status(uuid: str, report: PhoneReport, *, now: datetime, machine_now: datetime) -> bool:
    """Let a status have its effect on the message it names. Returns whether there is one; its signature was checked."""
    found = select(OutboundMessage).where(OutboundMessage.uuid == uuid, OutboundMessage.channel.in_(PHONES))
    row = db.session.scalar(found.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return False
    apply_report(row, report, now=now, machine_now=machine_now)
    return True


def apply_report(row: OutboundMessage, report: PhoneReport, *, now: datetime, machine_now: datetime) -> bool:
    """The effect of a status on a locked row. Returns whether it moved: what is old news has no effect."""
    word = word_of(report.status)
    is_known = row.provider_reference is not None
    is_same = row.provider_reference == report.reference
    if word is None or not is_forward(row.state, word, is_known=is_known, is_same_send=is_same):
        return False
    if not is_same:
        _accept(row, report, now=now, machine_now=machine_now)
    if word is Word.DELIVERED:
        apply_receipt(row, ReceiptKind.DELIVERED, status=report.detail, recipient=row.recipient, now=now)
        row.reason = row.reason_detail = None
    elif word is Word.FAILED:
        _fail(row, report, failing_of(report.error_code), now=now)
    db.session.flush()
    return True


def _accept(row: OutboundMessage, report: PhoneReport, *, now: datetime, machine_now: datetime) -> None:
    """The provider has it: whatever we thought, and out of the hands of a worker that may still hold it."""
    row.state = MessageState.ACCEPTED
    row.provider_reference = report.reference
    row.lease_token = row.lease_until = row.next_attempt_at = None
    row.ended_at = row.ended_at or now
    row.counted_at = row.counted_at or now
    row.reason = row.reason_detail = None
    row.attempt_count += 1
    db.session.add(
        DeliveryAttempt(
            message_id=row.id,
            outcome=AttemptOutcome.ACCEPTED,
            detail=report.reference,
            attempted_at=machine_now,
        )
    )
    if row.accepted_at is None:
        row.accepted_at = now
        record(MessageAccepted(**_about(row)), now=now)


def _fail(row: OutboundMessage, report: PhoneReport, failing: Failing, *, now: datetime) -> None:
    """It did not arrive. Who is at fault decides what else follows; what never arrived fills no cap."""
    row.reason, row.reason_detail = failing.reason, f"Twilio {report.error_code or report.status}"
    row.ended_at = now
    row.state = failing.state
    if failing.suppression is not None and row.recipient:
        customers.suppress(row.recipient, reason=failing.suppression, now=now)
    row.counted_at = None
    if failing.state is MessageState.BOUNCED:
        record(MessageBounced(**_about(row)), now=now)
    else:
        record(MessageFailed(**_about(row), is_unknown=False), now=now)
    db.session.flush()
    apply_receipt(row, failing.receipt, status=report.detail, recipient=row.recipient, now=now)


def _about(row: OutboundMessage) -> dict[str, Any]:
    return {
        "customer_id": row.customer_id,
        "outbound_id": row.id,
        "purpose": row.purpose,
        "source_kind": row.source_kind,
        "source_id": row.source_id,
    }
