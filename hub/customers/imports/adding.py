"""New addresses and ids of a batch of rows, given to their customers in a few statements."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.customers.imports.rules import MAIL, PHONE, Plan
from hub.customers.imports.words import RowOutcome
from hub.customers.inheriting import inherit_choices
from hub.customers.models import Address, ConsentState, ContactChoice, ExternalId
from hub.customers.words import AddressKind, ConsentAction

ADDRESSES = (MAIL, PHONE)
TAKEN = N_("Somebody else is changing these customers. The rows are tried again.")


def add_claims(plans: Sequence[tuple[int, Plan]], *, now: datetime) -> dict[int, dict[str, Any]]:
    """Give what each row adds. Returns by row what was made, for its undo. Raises Conflict when somebody was faster.

    `behind`: addresses that were the primary ones before.
    """
    made: dict[int, dict[str, Any]] = {}
    addresses: list[dict[str, Any]] = []
    ids: list[dict[str, Any]] = []
    for row, plan in plans:
        owner = plan.held.customer_id if plan.held else None
        for (kind, value), is_primary in plan.added if owner else ():
            if kind in ADDRESSES:
                addresses.append(
                    {
                        "customer_id": owner,
                        "kind": kind,
                        "value": value,
                        "is_primary": is_primary,
                        "created_at": now,
                    }
                )
                made.setdefault(row, {}).setdefault("addresses", []).append([kind, value])
            else:
                ids.append({"customer_id": owner, "source": kind, "value": value})
                made.setdefault(row, {}).setdefault("ids", []).append([kind, value])
    known = [(row, plan) for row, plan in plans if plan.added and plan.outcome is not RowOutcome.NEW]
    _put_behind(known, made)
    _insert(Address, addresses)
    _insert(ExternalId, ids)
    _inherit(known, now)
    return made


def _insert(kind: type[Address] | type[ExternalId], rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    table, names = table_of(kind), list(rows[0])
    given = given_rows(table, names)
    new = insert(table).from_select(names, select(*(given.c[name] for name in names)))
    kept = db.session.execute(new.on_conflict_do_nothing().returning(table.c.id), rows_given(rows)).all()
    if len(kept) < len(rows):
        raise Conflict(TAKEN)


def _put_behind(known: Sequence[tuple[int, Plan]], made: dict[int, dict[str, Any]]) -> None:
    """Of customers who get a new primary address, the others of its kind are it no more."""
    rows_of: dict[tuple[int, str], int] = {}
    for row, plan in known:
        for (kind, _), is_primary in plan.added:
            if is_primary and kind in ADDRESSES and plan.held and plan.held.customer_id:
                rows_of[plan.held.customer_id, kind] = row
    if not rows_of:
        return
    theirs = tuple_(Address.customer_id, Address.kind).in_([(owner, kind) for owner, kind in rows_of])
    moved = update(Address).where(theirs, Address.is_primary).values(is_primary=False)
    found = moved.returning(Address.id, Address.customer_id, Address.kind)
    for address_id, owner, kind in db.session.execute(found.execution_options(synchronize_session=False)):
        made[rows_of[owner, kind]].setdefault("behind", []).append(address_id)


def _inherit(known: Sequence[tuple[int, Plan]], now: datetime) -> None:
    """What a customer chose for all his addresses holds for the new ones; most customers chose nothing."""
    owners = {plan.held.customer_id for _, plan in known if plan.held and plan.held.customer_id}
    choosing = _who_chose(owners) if owners else set()
    for _, plan in known:
        owner = plan.held.customer_id if plan.held else None
        for (kind, value), _ in plan.added:
            if owner in choosing and owner is not None and kind in ADDRESSES:
                inherit_choices(AddressKind(kind), value, owner, now=now)


def _who_chose(owners: Collection[int]) -> set[int]:
    chosen = select(ContactChoice.address_kind).where(
        ContactChoice.address_kind == Address.kind, ContactChoice.address == Address.value
    )
    refused = select(ConsentState.id).where(
        ConsentState.address_kind == Address.kind,
        ConsentState.address == Address.value,
        ConsentState.action == ConsentAction.WITHDRAWN,
    )
    found = select(Address.customer_id).where(
        among(Address.customer_id, owners), or_(chosen.exists(), refused.exists())
    )
    return set(db.session.scalars(found))
