"""Counts the base by store and part, in two statements over everybody: work of a night, never of a page."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select, text

from hub.core.batches import among
from hub.core.db import db
from hub.core.words import Purpose
from hub.customers.consents import hash_of
from hub.customers.models import Address, Suppression
from hub.customers.rules import is_mobile
from hub.customers.words import AddressKind
from hub.statistics.base.rules import ADDRESS_OF, EVERYBODY, PURPOSES, UNSCORED

CHUNK = 20_000
FRENCH_MOBILE = ("+336", "+337")
"""Looked up without reading the numbering plans, which takes fifty times as long."""
LISTED = "c.archived_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL"
SCORED = text(f"""
    SELECT coalesce(c.preferred_store_id, 0), s.stage, s.r, s.f, count(*)
    FROM customers AS c LEFT JOIN customer_scores AS s ON s.customer_id = c.id
    WHERE {LISTED} GROUP BY 1, 2, 3, 4
""")  # noqa: S608 - our own words
REACHED = text(f"""
    WITH own AS MATERIALIZED (
        SELECT a.customer_id, a.kind, a.value, shut.id IS NULL AS is_open, shut.id IS NULL AND quiet.id IS NULL AS takes_offers
        FROM addresses AS a
        LEFT JOIN unnest(CAST(:shut AS bigint[])) AS shut (id) ON shut.id = a.id
        LEFT JOIN unnest(CAST(:quiet AS bigint[])) AS quiet (id) ON quiet.id = a.id
        WHERE a.unconfirmed_since IS NULL
    ),
    said AS MATERIALIZED (
        SELECT own.customer_id, s.channel, s.purpose, bool_or(s.action = 'given') AS is_given,
            bool_or(s.action = 'given' AND own.takes_offers) AS takes_offers
        FROM own JOIN consent_states AS s ON s.address_kind = own.kind AND s.address = own.value AND s.theme = ''
            AND s.channel = ANY (:channels) AND s.purpose = ANY (:purposes)
        GROUP BY 1, 2, 3
    ),
    parts AS (
        SELECT customer_id, 'has:' || kind AS part FROM own GROUP BY 1, 2
        UNION ALL SELECT customer_id, 'open:' || kind FROM own WHERE is_open GROUP BY 1, 2
        UNION ALL SELECT customer_id, 'open:any' FROM own WHERE is_open GROUP BY 1
        UNION ALL SELECT customer_id, CASE WHEN is_given THEN 'yes:' ELSE 'no:' END || channel || ':' || purpose FROM said
        UNION ALL SELECT customer_id, 'offers:any' FROM said WHERE takes_offers AND purpose = 'promotion' GROUP BY 1
    )
    SELECT coalesce(c.preferred_store_id, 0), part, count(*)
    FROM parts JOIN customers AS c ON c.id = parts.customer_id WHERE {LISTED} GROUP BY 1, 2
""")  # noqa: S608 - our own words


def count_base() -> dict[int, dict[str, int]]:
    """By store (0: without a preferred one), the customers of each part that has any."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    found[0] = {}
    for store_id, stage, r, f, count in db.session.execute(SCORED):
        mine = found[store_id]
        for part in _parts_of(stage, r, f):
            mine[part] = mine.get(part, 0) + count
    shut, quiet = _list_shut()
    values: dict[str, Any] = {"channels": list(ADDRESS_OF), "purposes": list(PURPOSES)}
    for store_id, part, count in db.session.execute(REACHED, {**values, "shut": shut, "quiet": quiet}):
        found[store_id][part] = count
    return dict(found)


def _parts_of(stage: str | None, r: int | None, f: int | None) -> Iterator[str]:
    yield EVERYBODY
    yield UNSCORED if stage is None else f"stage:{stage}"
    if r is not None:
        yield f"rf:{r}:{f}"


def _list_shut() -> tuple[list[int], list[int]]:
    """Ids of addresses that nothing may be sent to, and of those that no offer may be sent to."""
    stops = db.session.execute(select(Suppression.address_hash, Suppression.purpose)).all()
    whole = {digest for digest, purpose in stops if purpose is None}
    part = {digest for digest, purpose in stops if purpose is Purpose.PROMOTION}
    shut, quiet = [], []
    rows = select(Address.id, Address.kind, Address.value).execution_options(yield_per=CHUNK)
    for address_id, kind, value in db.session.execute(rows):
        digest = hash_of(value)
        if digest in whole or (kind is AddressKind.PHONE and not takes_sms(value)):
            shut.append(address_id)
        elif digest in part:
            quiet.append(address_id)
    return shut, quiet


def takes_sms(phone: str) -> bool:
    return phone.startswith(FRENCH_MOBILE) or is_mobile(phone)


def list_shut_of(customer_ids: Collection[int], *, for_offers: bool) -> set[int]:
    """Of these customers the ids of their addresses that nothing (or no offer) may be sent to."""
    rows = db.session.execute(
        select(Address.id, Address.kind, Address.value).where(among(Address.customer_id, customer_ids))
    ).all()
    by_hash = {hash_of(row.value): row.id for row in rows}
    stops = select(Suppression.address_hash, Suppression.purpose).where(
        among(Suppression.address_hash, by_hash)
    )
    shut = {
        by_hash[digest]
        for digest, purpose in db.session.execute(stops)
        if purpose is None or (for_offers and purpose is Purpose.PROMOTION)
    }
    return shut | {row.id for row in rows if row.kind is AddressKind.PHONE and not takes_sms(row.value)}
