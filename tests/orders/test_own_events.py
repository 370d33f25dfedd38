"""Events of the chain's own names: taken once, a fact each; what is refused is kept and taken in again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, NotFound
from hub.core.facts import FactRow
from hub.customers.models import ExternalId
from hub.orders.own_events.actions import take_in_again, take_own_event
from hub.orders.own_events.models import OwnEvent
from hub.orders.own_events.queries import (
    count_refused,
    get_own_events,
    list_event_names,
    list_own_events,
    list_refused,
)
from hub.orders.own_events.rows import TakenOwnEvent
from hub.orders.words import EventOutcome
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.stores import make_chain

TAKEN, UNCHANGED, REFUSED = EventOutcome.TAKEN, EventOutcome.UNCHANGED, EventOutcome.REFUSED
EARLIER = TUESDAY - timedelta(hours=3)


@pytest.fixture(autouse=True)
def dora(session: Session) -> int:
    make_chain(session)
    row = make_customer(session)
    session.add(ExternalId(customer_id=row.id, source="shop", value="77"))
    session.flush()
    return row.id


def tell(now: datetime = TUESDAY, **changes: Any) -> TakenOwnEvent:
    told = {
        "name": "warranty_ended", "customer": {"email": "Dora@client.example"}, "happened_at": EARLIER.isoformat(),
        "values": {"product": "LAMPE-01", "months": 24, "is_used": True, "note": None},
    } | changes  # fmt: skip
    return take_own_event(told, source="api:1", now=now)


def facts(session: Session) -> list[FactRow]:
    return list(session.scalars(select(FactRow).where(FactRow.kind == "EventReceived").order_by(FactRow.id)))


def test_an_event_is_kept_with_its_values_and_is_a_fact_of_its_moment(session: Session, dora: int) -> None:
    taken = tell()
    assert taken.event
    assert taken.outcome is TAKEN
    [fact] = facts(session)
    assert (fact.customer_id, fact.happened_at) == (dora, EARLIER)
    assert fact.data == {"event_id": taken.event.id, "name": "warranty_ended"}
    kept = get_own_events([taken.event.id])[taken.event.id]
    assert kept.values == {"product": "LAMPE-01", "months": 24, "is_used": True, "note": None}
    assert (kept.customer_id, kept.happened_at) == (dora, EARLIER)
    without = tell(happened_at=None, id="x").event
    assert without
    assert without.happened_at == TUESDAY


@pytest.mark.parametrize(
    "who",
    [
        {"email": "dora@client.example"},
        {"phone": "06 12 34 56 78"},
        {"external_ids": {"shop": "77"}},
        {"id": True},
    ],
    ids=["mail", "phone", "external", "ours"],
)
def test_the_customer_is_named_by_any_id(dora: int, who: dict[str, Any]) -> None:
    named = {"id": dora} if "id" in who else who
    found = tell(customer=named).event
    assert found
    assert found.customer_id == dora


def test_our_id_of_a_merged_customer_is_his_survivors_and_of_an_erased_one_nobodys(
    session: Session, dora: int
) -> None:
    merged = make_customer(session, mail=None, phone=None, merged_into_id=dora).id
    gone = make_customer(session, mail=None, phone=None, erased_at=TUESDAY).id
    found = tell(customer={"id": merged}).event
    assert found
    assert found.customer_id == dora
    assert tell(customer={"id": gone}).outcome is REFUSED


def test_the_same_event_has_its_effect_once(session: Session) -> None:
    assert [tell().outcome, tell().outcome] == [TAKEN, UNCHANGED]
    assert [tell(id="w-1").outcome, tell(id="w-1", name="other").outcome] == [TAKEN, UNCHANGED]
    assert tell(id="w-2").outcome is TAKEN
    assert take_own_event({"name": "x", "customer": {"phone": "0612345678"}, "id": "w-1"}, source="api:2", now=TUESDAY).outcome is TAKEN  # fmt: skip
    assert len(facts(session)) == 4
    names = [row.name for row in list_event_names(since=TUESDAY - timedelta(days=30))]
    assert names == ["warranty_ended", "x"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Warranty Ended"}, "name"), ({"name": ""}, "name"), ({"name": "x" * 51}, "name"),
        ({"name": 7}, "name"), ({"customer": {"email": "nobody@client.example"}}, "customer"),
        ({"customer": {}}, "customer"), ({"customer": {"id": 10**12}}, "customer"), ({"customer": None}, "customer"),
        ({"customer": {"email": "no mail"}}, "customer.email"), ({"values": {"Not Good": 1}}, "values"),
        ({"values": [1]}, "values"), ({"happened_at": "yesterday"}, "happened_at"),
        ({"happened_at": (TUESDAY + timedelta(days=3)).isoformat()}, "happened_at"),
        ({"values": {f"v{number}": 1 for number in range(21)}}, "values"),
    ],
)  # fmt: skip
def test_what_is_refused_is_kept_with_its_reason(
    session: Session, changes: dict[str, Any], field: str
) -> None:
    taken = tell(**changes)
    assert taken.outcome is REFUSED
    assert taken.errors[0].field == field
    [row] = list_refused().rows
    assert (row.errors, row.payload["values"] is None) == (taken.errors, False)
    assert row.name in {"", "warranty_ended"}
    assert facts(session) == []


def test_nothing_is_lost_whatever_comes(session: Session) -> None:
    for odd in (None, [], "text", {}, {"name": {}}, {"name": "a\x00b", "values": {"a": float("inf")}}):
        assert take_own_event(odd, source="api:1", now=TUESDAY).outcome is REFUSED
    assert count_refused() == 6
    first = list_refused(size=4)
    rest = list_refused(after=first.next_key, size=4)
    assert len({row.id for row in (*first.rows, *rest.rows)}) == 6


def test_a_refused_one_is_taken_in_again_once_its_customer_is_known(session: Session) -> None:
    emil = {"email": "emil@client.example"}
    assert tell(customer=emil).outcome is REFUSED
    [row] = list_refused().rows
    assert take_in_again(row.id, by=SYSTEM, now=TUESDAY).outcome is REFUSED
    known = make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None).id
    taken = take_in_again(row.id, by=SYSTEM, now=TUESDAY + timedelta(days=1))
    assert taken.event
    assert (taken.event.id, taken.event.customer_id, taken.event.happened_at) == (row.id, known, EARLIER)
    assert count_refused() == 0
    assert session.get_one(OwnEvent, row.id).payload == {}
    with pytest.raises(Conflict):
        take_in_again(row.id, by=SYSTEM, now=TUESDAY)
    with pytest.raises(NotFound):
        take_in_again(10**9, by=SYSTEM, now=TUESDAY)
    assert tell(customer=emil).outcome is UNCHANGED
    assert len(facts(session)) == 1


def test_sent_again_after_the_customer_came_it_is_taken(session: Session) -> None:
    emil = {"email": "emil@client.example"}
    assert tell(customer=emil).outcome is REFUSED
    make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None)
    assert tell(customer=emil).outcome is TAKEN
    assert session.scalar(select(func.count()).select_from(OwnEvent)) == 1


def test_names_with_their_last_moment_and_a_replay_page_by_page(session: Session) -> None:
    for hours in range(5):
        tell(id=f"w{hours}", happened_at=(TUESDAY - timedelta(hours=hours)).isoformat())
    tell(id="old", name="moved_house", happened_at=(TUESDAY - timedelta(days=90)).isoformat())
    names = list_event_names(since=TUESDAY - timedelta(days=30))
    assert [(row.name, row.count) for row in names] == [("moved_house", 0), ("warranty_ended", 5)]
    assert names[1].last_at == TUESDAY
    window = (TUESDAY - timedelta(hours=3), TUESDAY)
    first = list_own_events("warranty_ended", since=window[0], until=window[1], limit=2)
    key = (first[-1].happened_at, first[-1].id)
    rest = list_own_events("warranty_ended", since=window[0], until=window[1], after=key)
    assert [TUESDAY - row.happened_at for row in (*first, *rest)] == [timedelta(hours=n) for n in (3, 2, 1)]
