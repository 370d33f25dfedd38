"""Keeps with a message that its customer refused further ones because of it: figures know it after address and person are erased."""

import json
from datetime import datetime

from sqlalchemy import text

from hub.core.db import db
from hub.core.facts import record_many
from hub.outbox.facts import MessageFiguresChanged
from hub.outbox.letter import UNSUBSCRIBE_VALUE

ATTRIBUTED_DAYS = 7
"""A customer who refuses our messages does so because of the last one that reached him within these days."""
_LINK = json.dumps([{"name": UNSUBSCRIBE_VALUE}])
_REFUSED = text("""
    UPDATE outbound_messages AS m SET refused_at = told.happened_at
    FROM (
        SELECT last.id, said.happened_at
        FROM consent_entries AS said
        CROSS JOIN LATERAL (
            SELECT sent.id, sent.recipient FROM outbound_messages AS sent
            JOIN addresses AS known ON known.customer_id = sent.customer_id
            WHERE known.kind = said.address_kind AND known.value = said.address AND sent.channel = said.channel
                AND sent.accepted_at <= said.happened_at
                AND sent.accepted_at > said.happened_at - make_interval(days => CAST(:days AS int))
                AND (sent.purpose = said.purpose OR (said.purpose = 'survey' AND sent.purpose = 'service' AND EXISTS (
                    SELECT FROM template_versions AS version WHERE version.id = sent.template_version_id
                        AND version.variables @> CAST(:link AS jsonb))))
            ORDER BY sent.accepted_at DESC, sent.id DESC LIMIT 1
        ) AS last
        WHERE said.id = :entry_id AND said.action = 'withdrawn' AND said.actor_kind = 'customer'
            AND said.purpose IN ('survey', 'promotion', 'newsletter') AND last.recipient = said.address
    ) AS told
    WHERE m.id = told.id AND (m.refused_at IS NULL OR m.refused_at > told.happened_at)
    RETURNING m.id
""")
"""The last of its kind, by what its own link refuses (rules.consent_purpose): reminders and thanks of a survey are surveys."""


def note_refusal(entry_id: int, *, now: datetime) -> None:
    """A customer withdrew this consent; told twice, nothing changes."""
    values = {"entry_id": entry_id, "days": ATTRIBUTED_DAYS, "link": _LINK}
    refused = db.session.scalars(_REFUSED, values).all()
    record_many([MessageFiguresChanged(outbound_id=each) for each in refused], now=now)
