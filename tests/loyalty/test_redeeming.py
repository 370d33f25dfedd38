"""Codes on orders: kept once with their verdict, given back when the order is cancelled."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.facts import FactRow
from hub.loyalty import giving, redeeming
from hub.loyalty.models import PromoRedemption
from hub.loyalty.queries import get_pool, list_redemptions
from hub.loyalty.words import PoolKind, RedemptionVerdict
from hub.orders.actions import take_in
from hub.orders.models import Order
from hub.reactions.drain import work_facts
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.loyalty import make_pool
from tests.makers.orders import an_event, make_order
from tests.makers.stores import make_chain, make_store

POOL = "bienvenue"


def _verdicts(session: Session) -> list[tuple[str, RedemptionVerdict]]:
    rows = session.scalars(select(PromoRedemption).order_by(PromoRedemption.id))
    return [(row.code, row.verdict) for row in rows]


def test_an_order_by_the_api_redeems_its_codes(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    make_store(session)
    dora = make_customer(session)
    pool_id = make_pool("AAAA-1")
    giving.reserve(pool_key=POOL, wanted={"m:1": dora.id}, now=TUESDAY - timedelta(days=5))
    event = an_event(promo_codes=["aaaa 1", "INCONNU9"], state="placed", delivered_at=None)
    take_in(event, source="shop", now=TUESDAY)
    work_facts(lambda: None)
    assert _verdicts(session) == [
        ("AAAA1", RedemptionVerdict.VALID),
        ("INCONNU9", RedemptionVerdict.UNKNOWN_CODE),
    ]
    assert get_pool(pool_id).redeemed_count == 1
    told = session.scalars(select(FactRow).where(FactRow.kind == "PromoCodeRedeemed")).one()
    assert told.customer_id == dora.id
    unknown = list_redemptions(pool_id=None, after=None, size=10).rows
    assert [(row.code, row.order_number) for row in unknown] == [("INCONNU9", "A1001")]


def test_a_code_told_later_is_read_and_a_cancelled_order_gives_it_back(
    session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    make_store(session)
    dora = make_customer(session)
    pool_id = make_pool("AAAA1")
    giving.reserve(pool_key=POOL, wanted={"m:1": dora.id}, now=TUESDAY - timedelta(days=5))
    take_in(an_event(state="placed", delivered_at=None), source="shop", now=TUESDAY)
    later = {"state": "placed", "delivered_at": None, "updated_at": "2026-03-03T09:40:00+01:00"}
    take_in(an_event(promo_codes=["AAAA1"], **later), source="shop", now=TUESDAY)
    work_facts(lambda: None)
    assert _verdicts(session) == [("AAAA1", RedemptionVerdict.VALID)]
    off = {"state": "cancelled", "delivered_at": None, "updated_at": "2026-03-03T09:50:00+01:00"}
    take_in(an_event(promo_codes=["AAAA1"], **off), source="shop", now=TUESDAY)
    work_facts(lambda: None)
    session.expire_all()
    assert get_pool(pool_id).redeemed_count == 0
    order = make_order(session, customer_id=dora.id, external_id="A2", **_of(session, ["AAAA1"]))
    redeeming.redeem_order(order.id, now=TUESDAY)
    assert _verdicts(session)[-1] == ("AAAA1", RedemptionVerdict.VALID)


def _of(session: Session, codes: list[str]) -> dict[str, object]:
    store_id = session.scalars(select(Order.store_id)).first()
    return {"store_id": store_id, "promo_codes": codes}


def test_a_second_use_and_another_customer_are_seen(session: Session) -> None:
    make_chain(session)
    store = make_store(session)
    dora = make_customer(session)
    eve = make_customer(session, mail="eve@client.example", phone=None)
    make_pool("AAAA1\nBBBB1")
    giving.reserve(pool_key=POOL, wanted={"m:1": dora.id}, now=TUESDAY - timedelta(days=5))
    found = []
    for number, (customer, code) in enumerate(
        [(dora, "AAAA1"), (dora, "AAAA1"), (eve, "AAAA1"), (eve, "BBBB1")]
    ):
        order = make_order(
            session,
            customer_id=customer.id,
            store_id=store.id,
            external_id=f"A{number}",
            promo_codes=[code],
        )
        redeeming.redeem_order(order.id, now=TUESDAY)
        redeeming.redeem_order(order.id, now=TUESDAY)
        found.append(_verdicts(session)[-1][1])
    assert len(_verdicts(session)) == 4
    assert found == [
        RedemptionVerdict.VALID,
        RedemptionVerdict.USED_BEFORE,
        RedemptionVerdict.USED_BEFORE,
        RedemptionVerdict.NOT_GIVEN,
    ]


def test_a_shared_code_is_good_once_for_each_customer(session: Session) -> None:
    make_chain(session)
    store = make_store(session)
    people = [make_customer(session), make_customer(session, mail="eve@client.example", phone=None)]
    make_pool(kind=PoolKind.SHARED, shared_code="NOEL10")
    for number, person in enumerate([people[0], people[1], people[0]]):
        order = make_order(
            session,
            customer_id=person.id,
            store_id=store.id,
            external_id=f"A{number}",
            promo_codes=["noel 10"],
        )
        redeeming.redeem_order(order.id, now=TUESDAY)
    verdict = RedemptionVerdict
    assert [each for _, each in _verdicts(session)] == [verdict.VALID, verdict.VALID, verdict.USED_BEFORE]
