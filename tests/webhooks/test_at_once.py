"""Two bridges give the same reply up at the same moment, in two workers: its author is still told, and once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.facts import FactRow
from hub.webhooks.actions import News, add_endpoint, announce, drop_waiting, tell_not_taken
from hub.webhooks.models import WebhookEndpoint
from hub.webhooks.rules import EndpointDraft
from hub.webhooks.words import WebhookEvent
from tests.conftest import TUESDAY
from tests.makers.sweeping import sweep

REPLY = WebhookEvent.MESSAGE_TO_DELIVER


@pytest.fixture
def bridges(app: Flask) -> Iterator[list[int]]:
    """Two endpoints that each still have the same reply to take; committed, and swept afterwards."""
    with app.app_context(), transaction() as session:
        for name in ("First", "Second"):
            draft = EndpointDraft(name=name, url="https://x.example/hook", events=(REPLY,), store_ids=())
            add_endpoint(draft, by=SYSTEM, now=TUESDAY)
        data = {"customer_id": None, "outbound_id": 7}
        news = News(event=REPLY, fact_id=1, store_id=None, happened_at=TUESDAY, data=data)
        assert announce([news], machine_now=clock.machine_now()) == 2
        ids = list(session.scalars(select(WebhookEndpoint.id).order_by(WebhookEndpoint.id)))
    yield ids
    with app.app_context():
        sweep()


def test_the_last_of_two_bridges_to_give_up_at_once_tells_the_author(app: Flask, bridges: list[int]) -> None:
    has_looked, is_other_done = Event(), Event()

    def give_up(endpoint_id: int, *, is_first: bool) -> None:
        with app.app_context():
            assert is_first or has_looked.wait(10)
            with transaction():
                tell_not_taken(drop_waiting(endpoint_id), now=TUESDAY)
                has_looked.set()
                if is_first:
                    is_other_done.wait(0.5)
            is_other_done.set()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(give_up, each, is_first=each == bridges[0]) for each in bridges]
        for each in both:
            each.result()
    with app.app_context(), transaction() as session:
        told = session.scalars(select(FactRow).where(FactRow.kind == "ReplyNotTaken")).all()
        assert [fact.data["outbound_id"] for fact in told] == [7]
