"""The last two months of messages: what the survey and welcome plans sent, and what the gate did not let through."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select

from hub.content.catalog import get_builtin
from hub.content.queries import get_published
from hub.core import site
from hub.core.db import db
from hub.core.words import Channel, Language, Purpose
from hub.customers.queries import get_customers
from hub.demo.copying import copy_rows
from hub.demo.shopping import Sale
from hub.orders.words import OrderState
from hub.outbox import addresses, letterhead
from hub.outbox.models import OutboundMessage
from hub.outbox.words import BlockReason, MessageState, SendQueue
from hub.stores.queries import get_chain, get_hours_of, get_stores

WINDOW = timedelta(days=60)
ENDS = (
    (MessageState.DELIVERED, None, 800),
    (MessageState.ACCEPTED, None, 120),
    (MessageState.BOUNCED, None, 12),
    (MessageState.BLOCKED, BlockReason.NO_CONSENT, 34),
    (MessageState.BLOCKED, BlockReason.SUPPRESSED, 12),
    (MessageState.BLOCKED, BlockReason.STOPPED, 9),
    (MessageState.EXPIRED, BlockReason.CAP, 8),
    (MessageState.EXPIRED, BlockReason.HOLD, 4),
    (MessageState.FAILED, None, 1),
)
PURPOSES = {
    "survey": Purpose.SURVEY,
    "welcome_first_order": Purpose.PROMOTION,
    "thanks": Purpose.SERVICE,
}
WELCOME_SHARE = 0.25
THANKS_SEED = 71
LEFT = frozenset({MessageState.DELIVERED, MessageState.ACCEPTED, MessageState.BOUNCED})


def make_thanks(answered: Sequence[tuple[Sale, datetime]], *, now: datetime) -> None:
    """The day after an answer, whatever it said: with the review link. Part of the demo's one transaction."""
    random = Random(THANKS_SEED)
    due = [(sale, at + timedelta(days=1)) for sale, at in answered if at + timedelta(days=1) < now]
    desk = _Desk([sale for sale, _ in due])
    before = db.session.scalar(select(func.max(OutboundMessage.id))) or 0
    rows = [desk.row(number, sale, "thanks", at, random) for number, (sale, at) in enumerate(due, before + 1)]
    copy_rows(OutboundMessage, rows)


def make_messages(sales: Sequence[Sale], *, now: datetime, random: Random) -> None:
    """Part of the demo's one transaction; needs customers, stores, templates."""
    since = now - WINDOW
    delivered = [
        (sale, sale.delivered_at)
        for sale in sales
        if sale.delivered_at is not None and sale.state is OrderState.DELIVERED and sale.delivered_at > since
    ]
    desk = _Desk([sale for sale, _ in delivered])
    planned = [each for sale, at in delivered for each in _planned(sale, at, random)]
    rows = [
        desk.row(number, *message, random)
        for number, message in enumerate((one for one in planned if one[2] < now), 1)
    ]
    copy_rows(OutboundMessage, rows)


def _planned(sale: Sale, delivered_at: datetime, random: Random) -> Iterator[tuple[Sale, str, datetime]]:
    """What the plans do after a delivery: welcome two days later for some, the survey after a week."""
    at = delivered_at.replace(hour=9, minute=random.randrange(60))
    if random.random() < WELCOME_SHARE:
        yield sale, "welcome_first_order", at + timedelta(days=2)
    yield sale, "survey", at + timedelta(days=7)


class _Desk:
    """What the messages say of customers, stores and the chain, looked up once."""

    def __init__(self, sales: Sequence[Sale]) -> None:
        self.chain = get_chain()
        self.people = get_customers({sale.customer_id for sale in sales})
        ids = sorted({sale.store_id for sale in sales})
        self.stores, self.hours = get_stores(ids), get_hours_of(ids)
        self.examples = {
            (key, language): get_builtin(key, language).examples()
            for key in PURPOSES
            for language in Language
        }

    def row(self, number: int, sale: Sale, key: str, at: datetime, random: Random) -> dict[str, Any]:
        person = self.people[sale.customer_id]
        purpose = PURPOSES[key]
        ends = [end for end in ENDS if purpose is not Purpose.SERVICE or end[0] in LEFT]
        state, reason, _ = random.choices(ends, [weight for _, _, weight in ends])[0]
        has_left = state in LEFT
        message_key = f"demo:{key}:{sale.id}"
        uuid = addresses.uuid_of(message_key)
        store = self.stores[sale.store_id]
        return {
            "id": number,
            "uuid": uuid,
            "key": message_key,
            "queue": SendQueue.DEFAULT if purpose is not Purpose.PROMOTION else SendQueue.BULK,
            "channel": Channel.EMAIL,
            "purpose": purpose,
            "state": state,
            "reason": reason,
            "customer_id": person.id,
            "store_id": sale.store_id,
            "recipient": person.mail,
            "recipient_name": person.name,
            "sender_name": letterhead.sender_name(self.chain, store),
            "sender_address": self.chain.sender_address,
            "language": person.language,
            "template_version_id": get_published(key, person.language).id,
            "values": self.values(key, sale, person.language),
            "headers": {},
            "message_id": addresses.message_id_of(uuid, site.inbound_domain()),
            "stop_if": {},
            "priority": 100,
            "due_at": at,
            "counted_at": at if has_left else None,
            "attempt_count": 1 if has_left else 0,
            "created_at": at,
            "accepted_at": at if has_left else None,
            "delivered_at": at if state is MessageState.DELIVERED else None,
            "ended_at": at,
        }

    def values(self, key: str, sale: Sale, language: Language) -> dict[str, str]:
        """The examples of the template, with what is true of this customer and store."""
        store, examples = self.stores[sale.store_id], self.examples[key, language]
        known = letterhead.chain_values(self.chain)
        known |= letterhead.store_values(store, self.hours.get(store.id), language)
        known |= letterhead.customer_values(self.people[sale.customer_id], language)
        examples = examples | {"ticket_number": ""} if "ticket_number" in examples else examples
        return examples | {name: text for name, text in known.items() if name in examples and text}
