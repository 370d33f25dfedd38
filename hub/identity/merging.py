"""Merges customers across all rooms, so that it can be undone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, select, text, update

from hub.core import facts
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.customers.duplicates.queries import find_pair_between
from hub.customers.facts import CustomersMerged
from hub.customers.merging.actions import open_merge
from hub.customers.merging.fields import propose
from hub.customers.merging.journal import Journal
from hub.customers.merging.models import CustomerMerge
from hub.customers.merging.protecting import list_known, protect
from hub.customers.merging.values import choose_primaries, look_at, plain, write_fields
from hub.customers.models import Customer
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from hub.identity.reassigning import LOCKS, reassign_everywhere

MOST_AT_ONCE = 10
BEING_ERASED = N_("One of them is being erased. Please wait until the erasure is over.")
# Merges of the same customer one after the other; ids in ascending order. Nobody else takes these.
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('customers.merge:' || id, 0))"
    " FROM unnest(CAST(:ids AS bigint[])) AS id"
).bindparams(bindparam("ids"))


def merge_customers(
    survivor_id: int,
    merged_ids: Sequence[int],
    *,
    chosen: Mapping[str, int] = MappingProxyType({}),
    batch_id: int | None = None,
    by: Actor,
    now: datetime,
) -> list[int]:
    """Make the others part of the survivor, one after the other. Returns the ids of the merges, in that order.

    `chosen`: by field the id of the customer whose value stays; what is not named is proposed by `propose`. Saying the
    same again does nothing and returns the same ids. `batch_id`: the first merge of the press this belongs to. Raises NotFound, Invalid (nobody, himself or too many) and Conflict
    (one of them was merged into somebody else, or erased).
    """
    others = list(dict.fromkeys(merged_ids))
    if not others or survivor_id in others:
        raise Invalid(N_("Please choose two different customers."), field="customers")
    if len(others) > MOST_AT_ONCE:
        raise Invalid(N_("Please merge at most %(count)s customers at once."), count=MOST_AT_ONCE)
    hold_customers([survivor_id, *others])
    merges: list[int] = []
    for merged_id in others:
        batch_id = batch_id or (merges[0] if merges else None)
        merges.append(_merge(survivor_id, merged_id, chosen, batch_id, by=by, now=now))
    return merges


def hold_customers(customer_ids: Sequence[int]) -> None:
    """No other merge or undoing touches these customers until the transaction ends."""
    db.session.execute(_ONE_AT_A_TIME, {"ids": sorted(customer_ids)})


def list_being_erased(customer_ids: Iterable[int]) -> set[int]:
    """Those of them whose erasure was asked for and is not over."""
    under_way = Erasure.customer_id.in_(list(customer_ids)), Erasure.state != ErasureState.DONE
    return set(db.session.scalars(select(Erasure.customer_id).where(*under_way)))


def _merge(
    survivor_id: int,
    merged_id: int,
    chosen: Mapping[str, int],
    batch_id: int | None,
    *,
    by: Actor,
    now: datetime,
) -> int:
    done = _find_done(survivor_id, merged_id)
    if done is not None:
        return done
    for lock in LOCKS:
        lock([survivor_id, merged_id])
    ours, theirs = look_at(survivor_id), look_at(merged_id)
    keeps = _keeps(ours, theirs, chosen, merged_id)
    pair = find_pair_between(survivor_id, merged_id)
    merge = open_merge(
        survivor_id,
        merged_id,
        batch_id=batch_id,
        points=pair.points if pair else None,
        reasons=pair.reasons if pair else (),
        fields=_fields(ours, theirs, keeps, survivor_id, merged_id),
        by=by,
        now=now,
    )
    known = (list_known(merged_id), list_known(survivor_id))
    choose_primaries(merge, keeps)
    reassign_everywhere(merge)
    _close(merge, ours, theirs, keeps)
    protect(merge, *known)
    _tell(merge, by=by)
    return merge.merge_id


def _find_done(survivor_id: int, merged_id: int) -> int | None:
    """The merge that did this already. Raises NotFound or Conflict when the two cannot be merged."""
    table = Customer
    found = select(table.id, table.merged_into_id, table.erased_at).where(
        table.id.in_([survivor_id, merged_id])
    )
    rows = {row.id: row for row in db.session.execute(found)}
    if len(rows) < len({survivor_id, merged_id}):
        raise NotFound(N_("This customer does not exist any more."))
    if rows[merged_id].merged_into_id == survivor_id:
        standing = CustomerMerge.merged_id == merged_id, CustomerMerge.undone_at.is_(None)
        return db.session.scalars(select(CustomerMerge.id).where(*standing)).one()
    if any(row.merged_into_id is not None for row in rows.values()):
        raise Conflict(
            N_("One of them was merged with somebody else meanwhile. Please open the customer again.")
        )
    if any(row.erased_at is not None for row in rows.values()):
        raise Conflict(N_("One of them was erased. An erased customer cannot be merged."))
    if list_being_erased(rows):
        raise Conflict(BEING_ERASED)
    return None


def _keeps(
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    chosen: Mapping[str, int],
    merged_id: int,
) -> dict[str, bool]:
    """By field whether the survivor's value stays; a choice for a third customer leaves it as it is by now."""
    keeps = propose(ours, theirs)
    return keeps | {name: customer_id != merged_id for name, customer_id in chosen.items() if name in keeps}


