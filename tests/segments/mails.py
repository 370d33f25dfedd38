"""Mails that reached a customer, for what follows from whether they were read."""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.core.words import Channel, Language, Purpose
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState, SendQueue
from tests.conftest import TUESDAY
from tests.makers.outbox import make_template


def send_mails(session: Session, customer_id: int, *, count: int, first: int = 0) -> list[int]:
    """One a day before Tuesday, delivered. Returns their ids."""
    version = make_template(session, "test_news", Purpose.NEWSLETTER)
    ids = []
    for number in range(first, first + count):
        at = TUESDAY - timedelta(days=8 - number)
        row = OutboundMessage(
            uuid=f"{customer_id:016x}{number:016x}",
            key=f"news:{customer_id}:{number}",
            queue=SendQueue.BULK,
            channel=Channel.EMAIL,
            purpose=Purpose.NEWSLETTER,
            state=MessageState.DELIVERED,
            customer_id=customer_id,
            recipient="somebody@client.example",
            language=Language.FRENCH,
            template_version_id=version.id,
            values={},
            message_id=f"<{customer_id}-{number}@hub.example>",
            due_at=at,
            created_at=at,
            accepted_at=at,
            delivered_at=at,
        )
        session.add(row)
        session.flush()
        ids.append(row.id)
    return ids
