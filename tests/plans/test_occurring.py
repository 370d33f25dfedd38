"""What happens by itself: silences, days of the year and baskets left, each as a table."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.customers.models import Customer
from hub.orders.behaviour.baskets import take_basket
from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.plans.occurring.legs import day_after, days_before
from hub.plans.occurring.listing import list_occurrences
from hub.plans.words import Trigger
from hub.stores.models import Store
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.outbox import post_draft
from tests.makers.stores import make_chain, make_store

PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
WINTER = (datetime(2025, 12, 31, 12, tzinfo=UTC), datetime(2026, 3, 31, 12, tzinfo=UTC))
SUMMER = (datetime(2026, 4, 20, tzinfo=UTC), datetime(2026, 7, 20, tzinfo=UTC))
YEAR = (datetime(2025, 12, 31, 12, tzinfo=UTC), datetime(2026, 12, 31, 12, tzinfo=UTC))
Told = list[tuple[str, str]]


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.fixture
def dora(session: Session) -> Customer:
    make_chain(session)
    make_store(session)
    return make_customer(session, created_at=LONG_AGO)


def buys(session: Session, who: Customer, at: datetime, **fields: Any) -> Order:
    number = f"A{len(session.scalars(select(Order.id)).all()) + 1}"
    store_id = session.scalars(select(Store.id)).one()
    given = {"placed_at": at, "state_at": at, "delivered_at": None, "state": OrderState.PLACED, **fields}
    return make_order(session, customer_id=who.id, store_id=store_id, external_id=number, **given)


def told(
    trigger: Trigger, since: datetime = YEAR[0], until: datetime = YEAR[1], size: int = 2, **params: Any
) -> Told:
    """Entry key and local moment of each, once, by moment."""
    pages = list_occurrences(trigger, params, since=since, until=until, size=size)
    found = {(each.entry_key, each.anchor_at, each.customer_id) for page in pages for each in page.newcomers}
    return [
        (key, f"{at.astimezone(PARIS):%m-%d %H:%M}") for key, at, _ in sorted(found, key=lambda row: row[1:])
    ]


SILENCES = [
    ("six months to the day, at the chain's midnight", ["2025-10-14T15:00"], [("churn:2025-10-14", "04-14 00:00")]),
    ("late in the evening is that day here, the next one by UTC", ["2025-10-14T23:50"], [("churn:2025-10-14", "04-14 00:00")]),
    ("just after midnight here, still the day before by UTC", ["2025-10-15T00:10"], [("churn:2025-10-15", "04-15 00:00")]),
    ("the night the clocks go on", ["2025-09-29T10:00"], [("churn:2025-09-29", "03-29 00:00")]),
    ("a month too short", ["2025-08-31T10:00"], [("churn:2025-08-31", "02-28 00:00")]),
    ("another order begins anew", ["2025-10-14T15:00", "2026-02-01T09:00"], [("churn:2026-02-01", "08-01 00:00")]),
    ("bought again after the day: both silences", ["2025-10-14T15:00", "2026-04-14T09:00"],
     [("churn:2025-10-14", "04-14 00:00"), ("churn:2026-04-14", "10-14 00:00")]),
    ("two orders of one moment", ["2025-10-14T15:00", "2025-10-14T15:00"], [("churn:2025-10-14", "04-14 00:00")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("orders", "expected"), [row[1:] for row in SILENCES], ids=[row[0] for row in SILENCES]
)
def test_silence(session: Session, dora: Customer, orders: list[str], expected: Told) -> None:
    for at in orders:
        buys(session, dora, paris(at))
    assert told(Trigger.INACTIVE, months=6) == expected


def test_a_cancelled_order_counts_as_far_as_it_was_known(session: Session, dora: Customer) -> None:
    buys(session, dora, paris("2025-10-14T15:00"))
    cancelled = buys(session, dora, paris("2025-12-01T10:00"), state=OrderState.CANCELLED)
    cancelled.state_at = paris("2026-01-05T10:00")
    session.flush()
    assert told(Trigger.INACTIVE, months=6) == [("churn:2025-10-14", "04-14 00:00")], (
        "cancelled before the day"
    )
    cancelled.state_at = paris("2026-04-20T10:00")
    session.flush()
    assert told(Trigger.INACTIVE, months=6) == [], "cancelled after both days were over, or before the second"


@pytest.mark.parametrize("fate", ["erased_at", "merged_into_id", "archived_at"])
def test_who_is_gone_is_left_alone(session: Session, dora: Customer, fate: str) -> None:
    other = make_customer(session, "Emil", mail=None, phone=None, created_at=LONG_AGO)
    buys(session, dora, paris("2025-10-14T15:00"))
    dora.birth_on = date(1980, 5, 17)
    setattr(dora, fate, other.id if fate == "merged_into_id" else paris("2026-03-01T10:00"))
    session.flush()
    assert told(Trigger.INACTIVE, months=6) == []
    assert told(Trigger.DATE, *WINTER, of="birth_on", at="day") == [("birthday:2026", "01-01 00:00")], (
        "the other registered"
    )


DATES: list[tuple[str, dict[str, Any], list[str], str, Told]] = [
    ("birth date", {"birth_on": date(1980, 5, 17)}, [], "day", [("birthday:2026", "05-17 00:00")]),
    ("the first of its month", {"birth_on": date(1980, 5, 17)}, [], "month_start", [("birthday:2026", "05-01 00:00")]),
    ("29 February", {"birth_on": date(1980, 2, 29)}, [], "day", [("birthday:2026", "02-28 00:00")]),
    ("29 February, its month", {"birth_on": date(1980, 2, 29)}, [], "month_start", [("birthday:2026", "02-01 00:00")]),
    ("31 December", {"birth_on": date(1980, 12, 31)}, [], "month_start", [("birthday:2026", "12-01 00:00")]),
    ("the birth date goes first", {"birth_on": date(1980, 5, 17)}, ["2024-07-09T10:00"], "day", [("birthday:2026", "05-17 00:00")]),
    ("unknown: the first order", {}, ["2025-09-01T10:00", "2024-07-09T10:00"], "day", [("birthday:2026", "07-09 00:00")]),
    ("ordered late in the evening", {}, ["2024-07-09T23:30"], "day", [("birthday:2026", "07-09 00:00")]),
    ("ordered just after midnight", {}, ["2024-07-09T00:30"], "day", [("birthday:2026", "07-09 00:00")]),
    ("first ordered on 29 February", {}, ["2024-02-29T10:00"], "day", [("birthday:2026", "02-28 00:00")]),
    ("no order either: the registration", {"created_at": paris("2020-03-29T00:10")}, [], "day", [("birthday:2026", "03-29 00:00")]),
    ("registered this year: not yet", {"created_at": paris("2026-03-05T00:10")}, [], "day", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "orders", "at", "expected"), [row[1:] for row in DATES], ids=[row[0] for row in DATES]
)
def test_days_of_the_year(
    session: Session, dora: Customer, person: dict[str, Any], orders: list[str], at: str, expected: Told
) -> None:
    for name, value in person.items():
        setattr(dora, name, value)
    for moment in orders:
        buys(session, dora, paris(moment))
    session.flush()
    period = YEAR if at == "month_start" else WINTER if not expected or expected[0][1] < "04" else SUMMER
    assert told(Trigger.DATE, *period, of="birth_on", at=at) == expected


def test_a_leap_year_keeps_the_29th(session: Session, dora: Customer) -> None:
    dora.birth_on = date(1980, 2, 29)
    session.flush()
    leap = (datetime(2028, 2, 1, tzinfo=UTC), datetime(2028, 3, 31, tzinfo=UTC))
    assert told(Trigger.DATE, *leap, of="birth_on", at="day") == [("birthday:2028", "02-29 00:00")]


def test_a_property_has_its_own_key_and_says_its_date(session: Session, dora: Customer) -> None:
    dora.properties = {"pet_born_on": "2019-06-15", "pet_name": "Rex", "contract_ends_on": "2026-11-30"}
    session.flush()
    assert told(Trigger.DATE, of="property:pet_born_on", at="day") == [("pet_born_on:2026", "06-15 00:00")]
    ends = {"of": "property:contract_ends_on", "at": "month_start"}
    (batch,) = list_occurrences(Trigger.DATE, ends, since=YEAR[0], until=YEAR[1])
    assert batch.newcomers[0].values == {
        "date_on": "2026-11-30",
        "anniversary_of": "property:contract_ends_on",
        "is_day": True,
    }
    assert told(Trigger.DATE, of="property:pet_name", at="day") == [], "no date"
    before = (datetime(2025, 1, 1, tzinfo=UTC), YEAR[0])
    assert told(Trigger.DATE, *before, of="property:contract_ends_on", at="day") == [], (
        "not before the date itself"
    )


def fills(number: str, at: datetime, state: str = "open") -> None:
    line = {"sku": "LAMPE-01", "quantity": 1, "unit_price_cents": 9000}
    body = {"external_id": number, "customer": {"email": "dora@client.example"}, "state": state,
            "updated_at": at.isoformat(), "lines": [line] if state != "emptied" else []}  # fmt: skip
    taken = take_basket(body, source="shop", now=at)
    assert not taken.errors, taken.errors


BASKETS: list[tuple[str, list[tuple[str, str]], str | None, list[str]]] = [
    ("left", [("09:00", "open")], None, ["09:00"]),
    ("touched again in time", [("09:00", "open"), ("09:20", "open")], None, ["09:20"]),
    ("touched again too late", [("09:00", "open"), ("09:31", "open")], None, ["09:00", "09:31"]),
    ("emptied in time", [("09:00", "open"), ("09:30", "emptied")], None, []),
    ("ordered, the shop says", [("09:00", "open"), ("09:29", "ordered")], None, []),
    ("an order in time", [("09:00", "open")], "09:15", []),
    ("an order too late", [("09:00", "open")], "09:31", ["09:00"]),
    ("an order before", [("09:00", "open")], "08:00", ["09:00"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("touches", "order", "expected"), [row[1:] for row in BASKETS], ids=[row[0] for row in BASKETS]
)
def test_baskets(
    session: Session,
    dora: Customer,
    touches: list[tuple[str, str]],
    order: str | None,
    expected: list[str],
) -> None:
    for hour, state in touches:
        fills("B1", paris(f"2026-03-29T{hour}"), state)
    if order:
        buys(session, dora, paris(f"2026-03-29T{order}"))
    found = told(Trigger.BASKET_LEFT)
    assert [at for _, at in found] == [f"03-29 {hour}" for hour in expected]
    assert len({key for key, _ in found}) == len(found)
    until = paris("2026-03-29T09:29:59")
    assert told(Trigger.BASKET_LEFT, until=until) == [], "not before half an hour is over"


SIGNS: list[tuple[str, list[str], str | None, str | None, Told]] = [
    ("registered only", [], None, None, [("silence:2024-03-02", "03-02 00:00")]),
    ("ordered", ["2024-05-01T10:00"], None, None, [("silence:2024-05-01", "05-01 00:00")]),
    ("cancelled orders are signs of life too", ["2024-05-01T10:00"], "cancelled", None, [("silence:2024-05-01", "05-01 00:00")]),
    ("wrote last", ["2024-05-01T10:00"], None, "2024-07-01T10:00", [("silence:2024-07-01", "07-01 00:00")]),
    ("came back since: what was known then", ["2024-05-01T10:00"], None, "2026-06-01T10:00", [("silence:2024-05-01", "05-01 00:00")]),
    ("came back in time", ["2024-05-01T10:00"], None, "2026-04-01T10:00", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("orders", "state", "active", "expected"), [row[1:] for row in SIGNS], ids=[row[0] for row in SIGNS]
)
def test_no_sign_of_life(
    session: Session,
    dora: Customer,
    orders: list[str],
    state: str | None,
    active: str | None,
    expected: Told,
) -> None:
    dora.created_at = paris("2024-03-02T10:00")
    for at in orders:
        buys(session, dora, paris(at), state=OrderState(state or "placed"))
    dora.last_active_at = paris(active) if active else None
    dora.archived_at = paris("2025-12-01T10:00")
    session.flush()
    assert told(Trigger.NO_SIGN_OF_LIFE, months=24) == expected


CLICK = text("""
    INSERT INTO link_clicks (message_id, position, link_count, clicked_at, label, sign)
    SELECT id, 0, 1, :at, :label, 'none' FROM outbound_messages
