"""The set-up of the chain, and its stores, regions and hours as the head office edits them."""

from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.facts import FactRow
from hub.stores import actions, queries
from hub.stores.actions import ChainDetails, StoreDetails
from hub.stores.models import Region
from hub.stores.rules import Range
from hub.stores.words import Territory
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_region, make_store

DAY = (Range(time(9), time(12)), Range(time(14), time(18)))


def test_the_set_up_makes_one_chain_and_ends_with_a_fact(session: Session) -> None:
    actions.start_chain(
        details=ChainDetails(name="Maison Verel", website_url="www.verel.example"), now=TUESDAY
    )
    chain = queries.get_chain()
    assert (chain.time_zone, chain.website_url) == ("Europe/Paris", "https://www.verel.example")
    with pytest.raises(Conflict):
        actions.start_chain(details=ChainDetails(name="Again"), now=TUESDAY)
    with pytest.raises(Invalid):
        actions.finish_set_up(sender_name="Verel", sender_address="nowhere", now=TUESDAY)
    actions.finish_set_up(sender_name="Verel", sender_address="bonjour@verel.example", now=TUESDAY)
    assert session.scalars(select(FactRow.kind)).all() == ["ChainReady"]
    with pytest.raises(Conflict):
        actions.finish_set_up(sender_name="Verel", sender_address="b@verel.example", now=TUESDAY)


def test_the_chain_is_edited_with_a_trace(session: Session) -> None:
    make_chain(session)
    details = ChainDetails(name="Verel", review_url="avis.example", social_links=("x.example/verel", ""))
    actions.edit_chain(
        details=details, sender_name="Verel", sender_address="a@verel.example", by=SYSTEM, now=TUESDAY
    )
    assert queries.get_chain().social_links == ("https://x.example/verel",)
    assert session.scalars(select(AuditEntry.action)).all() == ["chain.edited"]


def test_a_store_gets_what_follows_from_its_name_and_territory(session: Session) -> None:
    details = StoreDetails(
        code="REU1",
        name="Saint-Denis  Épices",
        territory=Territory.REUNION,
        postcode="97 400",
        phone="0262 12 34 56",
        weekly={0: DAY},
    )
    store = queries.get_store(actions.add_store(details=details, by=SYSTEM, now=TUESDAY))
    assert store.slug == store.mailbox == "saint-denis-epices"
    assert (store.time_zone, store.country, store.postcode) == ("Indian/Reunion", "FR", "97400")
    assert store.phone == "+262262123456"
    assert queries.get_hours(store.id).weekly == {0: DAY}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("code", {"code": "LYO", "slug": "a", "mailbox": "a"}),
        ("slug", {"code": "A", "slug": "lyon-part-dieu", "mailbox": "a"}),
        ("mailbox", {"code": "A", "slug": "a", "mailbox": "lyon-part-dieu"}),
        ("name", {"code": "A", "name": " "}),
        ("phone", {"code": "A", "phone": "1"}),
    ],
)
def test_a_store_that_clashes_names_the_field(session: Session, field: str, change: dict[str, str]) -> None:
    make_store(session)
    with pytest.raises(Invalid) as error:
        actions.add_store(details=StoreDetails(**{"name": "Autre", **change}), by=SYSTEM, now=TUESDAY)
    assert error.value.field == field


def test_editing_a_store_replaces_its_week(session: Session) -> None:
    store = make_store(session)
    details = StoreDetails(code="LYO", name="Lyon", weekly={0: DAY, 6: DAY[:1]})
    actions.edit_store(store_id=store.id, details=details, by=SYSTEM, now=TUESDAY)
    assert queries.get_hours(store.id).weekly == {0: DAY, 6: DAY[:1]}
    assert queries.get_store(store.id).name == "Lyon"
    with pytest.raises(NotFound):
        actions.edit_store(store_id=0, details=details, by=SYSTEM, now=TUESDAY)


def test_an_exceptional_day_is_set_changed_and_removed(session: Session) -> None:
    store = make_store(session)
    day = date(2026, 5, 1)
    for ranges in ((), DAY):
        actions.set_exceptional_day(
            store_id=store.id, day_on=day, ranges=ranges, note="Fête", by=SYSTEM, now=TUESDAY
        )
        assert queries.get_hours(store.id).exceptions == {day: ranges}
    actions.remove_exceptional_day(store_id=store.id, day_on=day, by=SYSTEM, now=TUESDAY)
    assert queries.get_hours(store.id).exceptions == {}


def test_a_store_is_retired_and_brought_back(session: Session) -> None:
    store = make_store(session)
    actions.switch_store(store_id=store.id, is_active=False, by=SYSTEM, now=TUESDAY)
    assert queries.list_stores() == []
    actions.switch_store(store_id=store.id, is_active=True, by=SYSTEM, now=TUESDAY)
    assert len(queries.list_stores()) == 1


def test_regions_are_named_once_and_hold_stores(session: Session) -> None:
    store, other = make_store(session), make_store(session, "Lille", code="LIL")
    make_region(session, "Nord")
    region_id = actions.add_region(name="Sud", store_ids=[store.id, other.id], by=SYSTEM, now=TUESDAY)
    with pytest.raises(Invalid), session.begin_nested():
        actions.edit_region(region_id=region_id, name="Nord", store_ids=[], by=SYSTEM, now=TUESDAY)
    actions.edit_region(region_id=region_id, name="Sud-Est", store_ids=[store.id], by=SYSTEM, now=TUESDAY)
    assert queries.get_region(region_id).store_ids == (store.id,)
    with pytest.raises(NotFound):
        actions.edit_region(region_id=0, name="X", store_ids=[], by=SYSTEM, now=TUESDAY)
    session.expire_all()
    assert queries.get_store(store.id).region_id == region_id
    assert queries.get_store(other.id).region_id is None


def test_a_region_keeps_the_key_of_its_first_name(session: Session) -> None:
    """Names that read alike get keys of their own."""
    first, second = (actions.add_region(name=name, by=SYSTEM, now=TUESDAY) for name in ("Sud-Est", "Sud Est"))
    actions.edit_region(region_id=first, name="Provence", store_ids=[], by=SYSTEM, now=TUESDAY)
    assert [session.get_one(Region, each).key for each in (first, second)] == ["sud-est", "sud-est-2"]
