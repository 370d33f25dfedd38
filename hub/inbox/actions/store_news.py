"""Tells the people of stores what a plan wants them to know of a customer: a line in the notices of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.inbox.models import Notice
from hub.inbox.words import NoticeKind
from hub.staff.queries import list_store_agents


@dataclass(frozen=True, kw_only=True)
class StoreNews:
    """`words` are the marketer's; `store_id` None: who answers the central queue is told."""

    store_id: int | None
    customer_id: int
    words: str


def tell_stores(news: Sequence[StoreNews], *, now: datetime) -> list[bool]:
    """One line a person and customer, in one statement. Whether somebody was told, in the order of the news."""
    people = {
        store_id: [agent.id for agent in list_store_agents(store_id)]
        for store_id in {each.store_id for each in news}
    }
    rows = [
        {
            "agent_id": agent_id,
            "kind": NoticeKind.PLAN_SAYS.value,
            "ticket_id": None,
            "by_id": None,
            "data": {"words": each.words, "customer_id": each.customer_id},
            "happened_at": now,
        }
        for each in news
        for agent_id in people[each.store_id]
    ]
    if rows:
        db.session.execute(insert(Notice).values(rows))
    return [bool(people[each.store_id]) for each in news]
