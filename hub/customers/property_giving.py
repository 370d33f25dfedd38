"""Gives many customers one value of a property at once: what a plan writes down of those who pass a step."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.customers.properties import clean_properties, hold_definitions

_GIVE = text("""
    WITH chosen AS (
        SELECT id FROM customers WHERE id = ANY(:ids) AND erased_at IS NULL
            AND properties -> CAST(:key AS text) IS DISTINCT FROM :value
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE customers SET properties = properties || jsonb_build_object(CAST(:key AS text), :value), updated_at = :now
    FROM chosen WHERE customers.id = chosen.id RETURNING customers.id
""").bindparams(bindparam("value", type_=JSONB))


def give_property(customer_ids: Collection[int], key: str, value: Any, *, by: Actor, now: datetime) -> int:
    """Write it to all of them, with an audit line for each whom it changed. Returns how many; raises Invalid.

    The rows are locked in the order of their ids: two batches never wait for each other in a ring.
    """
    hold_definitions([key])
    cleaned = clean_properties({key: value})[key]
    given = {"ids": sorted(set(customer_ids)), "key": key, "value": cleaned, "now": now}
    changed = db.session.scalars(_GIVE, given).all()
    for customer_id in changed:
        note_change(
            "customer.edited",
            subject_kind="customer",
            subject_id=customer_id,
            by=by,
            now=now,
            fields=[f"property:{key}"],
        )
    return len(changed)