""")


@pytest.mark.parametrize(
    ("label", "expected"), [("human", "silence:2024-07-01"), ("machine", "silence:2024-03-02")]
)
def test_a_click_of_a_person_is_a_sign_of_life(
    session: Session, dora: Customer, label: str, expected: str
) -> None:
    dora.created_at = paris("2024-03-02T10:00")
    post_draft(session, customer_id=dora.id)
    session.execute(CLICK, {"at": paris("2024-07-01T10:00"), "label": label})
    assert [key for key, _ in told(Trigger.NO_SIGN_OF_LIFE, months=24)] == [expected]


VISIT = text("INSERT INTO visits (visit_key, customer_id, kind, visited_at) VALUES ('v', :who, 'other', :at)")
EVENT = text("""
    INSERT INTO own_events (event_key, source, name, customer_id, values, payload, outcome, happened_at, received_at)
    VALUES ('e', 'shop', 'club_joined', :who, '{}', '{}', 'taken', :at, :at)
""")


@pytest.mark.parametrize("sign", [VISIT, EVENT])
def test_visits_and_events_are_signs_of_life(session: Session, dora: Customer, sign: Any) -> None:
    dora.created_at = paris("2024-03-02T10:00")
    session.flush()
    session.execute(sign, {"who": dora.id, "at": paris("2024-07-01T10:00")})
    assert [key for key, _ in told(Trigger.NO_SIGN_OF_LIFE, months=24)] == ["silence:2024-07-01"]


def test_known_at_takes_in_what_happened_since(session: Session, dora: Customer) -> None:
    buys(session, dora, paris("2025-10-14T15:00"))
    buys(session, dora, paris("2026-04-20T15:00"))
    found = [
        [each for page in list_occurrences(Trigger.INACTIVE, {"months": 6}, since=YEAR[0], until=at, known_at=at)
         for each in page.newcomers]
        for at in (paris("2026-04-19T00:00"), paris("2026-04-21T00:00"))
    ]  # fmt: skip
    assert [len(each) for each in found] == [1, 0]


@given(
    months=st.integers(1, 30), start=st.dates(date(2023, 1, 1), date(2028, 1, 1)), length=st.integers(0, 70)
)
def test_days_before_are_exactly_those_that_lead_there(months: int, start: date, length: int) -> None:
    last = start + timedelta(days=length)
    lower, upper = days_before(start, last, months)
    around = [start - timedelta(days=31 * months + 80 - each) for each in range(length + 90 + 31 * months)]
    expected = [day for day in around if start <= day_after(day, months) <= last]
    assert expected == [day for day in around if lower <= day <= upper]


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 364 * 24 * 60), max_size=6), data=st.data())
def test_any_division_of_a_period_gives_the_same(
    session: Session, dora: Customer, cuts: list[int], data: st.DataObject
) -> None:
    nested = session.begin_nested()
    minutes = st.integers(0, 900 * 24 * 60)
    for number in range(4):
        at = LONG_AGO + timedelta(days=2000, minutes=data.draw(minutes))
        buys(session, dora, at)
        fills(f"B{number}", YEAR[0] + timedelta(minutes=data.draw(st.integers(0, 364 * 24 * 60))))
    dora.birth_on = data.draw(st.none() | st.dates(date(1980, 1, 1), date(1980, 12, 31)))
    session.flush()
    edges = [YEAR[0], *(YEAR[0] + timedelta(minutes=each) for each in sorted(cuts)), YEAR[1]]
    for trigger, params in (
        (Trigger.INACTIVE, {"months": 6}),
        (Trigger.DATE, {"of": "birth_on", "at": "month_start"}),
        (Trigger.BASKET_LEFT, {}),
        (Trigger.NO_SIGN_OF_LIFE, {"months": 13}),
    ):
        whole = told(trigger, **params)
        parts = [each for since, until in pairwise(edges) for each in told(trigger, since, until, **params)]
        assert sorted(parts) == sorted(whole), trigger
    nested.rollback()
