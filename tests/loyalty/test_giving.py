"""Codes are given once, released when the message never left, and the chain is told before a pool is empty."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.core.db import transaction
from hub.core.facts import FactRow
from hub.core.words import Language, Purpose
from hub.loyalty import actions, giving
from hub.loyalty.models import PromoCode, PromoGrant
from hub.loyalty.queries import get_pool
from hub.loyalty.words import GrantState, PoolKind
from hub.outbox import actions as outbox
from hub.outbox import promo_codes
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.reactions.drain import work_facts
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.loyalty import BY, make_pool
from tests.makers.outbox import make_draft
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain

POOL = "bienvenue"


def test_the_same_message_keeps_its_code(session: Session) -> None:
    make_pool("AAAA\nBBBB")
    first = giving.reserve(pool_key=POOL, wanted={"m:1": 7}, now=TUESDAY)
    again = giving.reserve(pool_key=POOL, wanted={"m:1": 7, "m:2": 8}, now=TUESDAY)
    assert first["m:1"].code == again["m:1"].code == "AAAA"
    assert again["m:2"].code == "BBBB"
    assert giving.reserve(pool_key=POOL, wanted={"m:3": 9}, now=TUESDAY) == {}


def test_a_released_code_is_free_and_a_sent_one_is_not(session: Session) -> None:
    pool_id = make_pool("AAAA")
    giving.reserve(pool_key=POOL, wanted={"m:1": 7}, now=TUESDAY)
    giving.release(["m:1"], now=TUESDAY)
    session.expire_all()
    assert get_pool(pool_id).left_count == 1
    assert giving.reserve(pool_key=POOL, wanted={"m:2": 8}, now=TUESDAY)["m:2"].code == "AAAA"
    giving.mark_sent(["m:2"], now=TUESDAY)
    giving.release(["m:2"], now=TUESDAY)
    session.expire_all()
    assert get_pool(pool_id).left_count == 0
    assert get_pool(pool_id).sent_count == 1


def test_a_shared_code_does_not_run_out(session: Session) -> None:
    pool_id = make_pool(kind=PoolKind.SHARED, shared_code="noel-10")
    given = giving.reserve(pool_key=POOL, wanted={"m:1": 7, "m:2": 8}, now=TUESDAY)
    assert {each.code for each in given.values()} == {"NOEL10"}
    assert get_pool(pool_id).left_count is None


def test_a_pool_that_is_off_or_over_gives_nothing(session: Session) -> None:
    pool_id = make_pool("AAAA")
    late = TUESDAY + timedelta(days=31)
    assert giving.reserve(pool_key=POOL, wanted={"m:1": 7}, now=late) == {}
    actions.switch_pool(pool_id=pool_id, is_active=False, by=BY, now=TUESDAY)
    assert giving.reserve(pool_key=POOL, wanted={"m:1": 7}, now=TUESDAY) == {}


def test_generated_codes_are_all_different_and_begin_as_asked(session: Session) -> None:
    pool_id = make_pool()
    added = actions.generate_codes(pool_id=pool_id, count=500, prefix="merci", by=BY, now=TUESDAY)
    codes = session.scalars(select(PromoCode.code)).all()
    assert added.added_count == len(set(codes)) == 500
    assert all(code.startswith("MERCI") and len(code) == 13 for code in codes)


def test_few_codes_are_told_once_to_those_who_write_messages(session: Session, hand_clock: HandClock) -> None:
    from hub.content.actions import publish_builtin_templates

    make_chain(session)
    publish_builtin_templates(now=TUESDAY)
    make_agent(session, role=Role.MARKETER, email="marie@verel.example", language=Language.FRENCH)
    make_agent(session, role=Role.AGENT, email="ada@verel.example")
    pool_id = make_pool("AAAA\nBBBB\nCCCC\nDDDD", alert_below=3)
    giving.reserve(pool_key=POOL, wanted={"m:1": 1}, now=TUESDAY)
    assert _low_facts(session) == 0
    giving.reserve(pool_key=POOL, wanted={"m:2": 2}, now=TUESDAY)
    giving.reserve(pool_key=POOL, wanted={"m:3": 3}, now=TUESDAY)
    assert _low_facts(session) == 1
    work_facts(lambda: None)
    mails = session.scalars(select(OutboundMessage).where(OutboundMessage.purpose == Purpose.STAFF)).all()
    assert [mail.recipient for mail in mails] == ["marie@verel.example"]
    assert "2 codes" in mails[0].values["cause"]
    actions.add_codes(pool_id=pool_id, text="EEEE\nFFFF\nGGGG", by=BY, now=TUESDAY)
    giving.reserve(pool_key=POOL, wanted={"m:4": 4, "m:5": 5}, now=TUESDAY)
    assert _low_facts(session) == 2


def _low_facts(session: Session) -> int:
    return session.scalar(select(func.count()).where(FactRow.kind == "PromoPoolLow")) or 0


def test_a_posted_message_carries_its_code_and_its_end_in_words(session: Session) -> None:
    make_chain(session)
    make_pool("AAAA", valid_days=7)
    row = _post(session, "promo:1", make_customer(session).id)
    assert row.values["promo_code"] == "AAAA"
    assert row.values["promo_ends_on"] == "10 mars 2026"
    assert "10" in row.values["promo_terms"]
    again = _post(session, "promo:1", row.customer_id)
    assert again.id == row.id
    assert session.scalar(select(func.count()).select_from(PromoGrant)) == 1


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (MessageState.BLOCKED, GrantState.RELEASED),
        (MessageState.EXPIRED, GrantState.RELEASED),
        (MessageState.FAILED, GrantState.RELEASED),
        (MessageState.CANCELLED, GrantState.RELEASED),
        (MessageState.ACCEPTED, GrantState.SENT),
        (MessageState.UNKNOWN, GrantState.RESERVED),
        (MessageState.BOUNCED, GrantState.SENT),
        (MessageState.WAITING, GrantState.RESERVED),
    ],
)
def test_a_code_is_settled_as_its_message_ends(
    session: Session, hand_clock: HandClock, state: MessageState, after: GrantState
) -> None:
    make_chain(session)
    pool_id = make_pool("AAAA")
    row = _post(session, "promo:1", make_customer(session).id)
    row.state = state
    session.commit()
    while promo_codes.work_promo_codes(lambda: None):
        pass
    session.expire_all()
    assert session.scalars(select(PromoGrant.state)).all() == [after]
    assert get_pool(pool_id).left_count == (1 if after is GrantState.RELEASED else 0)


def _post(session: Session, key: str, customer_id: int | None) -> OutboundMessage:
    """Of a real template with a voucher."""
    from hub.content.actions import publish_builtin_templates

    publish_builtin_templates(now=TUESDAY)
    draft = make_draft(session, key, purpose=Purpose.PROMOTION, customer_id=customer_id, promo_pool=POOL)
    with_voucher = {**draft.__dict__, "template_key": "welcome_prospect"}
    outbox.post(now=TUESDAY, **with_voucher)
    session.expire_all()
    return session.scalars(select(OutboundMessage).where(OutboundMessage.key == key)).one()


@pytest.fixture
def open_house(app: Flask) -> Iterator[Flask]:
    """Without the savepoint: threads with connections of their own really commit; swept afterwards."""
    with app.app_context(), transaction():
        make_pool("\n".join(f"CODE{number:03}" for number in range(100)))
    yield app
    with app.app_context(), transaction() as session:
        session.execute(
            text("TRUNCATE promo_grants, promo_codes, promo_pools, audit_entries, facts, fact_queue CASCADE")
        )


def test_workers_that_give_at_once_never_give_one_code_twice(open_house: Flask) -> None:
    start = Barrier(4)

    def give(worker: int) -> list[str]:
        codes = []
        for turn in range(20):
            wanted: dict[str, int | None] = {f"w{worker}:{turn}:{each}": each for each in range(2)}
            with open_house.app_context(), transaction():
                if turn == 0:
                    start.wait()
                given = giving.reserve(pool_key=POOL, wanted=wanted, now=TUESDAY)
            codes += [each.code for each in given.values()]
        return codes

    with ThreadPoolExecutor(4) as pool:
        work: Callable[[int], list[str]] = give
        codes = [code for some in pool.map(work, range(4)) for code in some]
    assert len(codes) == len(set(codes)) == 100


def test_a_message_does_not_outlive_its_code(session: Session) -> None:
    make_chain(session)
    make_pool("AAAA", valid_days=5)
    row = _post(session, "promo:1", make_customer(session).id)
    assert row.expires_at == TUESDAY + timedelta(days=5)


def test_an_empty_pool_is_told_even_without_a_mark(session: Session) -> None:
    make_pool("AAAA", alert_below=0)
    giving.reserve(pool_key=POOL, wanted={"m:1": 7, "m:2": 8}, now=TUESDAY)
    assert _low_facts(session) == 1
