"""Segments kept: changed with care, refreshed once by two workers, counted daily, asked for single customers, ended in time."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from hub.core.actor import Actor
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.words import ActorKind
from hub.customers.properties import (
    clean_properties,
    forget_property,
    get_properties,
    list_uses,
    save_property,
    set_properties,
)
from hub.customers.property_words import PropertyKind
from hub.segments.compiling.frame import Bounds
from hub.segments.compiling.statement import ask_ids
from hub.segments.conditions.fields import FIELDS
from hub.segments.conditions.reading import read_tree, write_tree
from hub.segments.models import Segment, SegmentMember, SegmentSize
from hub.segments.saved import actions, queries
from hub.segments.saved.actions import archive_segment, ask_refresh, restore_segment, save_segment
from hub.segments.saved.counting import TooLongError, long_question
from hub.segments.saved.loading import open_catalog, open_frame
from hub.segments.saved.queries import get_segment, is_member, list_member_ids, list_sizes
from hub.segments.saved.ready import READY
from hub.segments.saved.rows import Draft
from hub.segments.saved.working import has_due, work_segments
from hub.segments.words import SegmentKind, WorkState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, make_emil, make_fay
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain

LYON = {"field": "customer.postcode", "test": "begins_with", "value": ["69"]}


@pytest.fixture
def max_(session: Session, hand_clock: HandClock) -> Actor:
    make_chain(session)
    make_customer(session)
    make_fay(session)
    return Actor(ActorKind.AGENT, agent_id=make_agent(session).id, name="Max")


def keep(by: Actor, *parts: dict[str, Any], name: str = "Lyon", kind: str = "live", **more: Any) -> int:
    root = read_tree({"version": 1, "root": {"match": "all", "parts": list(parts or [LYON])}}, open_catalog())
    return save_segment(Draft(name, "", SegmentKind(kind), root), by=by, now=TUESDAY, **more)


def inside(segment_id: int) -> dict[str, Any]:
    return {"field": "segments.member", "test": "one_of", "value": [str(segment_id)]}


def settle() -> None:
    while work_segments(lambda: None):
        pass


def test_every_ready_segment_can_be_read() -> None:
    for each in READY:
        assert write_tree(read_tree(each.definition, FIELDS)) == each.definition


def test_a_static_one_keeps_its_members_until_it_is_refreshed(max_: Actor, session: Session) -> None:
    kept = keep(max_, kind="static")
    settle()
    row = get_segment(kept)
    assert (row.customer_count, row.refreshed_at) == (2, TUESDAY)
    newcomer = make_customer(session, "Gil", mail="gil@client.example", phone=None)
    assert is_member(kept, [newcomer.id], now=TUESDAY) == set()
    ask_refresh(kept, by=max_, now=TUESDAY)
    settle()
    assert is_member(kept, [newcomer.id], now=TUESDAY) == {newcomer.id}
    assert len(list_member_ids(get_segment(kept), now=TUESDAY).rows) == 3
    newcomer.erased_at = TUESDAY
    session.flush()
    assert len(list_member_ids(get_segment(kept), now=TUESDAY).rows) == 2
    assert [line.action for line in session.scalars(select(AuditEntry).order_by(AuditEntry.id))][-2:] == [
        "segment.created",
        "segment.refreshed",
    ]


def test_a_live_one_is_who_fits_now(max_: Actor, session: Session) -> None:
    kept = keep(max_)
    emil = make_emil(session)
    assert is_member(kept, [emil.id, 999], now=TUESDAY) == {emil.id}
    emil.postcode = "59000"
    session.flush()
    assert is_member(kept, [emil.id], now=TUESDAY) == set()


def test_a_member_is_looked_up_without_the_others(max_: Actor, session: Session) -> None:
    """Each set of the statement is bound to the ids, or it would read every order of the chain."""
    parts = [{"field": "orders.placed", "test": "ever"}, {"field": "messages.clicked", "test": "never"}]
    root = read_tree({"version": 1, "root": {"match": "all", "parts": parts}}, open_catalog())
    asked = str(ask_ids(root, open_frame(root, now=TUESDAY, bounds=Bounds(ids=[1]))))
    assert asked.count("ANY") == 3


def test_it_is_counted_once_a_day_and_its_size_is_kept(
    max_: Actor, session: Session, hand_clock: HandClock
) -> None:
    kept = keep(max_)
    settle()
    assert not has_due()
    hand_clock.move(days=1)
    make_customer(session, "Gil", mail="gil@client.example", phone=None)
    assert has_due()
    settle()
    assert not has_due()
    assert [each.customer_count for each in list_sizes(kept, now=hand_clock.now)] == [2, 3]
    assert get_segment(kept).counted_at == hand_clock.now


def test_a_refresh_is_done_by_one_worker_and_again_after_a_death(max_: Actor, session: Session) -> None:
    kept = keep(max_, kind="static")
    row = session.get(Segment, kept)
    assert row is not None
    row.work_state, row.lease_until = WorkState.RUNNING, TUESDAY + timedelta(days=36_500)
    session.flush()
    assert work_segments(lambda: None) == 0, "another worker has it"
    row.lease_until = TUESDAY - timedelta(days=3_650)
    session.flush()
    settle()
    assert get_segment(kept).work_state is WorkState.DONE
    assert len(session.scalars(select(SegmentMember)).all()) == 2
    assert len(session.scalars(select(SegmentSize)).all()) == 1


@pytest.mark.parametrize("kind", ["live", "static"])
def test_its_row_is_not_held_while_it_is_counted(max_: Actor, session: Session, kind: str) -> None:
    """Between the first question about customers and its answer nobody who saves it waits."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    keep(max_, kind=kind)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        settle()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    claims = [place for place, each in enumerate(asked) if "SKIP LOCKED" in each and "FROM segments" in each]
    counted = next(place for place, each in enumerate(asked) if "count(" in each and "customers" in each)
    held = [place for place, each in enumerate(asked) if "FOR NO KEY UPDATE" in each]
    assert claims[0] < counted < min(held)


