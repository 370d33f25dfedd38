"""Look-ups of the chain, its stores and their hours."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import NotFound
from hub.stores import queries
from hub.stores.actions import change_setting
from hub.stores.models import ExceptionalDay
from hub.stores.rules import Range, business_seconds
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.stores import make_chain, make_region, make_store


def test_there_is_no_chain_before_the_set_up(session: Session) -> None:
    assert queries.find_chain() is None
    with pytest.raises(NotFound):
        queries.get_chain()
    make_chain(session)
    assert queries.get_chain().name == "Maison Verel"


def test_a_transaction_reads_the_chain_once_and_writes_it_as_it_is_now(session: Session) -> None:
    make_chain(session)
    session.commit()
    with counted_statements() as asked:
        assert queries.get_chain() == queries.get_chain()
    assert len(asked) == 1
    session.execute(text("""UPDATE chains SET settings = '{"of_another_process": {"a": 1}}'"""))
    change_setting("mine", {"b": 2}, by=SYSTEM, now=TUESDAY)
    session.commit()
    assert queries.get_chain().settings == {"of_another_process": {"a": 1}, "mine": {"b": 2}}
    session.execute(text("UPDATE chains SET name = 'Autre'"))
    session.rollback()
    assert queries.get_chain().name == "Maison Verel"


def test_a_store_is_found_by_code_slug_and_mailbox(session: Session) -> None:
    store = make_store(session)
    for found in (
        queries.find_store_by_code("LYO"),
        queries.find_store_by_slug("lyon-part-dieu"),
        queries.find_store_by_mailbox("Lyon-Part-Dieu"),
        queries.get_store(store.id),
    ):
        assert found is not None
        assert found.id == store.id
    assert queries.find_store_by_code("lyo") is None
    with pytest.raises(NotFound):
        queries.get_store(0)


def test_a_retired_store_has_no_page_but_keeps_its_mailbox(session: Session) -> None:
    make_store(session, is_active=False)
    assert queries.find_store_by_slug("lyon-part-dieu") is None
    assert queries.find_store_by_mailbox("lyon-part-dieu") is not None
    assert queries.list_stores() == []
    assert len(queries.list_stores(is_active=None)) == 1


def test_stores_are_listed_by_name_without_accents(session: Session) -> None:
    make_store(session, "Évreux", code="EVR", postcode="27000")
    make_store(session, "Zurich", code="ZUR", postcode="8001")
    make_store(session, "Agen", code="AGE", postcode="47000")
    assert [store.name for store in queries.list_stores()] == ["Agen", "Évreux", "Zurich"]


def test_a_post_code_finds_its_store_else_its_department(session: Session) -> None:
    make_store(session)
    make_store(session, "Villeurbanne", code="VIL", postcode="69100")
    make_store(session, "Saint-Denis", code="REU", postcode="97400")
    assert [store.code for store in queries.find_stores_by_postcode("69003")] == ["LYO"]
    assert [store.code for store in queries.find_stores_by_postcode("69 500")] == ["LYO", "VIL"]
    assert queries.find_stores_by_postcode("97200") == []
    assert queries.find_stores_by_postcode("") == []


def test_hours_come_with_week_and_exceptions(session: Session) -> None:
    store = make_store(session)
    session.add(ExceptionalDay(store_id=store.id, day_on=date(2026, 5, 1), ranges=[["09:00", "12:00"]]))
    session.flush()
    hours = queries.get_hours(store.id)
    assert hours.weekly[0] == (Range(time(10), time(12, 30)), Range(time(14), time(19)))
    assert 6 not in hours.weekly
    assert hours.exceptions[date(2026, 5, 1)] == (Range(time(9), time(12)),)
    day = datetime(2026, 5, 1, tzinfo=UTC)
    assert business_seconds(hours, day, day.replace(day=2)) == 3 * 3600
    assert [row.day_on for row in queries.list_exceptional_days(store.id, since=date(2026, 1, 1))] == [
        date(2026, 5, 1)
    ]


def test_regions_count_their_active_stores(session: Session) -> None:
    region = make_region(session)
    make_store(session, region_id=region.id)
    make_store(session, "Fermé", code="X", region_id=region.id, is_active=False)
    assert [(row.name, row.store_count) for row in queries.list_regions()] == [("Sud-Est", 1)]
