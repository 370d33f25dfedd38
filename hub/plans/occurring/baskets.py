"""Which baskets were left: something in them, not paid, not touched for a while."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from hub.core.db import db
from hub.orders.behaviour.queries import get_setup
from hub.plans.entering import Newcomer
from hub.plans.occurring.legs import HERE, Leg, Stretch

MINUTES = 30
"""The shortest first wait of the profiles: nobody is reminded sooner."""
LONGEST_FOR_FILES = timedelta(days=2)
TOLD_LATE = timedelta(hours=2)
"""A basket that is told late, or whose visitor logs in late, is still one left behind; later nobody wants to hear of it."""
AFTER_FILES = timedelta(minutes=15)
"""So soon it is looked again whether a file has been read."""

# A purchase in a store is told by its file: a reminder may wait for the next one that was read, at most until noon of the
# day after.
_FILE_READ = """
    SELECT min(f.ended_at) FROM till_files f WHERE f.state = 'done' AND f.ended_at >= t.touched_at + :wait
        AND (f.store_id IS NULL OR c.preferred_store_id IS NULL OR f.store_id = c.preferred_store_id)
"""
_NOON_AFTER = "((t.touched_at AT TIME ZONE :zone)::date + 1 + time '12:00') AT TIME ZONE :zone"
_LEFT = text(f"""
    SELECT b.customer_id, t.touched_at AS key, t.id, t.basket_id, due.moment FROM basket_touches t
    JOIN baskets b ON b.id = t.basket_id JOIN customers c ON c.id = b.customer_id
    CROSS JOIN LATERAL (SELECT CASE WHEN :waits THEN greatest(t.touched_at + :wait, least(({_FILE_READ}), {_NOON_AFTER}))
        ELSE t.touched_at + :wait END AS moment) due
    CROSS JOIN LATERAL (SELECT greatest(due.moment, CAST(:known_at AS timestamptz)) AS moment) known
    WHERE t.state = 'open' AND t.line_count > 0 AND t.touched_at > :begin AND t.touched_at <= :end
        AND (t.touched_at, t.id) > (CAST(:after_key AS timestamptz), CAST(:after_id AS bigint)) AND {HERE}
        AND (due.moment > :since OR (due.moment > :late_since AND (:waits OR t.id > :seen_id OR EXISTS (SELECT
            FROM visitors v WHERE v.visitor_id = b.visitor_id AND v.linked_at >= :since AND v.linked_at > due.moment))))
        AND due.moment <= :until
        AND coalesce(b.clears_at, t.touched_at + :keeps) > known.moment
        AND NOT EXISTS (SELECT FROM basket_touches later WHERE later.basket_id = t.basket_id
            AND (later.touched_at, later.event_key) > (t.touched_at, t.event_key) AND later.touched_at <= known.moment)
        AND NOT EXISTS (SELECT FROM orders o WHERE (o.customer_id = b.customer_id OR o.basket_key = b.external_id)
            AND o.placed_at >= t.touched_at AND o.placed_at <= known.moment
            AND NOT (o.state = 'cancelled' AND o.state_at <= known.moment))
    ORDER BY t.touched_at, t.id LIMIT :limit
""")  # noqa: S608 - put together from constants
_NEXT = text("""
    SELECT min(touched_at) FROM basket_touches WHERE state = 'open' AND line_count > 0 AND touched_at > :begin
""")


def wait_of(params: Mapping[str, Any]) -> timedelta:
    """How long a basket is untouched before it is one left behind."""
    return timedelta(minutes=int(params.get("minutes") or MINUTES))


def waits_for_files(params: Mapping[str, Any]) -> bool:
    """Whether a reminder waits for what the stores tell of the day."""
    return bool(params.get("waits_for_files"))


def list_left(params: Mapping[str, Any], stretch: Stretch) -> list[Leg]:
    """So many minutes after the last touch: `basket:<id>:<last touch>`.

    Delays count from the touch; from when the stores' file was read, where the reminder waits for it.
    """
    wait, waits = wait_of(params), waits_for_files(params)
    late_since = stretch.since - (timedelta() if stretch.seen_id is None else TOLD_LATE)
    given = {
        "since": stretch.since,
        "until": stretch.until,
        "late_since": late_since,
        "seen_id": stretch.seen_id or 0,
        "begin": late_since - wait - (LONGEST_FOR_FILES if waits else timedelta()),
        "end": stretch.until - wait,
        "wait": wait,
        "waits": waits,
        "zone": stretch.zone.key,
        "keeps": timedelta(days=get_setup().basket_days),
        "known_at": stretch.known_at,
    }

    def tell(row: Any) -> Newcomer:
        touched_at = row.key.astimezone(UTC)
        return Newcomer(
            customer_id=row.customer_id,
            entry_key=f"basket:{row.basket_id}:{touched_at.isoformat()}",
            anchor_at=row.moment if waits else touched_at,
            values={"basket_id": row.basket_id, "since": touched_at.isoformat()},
        )

    return [Leg(("left",), _LEFT, given, tell, "-infinity")]


def find_last_told() -> int:
    """The newest touch that was told."""
    return int(db.session.scalar(text("SELECT max(id) FROM basket_touches")) or 0)


def find_next_left(params: Mapping[str, Any], *, after: datetime) -> datetime | None:
    """When the next basket touched by now may have been left; None when none is open."""
    wait, waits = wait_of(params), waits_for_files(params)
    begin = after - wait - (LONGEST_FOR_FILES if waits else timedelta())
    touched_at: datetime | None = db.session.scalar(_NEXT, {"begin": begin})
    if touched_at is None:
        return None
    return max(touched_at + wait, after + AFTER_FILES) if waits else touched_at + wait
