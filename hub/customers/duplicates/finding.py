"""Finds pairs: keys for who changed, then one comparison for each two who share a key in a small block."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db, ring_after_commit
from hub.customers.duplicates.keys import keys_of, name_key_of
from hub.customers.duplicates.models import CustomerPair, DuplicateRun
from hub.customers.duplicates.people import Person
from hub.customers.duplicates.scoring import LEAST_POINTS, Score, points_of, score
from hub.customers.duplicates.words import PairState

BELL = "duplicates"
MARK_BATCH = 2000
COMPARE_BATCH = 1000
BLOCK_LIMIT = 50
"""A key that more customers share says nothing: every Marie Martin of Paris. They meet by their other keys."""
COMMON_NAME = 10
"""Of a name that so many have, another one with it in the same town is nothing much."""

_PEOPLE = """
    SELECT c.id, c.title, c.first_name, c.last_name, c.birth_on, c.street, c.postcode, c.company,
        coalesce(a.mails, '{}') AS mails, coalesce(a.phones, '{}') AS phones, coalesce(x.cards, '{}') AS cards,
        hashtextextended(concat_ws('|', c.title, c.first_name, c.last_name, c.birth_on, c.street, c.postcode,
            c.company, a.mails::text, a.phones::text, x.cards::text), 0) AS fingerprint
    FROM customers AS c
    LEFT JOIN LATERAL (
        SELECT array_agg(value ORDER BY id) FILTER (WHERE kind = 'mail') AS mails,
            array_agg(value ORDER BY id) FILTER (WHERE kind = 'phone') AS phones
        FROM addresses WHERE customer_id = c.id
    ) AS a ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(value ORDER BY id) AS cards FROM external_ids
        WHERE customer_id = c.id AND source = 'loyalty_card'
    ) AS x ON true
"""
_NEXT_IDS = text(
    "SELECT id FROM customers WHERE id > :after AND merged_into_id IS NULL AND erased_at IS NULL"
    " ORDER BY id LIMIT :size"
)
_CHANGED = text(
    f"SELECT p.* FROM ({_PEOPLE} WHERE c.id = ANY(:ids)) AS p"  # noqa: S608 - our own text
    " LEFT JOIN duplicate_marks AS m ON m.customer_id = p.id WHERE m.fingerprint IS DISTINCT FROM p.fingerprint"
)
_THESE = text(f"{_PEOPLE} WHERE c.id = ANY(:ids)")
_KEEP_KEYS = text(
    "INSERT INTO duplicate_keys (key, customer_id)"
    " SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:ids AS bigint[])) ON CONFLICT DO NOTHING"
)
_KEEP_MARKS = text(
    "INSERT INTO duplicate_marks (customer_id, fingerprint, is_compared)"
    " SELECT id, mark, false FROM unnest(CAST(:ids AS bigint[]), CAST(:marks AS bigint[])) AS given (id, mark)"
    " ON CONFLICT (customer_id) DO UPDATE SET fingerprint = excluded.fingerprint, is_compared = false"
)
_WAITING = text(
    "SELECT customer_id FROM duplicate_marks WHERE NOT is_compared ORDER BY customer_id LIMIT :size"
)
# The size of a block is counted up to the limit only. Of two who both changed the one with the higher number asks.
_CANDIDATES = text("""
    WITH mine AS (SELECT key, customer_id FROM duplicate_keys WHERE customer_id = ANY(:ids)),
    small AS (
        SELECT asked.key FROM (SELECT DISTINCT key FROM mine) AS asked
        CROSS JOIN LATERAL (
            SELECT count(*) AS size FROM (
                SELECT 1 FROM duplicate_keys AS k WHERE k.key = asked.key LIMIT :most + 1
            ) AS counted
        ) AS block
        WHERE block.size BETWEEN 2 AND :most
    ),
    met AS (
        SELECT DISTINCT least(mine.customer_id, other.customer_id) AS left_id,
            greatest(mine.customer_id, other.customer_id) AS right_id
        FROM small JOIN mine USING (key)
        JOIN duplicate_keys AS other ON other.key = small.key AND other.customer_id <> mine.customer_id
        JOIN duplicate_marks AS mark ON mark.customer_id = other.customer_id
        WHERE mark.is_compared OR other.customer_id <= :last
    )
    SELECT met.left_id, met.right_id FROM met
    LEFT JOIN customer_pairs AS pair ON pair.left_id = met.left_id AND pair.right_id = met.right_id
    WHERE pair.id IS NULL OR pair.state = 'open'
""")
_COMMON = text("""
    SELECT asked.key FROM unnest(CAST(:keys AS bigint[])) AS asked (key)
    CROSS JOIN LATERAL (
        SELECT count(*) AS size FROM (
            SELECT 1 FROM duplicate_keys AS k WHERE k.key = asked.key LIMIT :most
        ) AS counted
    ) AS block
    WHERE block.size >= :most
