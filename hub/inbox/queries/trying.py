"""Tries a routing rule on the latest tickets that a person may see; reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from hub.core.batches import among
from hub.core.db import db
from hub.customers.rules import choose_standing
from hub.inbox.directory import Directory
from hub.inbox.models import RouteCorrection, Ticket, TicketAttachment, TicketMessage
from hub.inbox.queries.access import only_visible
from hub.inbox.routing_rules import CENTRAL, Case, Outcome, Rule, evaluate
from hub.inbox.routing_words import RuleField
from hub.inbox.ruleset import read_rules
from hub.inbox.words import MessageKind, RouteSource
from hub.orders.buying import get_totals, list_buyings
from hub.orders.words import OrderState
from hub.reasons.rules import with_parents
from hub.segments.values.defining import get_borders
from hub.staff.rules import Viewer
from hub.stores.queries import get_hours_of
from hub.stores.rules import Hours, is_open

TICKETS = 1000
SAMPLE = 20
_COLUMNS: tuple[Any, ...] = (
    Ticket.id,
    Ticket.number,
    Ticket.subject,
    Ticket.channel,
    Ticket.language,
    Ticket.priority,
    Ticket.reason_id,
    Ticket.store_id,
    Ticket.assignee_id,
    Ticket.order_id,
    Ticket.customer_id,
    Ticket.created_at,
    Ticket.requester_name,
    RouteCorrection.ticket_id.is_not(None).label("was_moved"),
    RouteCorrection.first_store_id,
)


@dataclass(frozen=True)
class Change:
    """What the rules would set of one ticket, and how it is today: the same names on both sides."""

    number: str
    subject: str
    requester_name: str
    created_at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """`matched_count`: the rule was asked and matched; `changed_count`: of those, it would have set something else.

    `changed` counts tickets by what would be another: store_id, reason_id, priority, assignee_id, tags, experts.
    """

    ticket_count: int
    matched_count: int
    changed_count: int
    changed: Mapping[str, int]
    sample: tuple[Change, ...]


def try_rule(candidate: Rule, viewer: Viewer, *, now: datetime) -> Trial:
    """As if the candidate had been on, in its place of the list, when the latest 1,000 tickets came.

    The store is where each was first put; reason, priority, customer and order are as they are today.
    """
    rules = _with(candidate)
    rows = _list_rows(viewer)
    directory = Directory()
    parents = {row.id: row.parent_id for row in directory.reasons.values()}
    cases = _cases(rows, rules, parents, now)
    matched, changes = 0, []
    for row in rows:
        outcome = evaluate(rules, cases[row["id"]], parents=parents)
        if candidate.id not in {hit.rule_id for hit in outcome.hits}:
            continue
        matched += 1
        without = evaluate(
            [rule for rule in rules if rule.id != candidate.id], cases[row["id"]], parents=parents
        )
        if change := _change(row, outcome, without):
            changes.append(change)
    return Trial(
        ticket_count=len(rows),
        matched_count=matched,
        changed_count=len(changes),
        changed={name: sum(name in each.after for each in changes) for name in _names(changes)},
        sample=tuple(changes[:SAMPLE]),
    )


def _with(candidate: Rule) -> list[Rule]:
    """The rules that are on, with the candidate in its place: a new one stands last."""
    rules = list(read_rules())
    tried = replace(candidate, is_active=True)
    if all(rule.id != candidate.id for rule in rules):
        return [*rules, tried]
    return [tried if rule.id == candidate.id else rule for rule in rules]


def _names(changes: Sequence[Change]) -> list[str]:
    return list(dict.fromkeys(name for each in changes for name in each.after))


def _list_rows(viewer: Viewer) -> Sequence[Mapping[Any, Any]]:
    statement = select(*_COLUMNS).outerjoin(RouteCorrection, RouteCorrection.ticket_id == Ticket.id)
    statement = statement.where(Ticket.route_source != RouteSource.STORE_COUNTER)
    statement = only_visible(statement, viewer).order_by(Ticket.id.desc()).limit(TICKETS)
    return db.session.execute(statement).mappings().all()


def _cases(
    rows: Sequence[Mapping[Any, Any]],
    rules: Sequence[Rule],
    parents: Mapping[int, int | None],
    now: datetime,
) -> dict[int, Case]:
    """Each ticket as rules see it, with a handful of statements for all of them."""
    ids = [row["id"] for row in rows]
    firsts, with_files = _first_messages(ids), _with_files(ids)
    totals = get_totals([row["order_id"] for row in rows if row["order_id"]])
    standings = _standings(rows, now) if _are_asked(rules, RuleField.STANDING) else {}
    hours = (
        get_hours_of({store for row in rows if (store := _first_store(row))})
        if _are_asked(rules, RuleField.OPEN_NOW)
        else {}
    )
    return {
        row["id"]: _case(
            row, firsts.get(row["id"]), parents, totals, standings, hours, row["id"] in with_files
        )
        for row in rows
    }


def _are_asked(rules: Sequence[Rule], field: RuleField) -> bool:
    return any(rule.is_active and rule.asks(field) for rule in rules)


def _first_store(row: Mapping[Any, Any]) -> int | None:
    found: int | None = row["first_store_id"] if row["was_moved"] else row["store_id"]
    return found


def _case(
    row: Mapping[Any, Any],
    first: Mapping[Any, Any] | None,
    parents: Mapping[int, int | None],
    totals: Mapping[int, tuple[OrderState, int]],
    standings: Mapping[int, str],
    hours: Mapping[int, Hours],
    has_files: bool,
) -> Case:
    store_id = _first_store(row)
    week = hours.get(store_id) if store_id else None
    state, cents = totals.get(row["order_id"], ("", None))
    return Case(
        channel=row["channel"],
        subject=row["subject"],
        text=first["text"] if first else "",
        sender=(first["author_address"] if first else "") or "",
        written_to=tuple(first["inserted"].get("written_to", ())) if first else (),
        language=row["language"],
        reason_ids=with_parents(row["reason_id"], parents),
        priority=row["priority"],
        standing=standings.get(row["customer_id"], ""),
        order_state=state,
        order_cents=cents,
        store_id=store_id,
        is_open_now=is_open(week, row["created_at"]) if week and week.weekly else None,
        has_attachment=has_files,
    )


def _first_messages(ids: Sequence[int]) -> dict[int, Mapping[Any, Any]]:
    """What the customer wrote first, by ticket."""
    found = (
        select(
            TicketMessage.ticket_id,
            func.left(TicketMessage.text, 5000).label("text"),
            TicketMessage.author_address,
            TicketMessage.inserted,
        )
        .where(among(TicketMessage.ticket_id, ids), TicketMessage.kind == MessageKind.CUSTOMER)
        .ext(distinct_on(TicketMessage.ticket_id))
        .order_by(TicketMessage.ticket_id, TicketMessage.happened_at, TicketMessage.id)
    )
    return {row["ticket_id"]: row for row in db.session.execute(found).mappings()}


def _with_files(ids: Sequence[int]) -> set[int]:
    has_file = exists().where(TicketAttachment.message_id == TicketMessage.id)
    found = select(TicketMessage.ticket_id).where(among(TicketMessage.ticket_id, ids), has_file)
    return set(db.session.scalars(found))


def _standings(rows: Sequence[Mapping[Any, Any]], now: datetime) -> dict[int, str]:
    customer_ids = {row["customer_id"] for row in rows if row["customer_id"]}
    borders = get_borders(now=now)
    buyings = list_buyings(customer_ids, since=borders.year_after)
    return {customer_id: choose_standing(buying, borders) for customer_id, buying in buyings.items()}


def _change(row: Mapping[Any, Any], outcome: Outcome, without: Outcome) -> Change | None:
    """What would be another than it is today; tags and experts count when the other rules would not set them."""
    given, others = outcome.effects.given(), without.effects.given()
    today = {
        "store_id": _first_store(row) or CENTRAL,
        "reason_id": row["reason_id"],
        "priority": row["priority"],
        "assignee_id": row["assignee_id"],
    }
    before = {name: today.get(name, others.get(name)) for name in given}
    after = {name: value for name, value in given.items() if value != before[name]}
    if not after:
        return None
    return Change(
        number=row["number"],
        subject=row["subject"],
        requester_name=row["requester_name"],
        created_at=row["created_at"],
        before={name: before[name] for name in after},
        after=after,
    )
