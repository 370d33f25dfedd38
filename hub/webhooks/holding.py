"""What the webhooks hold of one customer: what other systems were told."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.webhooks import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="webhook_deliveries",
        title=N_("Told to other systems"),
        mine="fact_id IN (SELECT id FROM facts WHERE customer_id = ANY(:ids)) OR body ~* :pattern",
        blank=("answer", "error"),
        blank_to={
            "body": "jsonb_set(CAST(body AS jsonb), '{data}',"
            " CAST(body AS jsonb) -> 'data' #- '{text}' #- '{to}' #- '{attachments}')"
        },
        keep={"uuid": N_("our own number"), "event": N_("a keyword of the software, nothing anybody wrote")},
        scrub=("body",),
    ),
    Apart(table="webhook_endpoints", why="settings"),
)
