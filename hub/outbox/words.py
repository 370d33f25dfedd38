"""Words of the door out."""

from enum import StrEnum


class MessageState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    CALLING = "calling"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class SendQueue(StrEnum):
    """A campaign never delays a reply."""

    URGENT = "urgent"
    DEFAULT = "default"
    BULK = "bulk"


class AttemptOutcome(StrEnum):
    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    OURS = "ours"
    UNKNOWN = "unknown"


class ReceiptKind(StrEnum):
    DELIVERED = "delivered"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    SENDER_FAULT = "sender_fault"
    CONTENT_FAULT = "content_fault"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTO = "auto"


class BlockReason(StrEnum):
    """Why a message may not leave now or ever; staff read it on the customer card."""

    NO_ADDRESS = "no_address"
    INVALID_ADDRESS = "invalid_address"
    SUPPRESSED = "suppressed"
    ADDRESS_PAUSED = "address_paused"
    NO_CONSENT = "no_consent"
    HOLD = "hold"
    OWN_FREQUENCY = "own_frequency"
    CAP = "cap"
    QUIET_HOURS = "quiet_hours"
    SENDER_PAUSED = "sender_paused"
    STORE_BLOCKED = "store_blocked"
    EXPIRED = "expired"
    STOPPED = "stopped"
    CONTENT = "content"
    UNDONE = "undone"
    TEMPLATE_REQUIRED = "template_required"
