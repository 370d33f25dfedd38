"""The mail that reassures an unhappy customer: the store has the answer and will reply."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hub.content import phrases
from hub.core.words import Language, Purpose
from hub.customers.queries import get_customer
from hub.inbox import queries as inbox
from hub.inbox.own_links import own_page_url
from hub.orders.queries import get_order
from hub.outbox import actions as outbox
from hub.staff.rules import SYSTEM_VIEWER
from hub.stores.queries import get_store
from hub.surveys.queries import AnswerRow


def post(*, ticket_id: int, answer: AnswerRow, now: datetime) -> None:
    """Once per invitation, however often the answer changes. Without a mail address nothing is posted: the ticket says so to the store."""
    customer = get_customer(answer.customer_id)
    if not customer.mail:
        return
    ticket = inbox.access_ticket_by_id(ticket_id, SYSTEM_VIEWER)
    outbox.post(
        key=f"reassurance:{answer.invitation_id}",
        template_key="reassurance",
        values={
            "ticket_number": ticket.number,
            "order_number": get_order(answer.order_id).external_id,
            "contact_url": own_page_url(ticket_id, customer.mail),
            "expected_reply": _expected(ticket.due_at, answer.store_id, Language(customer.language), now),
        },
        purpose=Purpose.SERVICE,
        customer_id=customer.id,
        store_id=answer.store_id,
        source_kind="ticket",
        source_id=ticket_id,
        due_at=now,
        now=now,
    )


def _expected(due_at: datetime | None, store_id: int, language: Language, now: datetime) -> str:
    if due_at is None:
        return ""
    zone = ZoneInfo(get_store(store_id).time_zone)
    return phrases.expected_reply_in_words(due_at.astimezone(zone), now.astimezone(zone), language.value)