def test_what_cannot_be_counted_says_so_and_keeps_the_old_count(max_: Actor, session: Session) -> None:
    kept = keep(max_)
    settle()
    row = session.get(Segment, kept)
    assert row is not None
    row.definition = {"version": 9}
    session.flush()
    ask_refresh(kept, by=max_, now=TUESDAY)
    settle()
    found = get_segment(kept)
    assert (found.work_state, found.customer_count) == (WorkState.FAILED, 2)
    assert "version 1" in found.error
    assert not has_due(), "it would be tried for ever"


def test_a_question_that_takes_too_long_ends_in_words(max_: Actor) -> None:
    with pytest.raises(TooLongError, match="too long"), long_question(1):
        db.session.execute(text("SELECT pg_sleep(3)"))
    assert db.session.scalar(text("SELECT current_setting('statement_timeout')")) == "0"
    assert db.session.scalar(text("SELECT current_setting('max_parallel_workers_per_gather')")) == "0"


def test_no_segment_holds_itself(max_: Actor) -> None:
    one = keep(max_, name="One")
    two = keep(max_, inside(one), name="Two")
    with pytest.raises(Invalid, match="hold itself: One"):
        keep(max_, inside(two), name="One", segment_id=one, is_agreed=True)
    with pytest.raises(Invalid, match="does not exist any more"):
        keep(max_, inside(4711), name="Three")
    assert queries.list_uses([one])[one][0].name == "Two"


def test_a_used_one_changes_only_when_that_is_meant(max_: Actor) -> None:
    one = keep(max_, name="One")
    actions.note_use(source_kind="plan", source_id=7, name="Welcome", segment_ids=[one])
    with pytest.raises(Conflict, match="Welcome use this segment"):
        keep(max_, {**LYON, "value": ["59"]}, name="One", segment_id=one)
    keep(max_, {**LYON, "value": ["59"]}, name="One", segment_id=one, is_agreed=True)
    with pytest.raises(Conflict, match="Welcome use this segment"):
        archive_segment(one, by=max_, now=TUESDAY)
    actions.note_use(source_kind="plan", source_id=7, name="Welcome", segment_ids=[])
    archive_segment(one, by=max_, now=TUESDAY)
    with pytest.raises(Conflict, match="does not exist any more"):
        actions.note_use(source_kind="plan", source_id=7, name="Welcome", segment_ids=[one])
    restore_segment(one, by=max_, now=TUESDAY)
    assert get_segment(one).archived_at is None


