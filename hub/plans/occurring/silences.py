"""Who has been silent for so many months: without an order, or without any sign of life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text

from hub.plans.entering import Newcomer
from hub.plans.occurring.legs import DAY, HERE, Leg, Stretch, day_after, days_before, midnight
from hub.plans.rules import SILENT_SINCE

BEFORE_ALL = "-infinity"

# The moment of the occurrence, the day so many months later, and up to when is known what happened.
_THEN = """
    CROSS JOIN LATERAL (SELECT (((s.at AT TIME ZONE :zone)::date + make_interval(months => :months))::date)::timestamp
        AT TIME ZONE :zone AS moment) due
    CROSS JOIN LATERAL (SELECT greatest(due.moment, CAST(:known_at AS timestamptz)) AS moment) known
"""
_PAGED = """
    SELECT c.id AS customer_id, s.at AS key, s.id FROM ({source}) s JOIN customers c ON c.id = s.customer_id {then}
    WHERE {here} AND {asked}
    ORDER BY s.at, s.id LIMIT :limit
"""
_RANGE = "{at} >= :begin AND {at} < :end AND ({at}, {id}) > (CAST(:after_key AS timestamptz), CAST(:after_id AS bigint))"
_COUNTED = "NOT ({o}.state = 'cancelled' AND {o}.state_at <= known.moment)"
_NOT_ARCHIVED = "(c.archived_at IS NULL OR c.archived_at > known.moment)"


def _source(columns: str, table: str, *, at: str, row_id: str = "t.id", where: str = "true") -> str:
    asked = _RANGE.format(at=at, id=row_id)
    return f"SELECT {columns}, {at} AS at, {row_id} AS id FROM {table} WHERE {where} AND {asked}"  # noqa: S608 - our own words


def _statement(source: str, asked: str) -> TextClause:
    return text(_PAGED.format(source=source, then=_THEN, here=HERE, asked=asked))


_NO_ORDER_SINCE = f"""
    {_COUNTED.format(o="s")} AND {_NOT_ARCHIVED}
    AND NOT EXISTS (SELECT FROM orders later WHERE later.customer_id = c.id AND later.placed_at <= known.moment
        AND (later.placed_at, later.id) > (s.at, s.id) AND {_COUNTED.format(o="later")})
"""
ORDERS = _statement(
    _source("t.customer_id, t.state, t.state_at", "orders t", at="t.placed_at"), _NO_ORDER_SINCE
)


@dataclass(frozen=True)
class Sign:
    """Where signs of life of one kind stand: those of looking/life.py, and that the customer came to be."""

    table: str
    customer: str
    at: str
    row_id: str = "t.id"
    where: str = "true"


_GIVEN = "consent_entries t JOIN addresses a ON a.kind = t.address_kind AND a.value = t.address"
# The last sign of most kinds is written down with the customer; those before it are looked up, so that the past can be asked.
KEPT = Sign("customers t", "t.id", "t.last_active_at")
OTHERS = {
    "created": Sign("customers t", "t.id", "t.created_at"),
    "orders": Sign("orders t", "t.customer_id", "t.placed_at"),
    "visits": Sign("visits t", "t.customer_id", "t.visited_at"),
    "baskets": Sign(
        "basket_touches t JOIN baskets b ON b.id = t.basket_id",
        "b.customer_id",
        "t.touched_at",
        where="t.state <> 'emptied'",
    ),
    "tickets": Sign("tickets t", "t.customer_id", "t.created_at"),
    "answers": Sign("answers t", "t.customer_id", "t.answered_at"),
    "whys": Sign("why_answers t", "t.customer_id", "t.answered_at"),
    "signups": Sign("signup_entries t", "t.customer_id", "t.created_at"),
    "events": Sign("own_events t", "t.customer_id", "t.happened_at"),
    "consents": Sign(
        _GIVEN, "a.customer_id", "t.happened_at", where="t.action = 'given' AND t.actor_kind = 'customer'"
    ),
    "clicks": Sign(
        "outbound_messages m JOIN link_clicks t ON t.message_id = m.id",
        "m.customer_id",
        "t.clicked_at",
        where="t.label = 'human'",
    ),
}


def _none_since(sign: Sign) -> str:
    between = f"{sign.at} > s.at AND {sign.at} <= known.moment"
    return (
        f"NOT EXISTS (SELECT FROM {sign.table} WHERE {sign.customer} = c.id AND {sign.where} AND {between})"
    )


def _last_sign(sign: Sign) -> TextClause:
    """The same sign is told once: by what was written down."""
    columns = f"{sign.customer} AS customer_id"
    source = _source(columns, sign.table, at=sign.at, row_id=sign.row_id, where=sign.where)
    op = ">" if sign is KEPT else ">="
    kept = f"NOT coalesce(c.last_active_at {op} s.at AND c.last_active_at <= known.moment, false)"
    return _statement(source, " AND ".join([kept, *map(_none_since, OTHERS.values())]))


SIGNS: Mapping[str, TextClause] = {name: _last_sign(each) for name, each in {"kept": KEPT, **OTHERS}.items()}


def list_inactive(params: Mapping[str, Any], stretch: Stretch) -> list[Leg]:
    """On the day so many months after the last order that counts: `churn:<day of that order>`."""
    return _legs({"orders": ORDERS}, params, stretch, key="churn", name="last_order_on")


def list_lifeless(params: Mapping[str, Any], stretch: Stretch) -> list[Leg]:
    """On the day so many months after the last sign of life, archived or not: `silence:<day of that sign>`."""
    return _legs(SIGNS, params, stretch, key="silence", name="last_sign_on")


def _legs(
    statements: Mapping[str, TextClause], params: Mapping[str, Any], stretch: Stretch, *, key: str, name: str
) -> list[Leg]:
    days, months = stretch.days, int(params["months"])
    lower, upper = days_before(days[0], days[-1], months) if days else (date.max, date.min)
    if lower > upper:
        return []
    given = {
        "begin": midnight(lower, stretch.zone),
        "end": midnight(upper + DAY, stretch.zone),
        "zone": stretch.zone.key,
        "months": months,
        "known_at": stretch.known_at,
    }

    def tell(row: Any) -> Newcomer:
        day = row.key.astimezone(stretch.zone).date()
        return Newcomer(
            customer_id=row.customer_id,
            entry_key=f"{key}:{day}",
            anchor_at=midnight(day_after(day, months), stretch.zone),
            values={name: day.isoformat(), "is_day": True, SILENT_SINCE: row.key.isoformat()},
        )

    return [Leg((each,), statement, given, tell, BEFORE_ALL) for each, statement in statements.items()]
