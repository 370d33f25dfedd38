"""What the mailroom holds of one customer: mails and texts as they came."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.mailroom import models, way_models

MODELS = (
    models,
    way_models,
)
"""Imported, so that the tables below are known to whoever reads this."""
_TICKETS = (
    "ticket_id IN (SELECT id FROM tickets WHERE customer_id = ANY(:ids)"
    " OR (customer_id IS NULL AND requester_address = ANY(:addresses)))"
)
_REPORTS = "outbound_id IN (SELECT id FROM outbound_messages WHERE customer_id = ANY(:ids))"

HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="arrivals",
        title=N_("Mails as they came"),
        mine=f"{_TICKETS} OR {_REPORTS} OR lower(mail_from) = ANY(:addresses)"
        " OR CAST(recipients AS text) ~* :pattern",
        blank=("mail_from", "recipients", "raw", "file_sha256", "sha256", "reason"),
        blank_to={"message_id": "'erased:' || id"},
        keep={"mailbox": N_("our own address")},
        hidden=("sha256",),
    ),
    Apart(table="polled_mailboxes", why="our own mailboxes", scrub=("fault_detail",)),
    Apart(table="mail_drops", why="our own ways in"),
)
