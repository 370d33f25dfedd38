"""A property of many customers is taken away in batches: unseen at once, resumed where it was left, gone at the end."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Invalid, NotFound
from hub.customers import properties, property_leaving
from hub.customers.models import Customer
from hub.customers.property_models import PropertyDefinition
from hub.customers.property_words import PropertyKind
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer

KEY = "pet_name"


def define() -> None:
    properties.save_property(
        key=KEY, family="pet", kind=PropertyKind.TEXT, label="Nom", description="-", is_new=True,
        by=SYSTEM, now=TUESDAY,
    )  # fmt: skip


def left(session: Session) -> int:
    return session.scalar(select(func.count()).where(Customer.properties.has_key(KEY))) or 0


@pytest.fixture
def pets(session: Session, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Five customers with a value, taken two at a time."""
    define()
    ids = [make_customer(session, f"Zoé {place}", mail=None, phone=None).id for place in range(6)]
    for customer_id in ids[:5]:
        properties.set_properties(customer_id, {KEY: "Rex"}, by=SYSTEM, now=TUESDAY)
    monkeypatch.setattr(property_leaving, "BATCH", 2)
    return ids


def test_the_values_go_in_batches_and_the_definition_last(session: Session, pets: list[int]) -> None:
    assert properties.forget_property(KEY, by=SYSTEM, now=TUESDAY) == 2
    session.commit()
    assert left(session) == 3
    assert [(each.key, each.count) for each in properties.list_leaving()] == [(KEY, 2)]
    assert properties.list_definitions() == []
    assert properties.get_properties(pets[4:]) == {pets[4]: {}, pets[5]: {}}, "unseen before the job is there"
    with pytest.raises(NotFound):
        properties.get_definition(KEY)
    with pytest.raises(Invalid):
        properties.set_properties(pets[5], {KEY: "Kim"}, by=SYSTEM, now=TUESDAY)
    with pytest.raises(Conflict, match="still being taken away"):
        define()
    with pytest.raises(Conflict, match="does not exist any more"):
        properties.note_uses(source_kind="segment", source_id=1, name="Dogs", keys=[KEY])
    rounds = 0
    while property_leaving.has_due():
        rounds += property_leaving.work_properties(lambda: None)
    assert (left(session), properties.list_leaving()) == (0, [])
    assert rounds == 3, "two more batches, and a last look at all"
    define()


def test_a_value_that_came_behind_is_taken_too(session: Session, pets: list[int]) -> None:
    """A merge may write it to a customer whom the pass has left behind."""
    properties.forget_property(KEY, by=SYSTEM, now=TUESDAY)
    row = session.scalars(select(PropertyDefinition)).one()
    session.get_one(Customer, pets[0], populate_existing=True).properties = {KEY: "Rex"}
    session.flush()
    assert row.forgotten_up_to == pets[1]
    while property_leaving.has_due():
        property_leaving.work_properties(lambda: None)
    assert left(session) == 0
