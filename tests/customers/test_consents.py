"""The ledger keeps everything; its latest entry is the state; suppressed addresses stay so."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers.actions import lift_suppression, suppress
from hub.customers.models import ConsentEntry, Suppression
from hub.customers.queries import (
    get_contactability,
    get_suppressed,
    list_addresses,
    list_consents,
)
from hub.customers.words import SuppressionReason
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, make_emil, make_fay, say_consent

PROMOTION = (Channel.EMAIL, Purpose.PROMOTION)


def test_a_consent_is_kept_with_its_proof_and_read_by_the_gate(session: Session) -> None:
    dora = make_customer(session)
    say_consent("Dora@Client.example")
    found = get_contactability([dora.id])[dora.id]
    assert found.consents == {PROMOTION}
    assert found.refusals == frozenset()
    row = list_consents(dora.id)[0]
    assert (row.wording, row.collection_point, row.is_current) == (
        "I would like to receive offers.",
        "till 2",
        True,
    )
    fact = session.scalars(select(FactRow)).one()
    assert (fact.kind, fact.customer_id, fact.data["is_given"]) == ("ConsentChanged", dora.id, True)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_later_statement_wins_however_they_arrive(session: Session, order: tuple[int, ...]) -> None:
    dora = make_customer(session)
    statements = [(0, True), (1, False), (1, True)]  # at the same moment the withdrawal wins
    for number in order:
        days, is_given = statements[number]
        say_consent(is_given=is_given, happened_at=TUESDAY + timedelta(days=days))
    found = get_contactability([dora.id])[dora.id]
    assert found.refusals == {PROMOTION}
    assert found.consents == frozenset()
    assert len(list_consents(dora.id)) == 3
    assert [row.is_current for row in list_consents(dora.id)].count(True) == 1


def test_the_same_statement_told_twice_is_one_entry(session: Session) -> None:
    assert say_consent() == say_consent()
    assert session.scalar(select(func.count()).select_from(ConsentEntry)) == 1


def test_a_consent_for_no_address_is_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        say_consent("12")


def test_the_known_people_are_what_they_are_known_for(session: Session) -> None:
    emil, fay = make_emil(session), make_fay(session)
    found = get_contactability([emil.id, fay.id, 999])
    assert set(found) == {emil.id, fay.id}
    assert found[emil.id].consents == frozenset()
    assert found[fay.id].suppressed == {"fay@client.example"}


def test_suppression_is_a_hash_once_and_can_be_lifted(session: Session) -> None:
    fay = make_fay(session)
    assert not suppress("FAY@client.example", reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)
    assert suppress(
        "fay@client.example", purpose=Purpose.PROMOTION, reason=SuppressionReason.COMPLAINT, now=TUESDAY
    )
    assert get_suppressed(["fay@client.example"]) == {"fay@client.example", "fay@client.example|promotion"}
    assert "fay" not in "".join(session.scalars(select(Suppression.address_hash)))
    assert [len(address.suppressions) for address in list_addresses(fay.id)] == [2, 0]
    lift_suppression("fay@client.example", by=SYSTEM, now=TUESDAY)
    assert get_suppressed(["fay@client.example"]) == {"fay@client.example|promotion"}
    with pytest.raises(NotFound):
        lift_suppression("fay@client.example", by=SYSTEM, now=TUESDAY)


def test_a_bounced_address_that_is_no_valid_one_can_be_suppressed(session: Session) -> None:
    assert suppress("broken@localhost", reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)


def count_queries(ids: list[int]) -> int:
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    get_contactability(ids)
    event.remove(db.engine, "before_cursor_execute", listen)
    return len(seen)


def test_contactability_costs_the_same_for_one_and_for_many(session: Session) -> None:
    ids = [make_customer(session, mail=f"c{n}@client.example", phone=None).id for n in range(20)]
    assert count_queries(ids[:1]) == count_queries(ids) == 3