def _fields(
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    keeps: Mapping[str, bool],
    survivor_id: int,
    merged_id: int,
) -> dict[str, Any]:
    """What the list of merges shows: where the two differed, and whose value stayed."""
    return {
        name: {
            "kept": survivor_id if kept else merged_id,
            "values": {
                str(survivor_id): plain(ours.get(name)),
                str(merged_id): plain(theirs.get(name)),
            },
        }
        for name, kept in keeps.items()
        if ours.get(name) != theirs.get(name)
    }


def _close(
    merge: Journal, ours: Mapping[str, Any], theirs: Mapping[str, Any], keeps: Mapping[str, bool]
) -> None:
    """Hold the two rows, collect what came in before we did, and let the merged one point to the survivor.

    From here on whoever inserts a row for him waits for us, and then gives it to the survivor.
    """
    both = select(Customer.id).where(Customer.id == merge.from_id)
    db.session.execute(both.with_for_update())
    reassign_everywhere(merge)
    write_fields(merge, ours, theirs, keeps)
    pointed = update(Customer).where(Customer.id == merge.from_id).values(merged_into_id=merge.to_id)
    db.session.execute(pointed.execution_options(synchronize_session=False))
    db.session.expire_all()


def _tell(merge: Journal, *, by: Actor) -> None:
    fact = CustomersMerged(customer_id=merge.to_id, merged_id=merge.from_id, merge_id=merge.merge_id)
    facts.record(fact, now=merge.now)
    for customer_id, other_id in ((merge.to_id, merge.from_id), (merge.from_id, merge.to_id)):
        note_change(
            "customer.merged",
            subject_kind="customer",
            subject_id=customer_id,
            by=by,
            now=merge.now,
            merge_id=merge.merge_id,
            survivor_id=merge.to_id,
            other_id=other_id,
        )


def collect_late_rows(merge_id: int, *, now: datetime) -> int:
    """Rows that somebody inserted for the merged customer while he was merged, and that no lock held up: facts.

    Returns how many there were; none when the merge was undone.
    """
    found = select(CustomerMerge.survivor_id, CustomerMerge.merged_id).where(CustomerMerge.id == merge_id)
    both = db.session.execute(found).one_or_none()
    if both is None:
        return 0
    hold_customers([both.survivor_id, both.merged_id])
    stands = db.session.scalar(found.where(CustomerMerge.undone_at.is_(None)))
    if stands is None:
        return 0
    return reassign_everywhere(Journal(merge_id, both.merged_id, both.survivor_id, now))