""")
_COMPARED = text("UPDATE duplicate_marks SET is_compared = true WHERE customer_id = ANY(:ids)")
_PAIR_NAMES = ("left_id", "right_id", "points", "is_exact", "reasons", "found_at")


def ask_comparison(*, by_id: int | None, now: datetime) -> int:
    """Ask for a walk over all customers; the one under way is enough. Returns its id."""
    waiting = select(DuplicateRun.id).where(DuplicateRun.ended_at.is_(None), DuplicateRun.after_id == 0)
    found = db.session.scalar(waiting.order_by(DuplicateRun.id).limit(1))
    if found is None:
        run = DuplicateRun(asked_at=now, asked_by_id=by_id)
        db.session.add(run)
        db.session.flush()
        found = run.id
    ring_after_commit(BELL)
    return found


def work_on(*, now: datetime) -> bool:
    """One batch of the oldest open walk: keys first, then comparisons. False when there is nothing left to do.

    Where a walk stopped it goes on: how far the keys are stands in its row, who waits to be compared in the marks.
    """
    oldest = select(DuplicateRun).where(DuplicateRun.ended_at.is_(None)).order_by(DuplicateRun.id).limit(1)
    run = db.session.scalar(oldest.with_for_update(skip_locked=True))
    if run is None:
        return False
    if not run.is_marked:
        _mark(run)
    else:
        compared, pairs = compare_waiting(now=now)
        run.pair_count += pairs
        if not compared:
            run.ended_at = now
    db.session.flush()
    return True


def _mark(run: DuplicateRun) -> None:
    values = {"after": run.after_id, "size": MARK_BATCH}
    ids = list(db.session.scalars(_NEXT_IDS, values))
    if ids:
        run.marked_count += mark_changed(ids)
        run.after_id = ids[-1]
    run.is_marked = len(ids) < MARK_BATCH


def mark_changed(customer_ids: Sequence[int]) -> int:
    """Make the keys of those who look otherwise than when they were made last. Returns how many."""
    rows = db.session.execute(_CHANGED, {"ids": list(customer_ids)}).all()
    if not rows:
        return 0
    ids = [row.id for row in rows]
    db.session.execute(text("DELETE FROM duplicate_keys WHERE customer_id = ANY(:ids)"), {"ids": ids})
    keys = [(key, row.id) for row in rows for key in keys_of(_person(row))]
    db.session.execute(
        _KEEP_KEYS, {"keys": _list_of(key for key, _ in keys), "ids": _list_of(owner for _, owner in keys)}
    )
    db.session.execute(
        _KEEP_MARKS, {"ids": _list_of(ids), "marks": _list_of(row.fingerprint for row in rows)}
    )
    return len(ids)


def _list_of(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes a list: to bring tens of thousands to the driver's form one by one takes seconds."""
    return f"{{{','.join(map(str, numbers))}}}"


def _person(row: Any) -> Person:
    return Person(
        row.id,
        row.title,
        row.first_name,
        row.last_name,
        row.birth_on,
        row.street,
        row.postcode,
        row.company,
        tuple(row.mails),
        tuple(row.phones),
        tuple(row.cards),
    )


def compare_waiting(*, now: datetime, size: int = COMPARE_BATCH) -> tuple[int, int]:
    """Compare the next customers who wait with everybody they share a small block with.

    Returns how many customers were compared, and how many pairs stand because of it.
    """
    ids = list(db.session.scalars(_WAITING, {"size": size}))
    if not ids:
        return 0, 0
    values = {"ids": ids, "last": ids[-1], "most": BLOCK_LIMIT}
    met = [(row.left_id, row.right_id) for row in db.session.execute(_CANDIDATES, values)]
    people = look_at_people({each for pair in met for each in pair})
    common = _list_common(people.values())
    scores = {
        (left, right): score(people[left], people[right], is_common=not common.isdisjoint((left, right)))
        for left, right in met
        if left in people and right in people and points_of(people[left], people[right]) >= LEAST_POINTS
    }
    likely = {pair: found for pair, found in scores.items() if found.points >= LEAST_POINTS}
    _forget_unlikely(ids, likely)
    _keep(likely, now)
    db.session.execute(_COMPARED, {"ids": ids})
    return len(ids), len(likely)


def _list_common(people: Iterable[Person]) -> frozenset[int]:
    """Those of them whose name at least `COMMON_NAME` customers of the base have."""
    keys = {person.id: name_key_of(person) for person in people}
    asked = {"keys": _list_of({key for key in keys.values() if key is not None}), "most": COMMON_NAME}
    found = set(db.session.scalars(_COMMON, asked))
    return frozenset(customer_id for customer_id, key in keys.items() if key in found)


def look_at_people(customer_ids: Iterable[int]) -> dict[int, Person]:
    """Customers as the comparison sees them; one statement."""
    rows = db.session.execute(_THESE, {"ids": list(customer_ids)})
    return {row.id: _person(row) for row in rows}


def _forget_unlikely(ids: Sequence[int], likely: dict[tuple[int, int], Score]) -> None:
    """Open pairs of these customers that are none any more."""
    pair = CustomerPair
    mine = or_(among(pair.left_id, ids), among(pair.right_id, ids))
    found = select(pair.id, pair.left_id, pair.right_id).where(mine, pair.state == PairState.OPEN)
    gone = [row.id for row in db.session.execute(found) if (row.left_id, row.right_id) not in likely]
    if gone:
        db.session.execute(delete(pair).where(among(pair.id, gone)))


def _keep(likely: dict[tuple[int, int], Score], now: datetime) -> None:
    """Write the pairs; one that a person decided about meanwhile stays decided."""
    if not likely:
        return
    table = table_of(CustomerPair)
    given = given_rows(table, _PAIR_NAMES)
    new = insert(table).from_select(
        [*_PAIR_NAMES, "state"],
        select(*(given.c[name] for name in _PAIR_NAMES), bindparam("state", PairState.OPEN.value)),
    )
    kept = new.on_conflict_do_update(
        index_elements=["left_id", "right_id"],
        set_={name: new.excluded[name] for name in ("points", "is_exact", "reasons")},
        where=table.c.state == PairState.OPEN,
    )
    rows = [
        {
            "left_id": left_id,
            "right_id": right_id,
            "points": found.points,
            "is_exact": found.is_exact,
            "reasons": found.as_kept(),
            "found_at": now,
        }
        for (left_id, right_id), found in likely.items()
    ]
    db.session.execute(kept, rows_given(rows))
