"""Customers who stand twice in the demo: the queue of duplicates is filled, one pair is merged, one is a household."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.actor import SYSTEM
from hub.core.batches import table_of
from hub.core.db import db
from hub.core.text import fold
from hub.customers.duplicates.actions import share_addresses
from hub.customers.duplicates.finding import compare_waiting, mark_changed
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.words import AddressKind
from hub.demo.copying import copy_rows
from hub.identity.merging import merge_customers

FIRST, STEP, PAIRS = 101, 7, 42
MERGED, HOUSEHOLD = 3, 5

Row = dict[str, Any]


def make_duplicates(*, now: datetime) -> None:
    """Of every seventh customer a second entry, written otherwise; their pairs are found as every night."""
    table = table_of(Customer)
    ids = [FIRST + STEP * place for place in range(PAIRS)]
    found = db.session.execute(select(*table.c).where(table.c.id.in_(ids)).order_by(table.c.id)).mappings()
    originals = [dict(row) for row in found]
    next_id = 1 + (db.session.scalar(select(func.max(Customer.id))) or 0)
    twins = [_twin(row, next_id + place, place, now) for place, row in enumerate(originals)]
    copy_rows(Customer, twins)
    _give_addresses(originals, twins, now)
    both = [row["id"] for row in (*originals, *twins)]
    mark_changed(both)
    compare_waiting(now=now, size=len(both))
    merge_customers(originals[MERGED]["id"], [twins[MERGED]["id"]], by=SYSTEM, now=now)
    owner, other = originals[HOUSEHOLD]["id"], twins[HOUSEHOLD]["id"]
    shared = db.session.scalars(select(Address.id).where(Address.customer_id == owner).limit(1)).all()
    share_addresses(owner, other, shared, by=SYSTEM, now=now)


def _swap(row: Row) -> Row:
    return {"first_name": row["last_name"], "last_name": row["first_name"]}


def _mistype(row: Row) -> Row:
    last = row["last_name"]
    return {"last_name": f"{last[:2]}{last[1]}{last[2:]}" if len(last) > 3 else f"{last}t"}  # noqa: PLR2004 - letters


def _shorten(row: Row) -> Row:
    return {"first_name": f"{row['first_name'][0]}."}


WAYS: tuple[Callable[[Row], Row], ...] = (_swap, _mistype, _shorten, lambda _row: {}, lambda _row: {})


def _twin(row: Row, number: int, place: int, now: datetime) -> Row:
    """The same person met again: what differs depends on the place."""
    changed = row | WAYS[place % len(WAYS)](row) | {"id": number, "created_at": now, "updated_at": now}
    return changed | {"sort_key": fold(f"{changed['last_name']} {changed['first_name']}")}


def _give_addresses(originals: list[Row], twins: list[Row], now: datetime) -> None:
    """A mail at another provider, or the same card in another spelling."""
    address_id = 1 + (db.session.scalar(select(func.max(Address.id))) or 0)
    card_id = 1 + (db.session.scalar(select(func.max(ExternalId.id))) or 0)
    mails = dict(
        db.session.execute(
            select(Address.customer_id, Address.value).where(
                Address.kind == AddressKind.MAIL, Address.customer_id.in_([row["id"] for row in originals])
            )
        ).all()
    )
    addresses = [
        {
            "id": address_id + place,
            "customer_id": twin["id"],
            "kind": AddressKind.MAIL,
            "value": f"{mails[row['id']].partition('@')[0]}@courriel.example",
            "is_primary": True,
            "created_at": now,
        }
        for place, (row, twin) in enumerate(zip(originals, twins, strict=True))
    ]
    cards = [
        {
            "id": card_id + place,
            "customer_id": twin["id"],
            "source": "loyalty_card",
            "value": f"v {row['id']:08d}",
        }
        for place, (row, twin) in enumerate(zip(originals, twins, strict=True))
        if row["id"] % 2
    ]
    copy_rows(Address, addresses)
    copy_rows(ExternalId, cards)