def define(by: Actor, key: str, kind: PropertyKind, *choices: str) -> None:
    words = {"label": "Animal", "description": "Du formulaire", "choices": choices}
    save_property(key=key, family="pet", kind=kind, is_new=True, by=by, now=TUESDAY, **words)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["name", "Pet_name", "pet_", "pet-name", "dog_name", "pet__name", "pét_name"])
def test_a_name_that_is_not_of_the_house_is_refused(max_: Actor, key: str) -> None:
    with pytest.raises(Invalid):
        define(max_, key, PropertyKind.TEXT)


def test_values_are_kept_by_their_kind(max_: Actor, session: Session) -> None:
    for kind in PropertyKind:
        define(max_, f"pet_{kind.value}", kind, "Chat", "Chien")
    with pytest.raises(Conflict, match="exists already"):
        define(max_, "pet_text", PropertyKind.TEXT)
    given = {
        "pet_text": "  Rex  le chien ",
        "pet_number": "1 234,5",
        "pet_date": "31/03/2026",
        "pet_boolean": "oui",
        "pet_choice": "chat",
    }
    dora = make_customer(session, "Zoé", mail=None, phone=None)
    assert set_properties(dora.id, given, by=max_, now=TUESDAY)
    wanted = {
        "pet_text": "Rex le chien",
        "pet_number": 1234.5,
        "pet_date": "2026-03-31",
        "pet_boolean": True,
        "pet_choice": "Chat",
    }
    assert get_properties([dora.id])[dora.id] == wanted
    assert not set_properties(dora.id, {"pet_boolean": True}, by=max_, now=TUESDAY)
    assert set_properties(dora.id, {"pet_text": ""}, by=max_, now=TUESDAY)
    assert "pet_text" not in get_properties([dora.id])[dora.id]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pet_number", "beaucoup"),
        ("pet_number", float("nan")),
        ("pet_number", True),
        ("pet_date", "31/02/2026"),
        ("pet_boolean", "peut-être"),
        ("pet_choice", "Poisson"),
        ("pet_text", "x" * 501),
        ("pet_text", ["Rex"]),
        ("cat_name", "Rex"),
    ],
)
def test_a_value_of_another_kind_is_refused_at_its_field(max_: Actor, key: str, value: object) -> None:
    for kind in PropertyKind:
        define(max_, f"pet_{kind.value}", kind, "Chat")
    with pytest.raises(Invalid) as refused:
        clean_properties({key: value})
    assert refused.value.field == f"property:{key}"


def test_a_property_stays_while_something_looks_at_it(max_: Actor, session: Session) -> None:
    define(max_, "pet_kind", PropertyKind.CHOICE, "Chat", "Chien")
    dora = make_customer(session, "Zoé", mail=None, phone=None)
    set_properties(dora.id, {"pet_kind": "Chien"}, by=max_, now=TUESDAY)
    words = {"label": "Animal", "description": "-", "kind": PropertyKind.CHOICE, "family": "pet"}
    with pytest.raises(Conflict, match="1 customers have the value “Chien”"):
        save_property(key="pet_kind", choices=["Chat"], is_new=False, by=max_, now=TUESDAY, **words)  # type: ignore[arg-type]
    kept = keep(max_, {"field": "property:pet_kind", "test": "one_of", "value": ["Chien"]}, name="Dogs")
    settle()
    assert get_segment(kept).customer_count == 1
    assert [use.name for use in list_uses()["pet_kind"]] == ["Dogs"]
    with pytest.raises(Conflict, match="used by Dogs"):
        forget_property("pet_kind", by=max_, now=TUESDAY)
    archive_segment(kept, by=max_, now=TUESDAY)
    assert forget_property("pet_kind", by=max_, now=TUESDAY) == 1
    assert get_properties([dora.id])[dora.id] == {}
    with pytest.raises(Invalid):
        restore_segment(kept, by=max_, now=TUESDAY)
