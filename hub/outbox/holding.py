"""What the outbox holds of one customer: messages to him with what was said, their receipts, clicks and openings."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.outbox import models, provider_models, push_models
from hub.outbox.tracking import models as tracking

MODELS = (
    models,
    provider_models,
    push_models,
    tracking,
)
"""Imported, so that the tables below are known to whoever reads this."""
_TICKETS = (
    "values ->> 'ticket_number' IN (SELECT number FROM tickets WHERE customer_id = ANY(:ids)"
    " OR requester_address = ANY(:addresses))"
)
_MESSAGES = f"customer_id = ANY(:ids) OR recipient = ANY(:addresses) OR (agent_id IS NOT NULL AND {_TICKETS})"
_OF_MESSAGES = f"message_id IN (SELECT id FROM outbound_messages WHERE {_MESSAGES})"  # noqa: S608 - our own words
_OURS = N_("our own word or number")
_HASHED = "address_hash = ANY(:hashes)"

HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="provider_deliveries",
        title=N_("Reports of mail providers"),
        mine=f"{_OF_MESSAGES} OR lower(recipient) = ANY(:addresses) OR CAST(payload AS text) ~* :pattern",
        blank=("recipient", "payload", "reason"),
        keep={
            "event_id": N_("tells the same report told twice"),
            "payload_hash": N_("tells the same report told twice"),
            "token": _OURS,
            "event_kind": N_("figures of deliveries"),
        },
    ),
    Held(
        table="delivery_attempts",
        title=N_("Attempts to send"),
        mine=_OF_MESSAGES,
        blank=("detail",),
    ),
    Held(
        table="delivery_receipts",
        title=N_("Receipts"),
        mine=_OF_MESSAGES,
        blank=("reference",),
        keep={"status": N_("figures of deliveries")},
        scrub=("status",),
    ),
    Held(
        table="link_clicks",
        title=N_("Clicks"),
        mine=_OF_MESSAGES,
        blank=("user_agent", "source_hash", "network"),
        keep={"method": N_("figures of clicks")},
    ),
    Held(table="message_openings", title=N_("Openings"), mine=_OF_MESSAGES),
    Held(
        table="holds",
        title=N_("Holds"),
        mine="customer_id = ANY(:ids)",
        keep={"reason": _OURS, "source_kind": _OURS},
    ),
    Held(
        table="phone_sessions",
        title=N_("Open conversations by phone"),
        mine=_HASHED,
        is_deleted=True,
        hidden=("address_hash",),
    ),
    Held(
        table="address_pauses",
        title=N_("Pauses after soft bounces"),
        mine=_HASHED,
        is_deleted=True,
        hidden=("address_hash",),
    ),
    Held(
        table="outbound_messages",
        title=N_("Messages to him"),
        mine=_MESSAGES,
        blank=(
            "recipient",
            "recipient_name",
            "reply_to",
            "values",
            "headers",
            "attachments",
            "reason_detail",
        ),
        keep={
            "uuid": _OURS,
            "key": _OURS,
            "theme": _OURS,
            "sender_name": N_("who wrote for us"),
            "sender_address": N_("our own address"),
            "message_id": N_("our own number, which bounces quote"),
            "source_kind": _OURS,
            "stop_if": N_("ids and moments"),
            "lease_token": _OURS,
            "provider_reference": N_("the provider's number, which receipts quote"),
            "price_currency": N_("figures of costs"),
        },
        hidden=("lease_token",),
    ),
    Apart(table="opening_counts", why="counts only"),
    Apart(table="sender_pauses", why="what a provider blames us for", scrub=("detail",)),
    Apart(table="domain_throttles", why="domains only"),
    Apart(table="push_subscriptions", why="browsers of the staff"),
    Apart(table="push_messages", why="alerts to the staff, in our own words", scrub=("payload", "error")),
)
