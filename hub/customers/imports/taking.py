"""Addresses and ids that rows of an import gave to customers who were known before, taken back when it is undone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db
from hub.customers.imports.models import ImportEffect
from hub.customers.models import Address, ExternalId

Claim = tuple[str, str]
"""Kind of an address or source of an id, and its value: nobody else has it."""


def claims_of(effect: ImportEffect) -> list[Claim]:
    """What the row gave, addresses first."""
    return [(name, value) for part in ("addresses", "ids") for name, value in effect.made.get(part, ())]


def take_claims(effects: Sequence[ImportEffect]) -> set[Claim]:
    """Take all of it back in two statements, and let who was the first address before be it again. Returns what went.

    What moved to somebody else meanwhile stays there.
    """
    taken: set[Claim] = set()
    for part, model, name in (("addresses", Address, "kind"), ("ids", ExternalId, "source")):
        given = [
            {"customer_id": each.customer_id, name: kind, "value": value}
            for each in effects
            for kind, value in each.made.get(part, ())
        ]
        if given:
            taken |= _delete(model, name, given)
    for each in effects:
        for address_id in each.made.get("behind", ()):
            _put_first(address_id, each.customer_id)
    return taken


def _delete(model: type[Address | ExternalId], name: str, rows: list[dict[str, Any]]) -> set[Claim]:
    table = table_of(model)
    names = ("customer_id", name, "value")
    given = given_rows(table, names)
    same = [table.c[each] == given.c[each] for each in names]
    ids = select(table.c.id).where(*same)
    gone = delete(table).where(table.c.id.in_(ids)).returning(table.c[name], table.c.value)
    return {(str(kind), value) for kind, value in db.session.execute(gone, rows_given(rows))}


def _put_first(address_id: int, customer_id: int) -> None:
    """What was his first address is it again, unless he has another by now."""
    other = aliased(Address)
    has_first = exists().where(
        other.customer_id == customer_id, other.kind == Address.kind, other.is_primary.is_(True)
    )
    put = update(Address).where(Address.id == address_id, Address.customer_id == customer_id, ~has_first)
    db.session.execute(put.values(is_primary=True).execution_options(synchronize_session=False))
