"""What the outbox does for other rooms: post, cancel, hold, take in reports, unsubscribe."""

from hub.outbox.actions.bridging import BridgeReport, take_bridge_report
from hub.outbox.actions.callbacks import PhoneReport, take_status
from hub.outbox.actions.confirming import ask_to_confirm
from hub.outbox.actions.erasing import cancel_to_erased
from hub.outbox.actions.holds import lift_hold, put_hold
from hub.outbox.actions.posting import cancel, post, post_many
from hub.outbox.actions.refusals import note_refusal
from hub.outbox.actions.reports import record_report
from hub.outbox.actions.unsubscribing import Refusable, read_unsubscribe, resubscribe, unsubscribe
from hub.outbox.drafting import Draft, Posted
from hub.outbox.pausing import resume_sender
from hub.outbox.phone_letters import note_inbound
from hub.outbox.sending import (
    has_due_bulk,
    has_due_default,
    has_due_urgent,
    next_due_at_bulk,
    next_due_at_default,
    next_due_at_urgent,
    work_outbox_bulk,
    work_outbox_default,
    work_outbox_urgent,
)

__all__ = [
    "BridgeReport",
    "Draft",
    "PhoneReport",
    "Posted",
    "Refusable",
    "ask_to_confirm",
    "cancel",
    "cancel_to_erased",
    "has_due_bulk",
    "has_due_default",
    "has_due_urgent",
    "lift_hold",
    "next_due_at_bulk",
    "next_due_at_default",
    "next_due_at_urgent",
    "note_inbound",
    "note_refusal",
    "post",
    "post_many",
    "put_hold",
    "read_unsubscribe",
    "record_report",
    "resubscribe",
    "resume_sender",
    "take_bridge_report",
    "take_status",
    "unsubscribe",
    "work_outbox_bulk",
    "work_outbox_default",
    "work_outbox_urgent",
]
