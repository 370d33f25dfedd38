"""Merge and undo: every row of both customers is byte-equal before and after, whatever they had."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.words import Channel, Language, Purpose
from hub.customers.actions import suppress
from hub.customers.duplicates.models import CustomerPair
from hub.customers.duplicates.words import PairState
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.words import AddressKind, SuppressionReason
from hub.identity.merging import merge_customers
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from hub.identity.unmerging import unmerge_customers
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent
from tests.makers.identity import dump, fill, list_tables, loosen

EXAMPLES = 3 if settings().max_examples <= 100 else 300
LATER = TUESDAY + timedelta(days=30)
PURPOSES = (Purpose.PROMOTION, Purpose.SURVEY, Purpose.NEWSLETTER, Purpose.OPEN_MEASUREMENT)


def people(session: Session, dice: random.Random) -> list[int]:
    """Four customers with some of everything; the fourth is never merged."""
    made = [_person(session, number, dice) for number in range(4)]
    for owned in list_tables():
        for customer_id in made:
            for _time in range(dice.randrange(3)):
                fill(session, owned, customer_id, dice)
    for left in range(4):
        for right in range(left + 1, 4):
            if dice.random() < 0.5:
                _pair(session, made[left], made[right], dice)
    session.flush()
    session.execute(update(Erasure).values(state=ErasureState.DONE))  # else they could not be merged
    return made


def _person(session: Session, number: int, dice: random.Random) -> int:
    row = make_customer(
        session,
        dice.choice(["", "Anne", "Annie", "Éloïse"]),
        dice.choice(["", "Roux", "Le Roux"]),
        mail=None,
        phone=None,
        postcode=dice.choice(["", "69003", "31000"]),
        company=dice.choice(["", "Roux SA"]),
        language=dice.choice(list(Language)),
        properties=dice.choice([{}, {"pref_wood": True}, {"pref_wood": 3.5, "pref_name": "ô"}]),
        updated_at=TUESDAY + timedelta(hours=dice.randrange(5)),
        created_at=TUESDAY - timedelta(hours=dice.randrange(5)),
    )
    for _time in range(dice.randrange(4)):
        _address(session, row, number, dice)
    for source in ("shop", "till", "loyalty_card"):
        if dice.random() < 0.4:
            session.add(ExternalId(customer_id=row.id, source=source, value=f"{number}{source}"))
    session.flush()
    return row.id


def _address(session: Session, row: Customer, number: int, dice: random.Random) -> None:
    kind = dice.choice(list(AddressKind))
    place = dice.randrange(10**6)
    value = (
        f"a{number}.{place}@client.example" if kind is AddressKind.MAIL else f"+3361{number}{place:06d}"[:12]
    )
    session.add(
        Address(
            customer_id=row.id, kind=kind, value=value, is_primary=dice.random() < 0.6, created_at=TUESDAY
        )
    )
    channel = Channel.EMAIL if kind is AddressKind.MAIL else dice.choice([Channel.SMS, Channel.WHATSAPP])
    for purpose in dice.sample(PURPOSES, dice.randrange(3)):
        say_consent(value, channel=channel, purpose=purpose, is_given=dice.random() < 0.5)
    if dice.random() < 0.3:
        suppress(
            value,
            purpose=dice.choice([None, Purpose.PROMOTION]),
            reason=dice.choice(list(SuppressionReason)),
            now=TUESDAY,
        )


def _pair(session: Session, one: int, other: int, dice: random.Random) -> None:
    session.add(
        CustomerPair(
            left_id=min(one, other),
            right_id=max(one, other),
            state=dice.choice([PairState.OPEN, PairState.APART, PairState.HOUSEHOLD]),
            points=80,
            is_exact=False,
            reasons=[{"why": "same_name", "points": 30}],
            found_at=TUESDAY,
        )
    )


@pytest.fixture
def loose(session: Session) -> Session:
    loosen(session)
    return session


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), swaps=st.lists(st.booleans(), min_size=6, max_size=6))
def test_merge_and_undo_leave_every_row_as_it_was(loose: Session, seed: int, swaps: list[bool]) -> None:
    session = loose
    with db.session.begin_nested() as inner:
        dice = random.Random(seed)
        ids = people(session, dice)
        first, second, third = dice.sample(ids[:3], 3)
        chosen = dict(zip(("first_name", "mail", "birth_on", "title"), swaps, strict=False))
        before = dump(session)
        values = {name: second if swap else first for name, swap in chosen.items()}
        [one] = merge_customers(first, [second], chosen=values, by=SYSTEM, now=LATER)
        between = dump(session)
        assert between != before
        [two] = merge_customers(third, [first], by=SYSTEM, now=LATER + timedelta(hours=1))
        unmerge_customers(two, by=SYSTEM, now=LATER + timedelta(days=1))
        assert dump(session) == between
        unmerge_customers(one, by=SYSTEM, now=LATER + timedelta(days=2))
        assert dump(session) == before
        inner.rollback()
