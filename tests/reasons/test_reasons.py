"""The tree of contact reasons: what a chain starts with and what the head office changes."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Invalid, NotFound
from hub.reasons import actions, queries
from hub.reasons.builtin import BUILTIN
from tests.conftest import TUESDAY


def test_the_builtin_tree_is_sound() -> None:
    keys = [reason.key for reason in BUILTIN]
    assert len(set(keys)) == len(keys)
    assert all(reason.parent is None or reason.parent in keys[: keys.index(reason.key)] for reason in BUILTIN)
    assert {reason.key for reason in BUILTIN if reason.parent is None} == {
        "order",
        "delivery",
        "product",
        "return",
        "store",
        "loyalty",
        "account",
        "other",
    }


def test_builtin_reasons_are_added_once_and_keep_edits(session: Session) -> None:
    assert actions.add_builtin_reasons() == len(BUILTIN)
    late = queries.find_reason_by_key("delivery.late")
    assert late is not None
    assert (late.path_fr, late.path_en) == ("Livraison › Retard", "Delivery › Late")
    assert late.is_grievance
    actions.edit_reason(
        reason_id=late.id, name_fr="En retard", name_en="Late", is_grievance=False, by=SYSTEM, now=TUESDAY
    )
    assert actions.add_builtin_reasons() == 0
    assert queries.get_reason(late.id).name("fr") == "En retard"
    assert max(row.depth for row in queries.list_reasons()) == 3


def test_a_reason_is_added_below_another_down_to_three_levels(session: Session) -> None:
    parent = None
    for name in ("One", "Two", "Three"):
        parent = actions.add_reason(
            parent_id=parent, name_fr=name, name_en=name, is_grievance=False, by=SYSTEM, now=TUESDAY
        )
    assert [row.key for row in queries.list_reasons()] == ["one", "one.two", "one.two.three"]
    with pytest.raises(Invalid):
        actions.add_reason(
            parent_id=parent, name_fr="x", name_en="x", is_grievance=False, by=SYSTEM, now=TUESDAY
        )
    with pytest.raises(Invalid):
        actions.add_reason(
            parent_id=None, name_fr=" ", name_en="x", is_grievance=False, by=SYSTEM, now=TUESDAY
        )


def test_names_may_repeat_but_keys_do_not(session: Session) -> None:
    for _ in range(2):
        actions.add_reason(
            parent_id=None, name_fr="Même", name_en="Same", is_grievance=False, by=SYSTEM, now=TUESDAY
        )
    assert [row.key for row in queries.list_reasons()] == ["same", "same_2"]


def test_retiring_a_reason_retires_those_below_and_can_be_undone(session: Session) -> None:
    actions.add_builtin_reasons()
    delivery, late = queries.find_reason_by_key("delivery"), queries.find_reason_by_key("delivery.late")
    assert delivery is not None
    assert late is not None
    actions.retire_reason(reason_id=delivery.id, by=SYSTEM, now=TUESDAY)
    assert not any(row.key.startswith("delivery") for row in queries.list_reasons())
    assert any(row.key == "delivery.late" for row in queries.list_reasons(active=False))
    with pytest.raises(Invalid):
        actions.restore_reason(reason_id=late.id, by=SYSTEM, now=TUESDAY)
    actions.restore_reason(reason_id=delivery.id, by=SYSTEM, now=TUESDAY)
    assert any(row.key == "delivery.late" for row in queries.list_reasons())
    assert set(session.scalars(select(AuditEntry.action))) == {"reason.retired", "reason.restored"}


def test_reasons_change_places_with_their_sisters(session: Session) -> None:
    actions.add_builtin_reasons()
    order = queries.find_reason_by_key("order")
    assert order is not None
    actions.move_reason(reason_id=order.id, is_up=True, by=SYSTEM, now=TUESDAY)
    actions.move_reason(reason_id=order.id, is_up=False, by=SYSTEM, now=TUESDAY)
    tops = [row.key for row in queries.list_reasons() if row.depth == 1]
    assert tops[:2] == ["delivery", "order"]
    with pytest.raises(NotFound):
        queries.get_reason(0)
