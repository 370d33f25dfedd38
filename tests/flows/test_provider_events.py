"""Webhooks at once: many threads report the same and contrary events, and each message keeps one outcome and one effect."""

import json
import random
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from hub.channels.mail_hooks import HookSettings
from hub.core.db import db, transaction
from hub.core.facts import FactRow
from hub.customers.queries import get_suppressed
from hub.outbox import addresses, hook_settings, provider_hooks
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.outbox.provider_hooks import HookRequest
from hub.outbox.provider_models import ProviderDelivery
from hub.outbox.words import MessageState
from tests.flows.conftest import House
from tests.makers.mail_hooks import SECRET, basic
from tests.makers.outbox import post_draft
from tests.makers.stores import make_chain

THREADS, MESSAGES, TIMES = 8, 12, 4
EVENTS = (
    {"event": "delivered"},
    {"event": "hard_bounce", "reason": "550 5.1.1 no such user"},
    {"event": "deferred", "reason": "452 4.2.2 mailbox full"},
)


def test_the_same_and_contrary_events_at_once_have_one_effect_each(house: House) -> None:
    make_chain(house.session)
    rows = [post_draft(house.session, f"d:{n}", recipient=f"c{n}@client.example") for n in range(MESSAGES)]
    for row in rows:
        row.state = MessageState.ACCEPTED
    references = {row.recipient: addresses.reference_of(row.uuid) for row in rows}
    recipients = [row.recipient or "" for row in rows]
    house.commit()
    hook_settings.use_hooks(HookSettings(brevo_secret=SECRET))
    headers = {"authorization": basic()["Authorization"]}
    bodies = [
        json.dumps({**event, "email": address, "ts_event": 1, "X-Mailin-custom": f"comptoir:{own}"}).encode()
        for address, own in references.items()
        for event in EVENTS
    ] * TIMES
    random.Random(7).shuffle(bodies)

    def report(body: bytes) -> int:
        with house.app.app_context():
            new = provider_hooks.receive("brevo", HookRequest(body, headers, "127.0.0.1"))
            db.session.remove()
            return new

    with ThreadPoolExecutor(THREADS) as threads:
        new_count = sum(threads.map(report, bodies))
    hook_settings.use_hooks(HookSettings())
    house.forget()
    assert new_count == MESSAGES * len(EVENTS)
    with transaction() as session:
        states = set(session.scalars(select(OutboundMessage.state)))
        assert states == {MessageState.BOUNCED}
        assert session.scalar(select(func.count()).select_from(ProviderDelivery)) == new_count
        assert session.scalar(select(func.count()).select_from(DeliveryReceipt)) == new_count
        bounced = select(func.count()).where(FactRow.kind == "MessageBounced")
        assert session.scalar(bounced) == MESSAGES
        assert get_suppressed(recipients) == set(recipients)
