"""Takes in visits of the sites, a batch at a time, each once; and lets old ones go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.text import N_
from hub.customers.naming import find_customers
from hub.customers.quality.archiving import note_lives
from hub.orders.behaviour import rules
from hub.orders.behaviour.baskets import details_of
from hub.orders.behaviour.linking import link_visitors, see_visitors
from hub.orders.behaviour.models import Visit, Visitor
from hub.orders.behaviour.payload import VisitPayload, read_visit
from hub.orders.behaviour.queries import get_setup
from hub.orders.behaviour.rows import RefusedVisit, VisitsTaken
from hub.orders.events import storable
from hub.orders.rows import FieldError

COLUMNS = ("visit_key", "customer_id", "visitor_id", "kind", "sku", "family", "visited_at")
UNKNOWN = N_("No customer has this id or address. Please send the customer first, or a visitor id.")
NO_OBJECT = N_("Please give a JSON object.")
MOST = 500
PURGE_BATCH = 5_000


@dataclass(frozen=True)
class _Seen:
    """A visit that can be kept: whose it is by name, and the browser."""

    position: int
    visit: VisitPayload
    customer_id: int | None


def take_visits(visits: Sequence[object], *, source: str, now: datetime) -> VisitsTaken:
    """Keep the visits of a batch; each is taken, was told before, or is refused with its reason, for itself.

    A visit makes no customer: one that names somebody unknown and no browser is refused. One that names both links them.
    All browsers are held before any is linked, in one order: two batches never wait for each other in a ring.
    """
    read, refused = _read(visits, now=now)
    seen = _name(read, refused)
    known = see_visitors({each.visit.visitor_id for each in seen if each.visit.visitor_id}, now=now)
    links = {each.visit.visitor_id: each.customer_id for each in seen if each.customer_id is not None}
    links = {key: owner for key, owner in links.items() if key}
    link_visitors(links, now=now)
    browsers = {**known, **links}
    rows = {row["visit_key"]: row for row in (_row(each, browsers, source) for each in seen)}
    taken = _keep(rows)
    return VisitsTaken(taken, len(seen) - taken, tuple(sorted(refused, key=lambda each: each.position)))


def _read(
    visits: Sequence[object], *, now: datetime
) -> tuple[list[tuple[int, VisitPayload]], list[RefusedVisit]]:
    read: list[tuple[int, VisitPayload]] = []
    refused: list[RefusedVisit] = []
    for position, given in enumerate(visits):
        body = storable(given)
        found = read_visit(body, now=now) if isinstance(body, dict) else [FieldError("", NO_OBJECT, {})]
        if isinstance(found, VisitPayload):
            read.append((position, found))
        else:
            refused.append(RefusedVisit(position, tuple(found)))
    return read, refused


def _name(read: Sequence[tuple[int, VisitPayload]], refused: list[RefusedVisit]) -> list[_Seen]:
    """Whom the visits name, looked up all at once; those of nobody are added to the refused."""
    named = [visit.customer for _, visit in read if visit.customer is not None and visit.customer.is_somebody]
    owners = iter(find_customers([details_of(who) for who in named]))
    seen: list[_Seen] = []
    for position, visit in read:
        has_name = visit.customer is not None and visit.customer.is_somebody
        owner = next(owners) if has_name else None
        if owner is None and not visit.visitor_id:
            refused.append(RefusedVisit(position, (FieldError("customer", UNKNOWN, {}),)))
        else:
            seen.append(_Seen(position, visit, owner))
    return seen


def _row(seen: _Seen, browsers: Mapping[str, int | None], source: str) -> dict[str, Any]:
    visit = seen.visit
    owner = seen.customer_id if seen.customer_id is not None else browsers.get(visit.visitor_id)
    key = rules.visit_key_of(
        source,
        external_id=visit.id,
        who=visit.visitor_id or f"customer:{owner}",
        kind=visit.kind,
        about=visit.sku or visit.family,
        visited_at=visit.at,
    )
    return {
        "visit_key": key,
        "customer_id": owner,
        "visitor_id": visit.visitor_id or None,
        "kind": visit.kind,
        "sku": visit.sku or None,
        "family": visit.family or None,
        "visited_at": visit.at,
    }


def _keep(rows: Mapping[str, Mapping[str, Any]]) -> int:
    """One statement for all of them; in one order, so that two batches never wait for each other in a ring."""
    if not rows:
        return 0
    table = table_of(Visit)
    given = given_rows(table, COLUMNS)
    kept = (
        insert(table)
        .from_select(list(COLUMNS), select(*(given.c[name] for name in COLUMNS)))
        .on_conflict_do_nothing()
        .returning(table.c.id)
    )
    return len(db.session.execute(kept, rows_given(rows[key] for key in sorted(rows))).all())


def purge_visits(*, before: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget the oldest visits from before this moment, and browsers nobody has seen since. Returns how many visits.

    That a customer was there last then stays: it is a sign of life, whose term is longer.
    """
    old = select(Visit.id).where(Visit.visited_at < before).order_by(Visit.visited_at).limit(limit)
    ids = list(db.session.scalars(old))
    last = select(Visit.customer_id, func.max(Visit.visited_at)).where(
        among(Visit.id, ids), Visit.customer_id.is_not(None)
    )
    note_lives({row[0]: row[1] for row in db.session.execute(last.group_by(Visit.customer_id)) if row[0]})
    gone = delete(Visit).where(among(Visit.id, ids)).execution_options(synchronize_session=False)
    db.session.execute(gone)
    if len(ids) < limit:
        unseen = ~select(Visit.id).where(Visit.visitor_id == Visitor.visitor_id).exists()
        idle = delete(Visitor).where(Visitor.first_seen_at < before, unseen)
        db.session.execute(idle.execution_options(synchronize_session=False))
    return len(ids)


def keep_until(now: datetime) -> datetime:
    """Visits from before this moment have been kept as long as the chain chose."""
    return now - timedelta(days=get_setup().keep_days)
