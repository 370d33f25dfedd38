"""Lets the routing rules have their effect on a ticket that is about to be opened, and notes why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.text import fold
from hub.customers.rules import choose_standing
from hub.inbox.actions.asking_experts import ask_by_rule
from hub.inbox.actions.events import note_ticket
from hub.inbox.actions.opening import Opening
from hub.inbox.directory import Directory
from hub.inbox.models import ReasonSuggestion, RuleHit, Tag, Ticket, TicketTag
from hub.inbox.routing import CONFIDENCE, Route
from hub.inbox.routing_rules import CENTRAL, Case, Outcome, evaluate
from hub.inbox.routing_words import RuleField, SuggestionState
from hub.inbox.words import Priority, RouteSource
from hub.orders import queries as orders
from hub.orders.queries import OrderRow
from hub.reasons.rules import with_parents
from hub.segments.values.defining import get_borders
from hub.stores.rules import is_open


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What rules may ask beyond what the ticket itself will say. `customer_id` only of somebody known before."""

    sender: str
    written_to: tuple[str, ...] = ()
    order: OrderRow | None = None
    customer_id: int | None = None
    has_attachment: bool = False


def apply_rules(opening: Opening, seen: Seen, *, directory: Directory, now: datetime) -> Opening:
    """The opening as the rules leave it: store, reason, priority; tags, experts and assignee wait in `outcome`."""
    rules = directory.rules
    if not any(rule.is_active for rule in rules):
        return opening
    parents = {row.id: row.parent_id for row in directory.reasons.values()}
    outcome = evaluate(rules, _case_of(opening, seen, directory, now, parents), parents=parents)
    return with_outcome(opening, outcome, directory)


def with_outcome(opening: Opening, outcome: Outcome, directory: Directory) -> Opening:
    """What a rule set that is not there any more (a closed store, a retired reason) is left as it was."""
    if not outcome.hits:
        return opening
    effects = outcome.effects
    reason = directory.reasons.get(effects.reason_id) if effects.reason_id else None
    reason_id = reason.id if reason and reason.is_active else opening.reason_id
    known = directory.reasons.get(reason_id) if reason_id else None
    return replace(
        opening,
        outcome=outcome,
        route=_route_of(outcome, directory) or opening.route,
        reason_id=reason_id,
        is_grievance=opening.is_grievance or bool(known and known.is_grievance),
        priority=Priority(effects.priority) if effects.priority else opening.priority,
    )


def _route_of(outcome: Outcome, directory: Directory) -> Route | None:
    store_id = outcome.effects.store_id
    if store_id is None:
        return None
    store = directory.stores.get(store_id)
    if store_id != CENTRAL and (store is None or not store.is_active):
        return None
    name = next(hit.name for hit in reversed(outcome.hits) if "store_id" in hit.changes)
    return Route(store_id or None, RouteSource.RULE, CONFIDENCE[RouteSource.RULE], name)


def _case_of(
    opening: Opening, seen: Seen, directory: Directory, now: datetime, parents: dict[int, int | None]
) -> Case:
    store_id, order = opening.route.store_id, seen.order
    hours = directory.hours(store_id) if _is_asked(directory, RuleField.OPEN_NOW) else None
    return Case(
        channel=opening.channel,
        subject=opening.subject,
        text=opening.text,
        sender=seen.sender,
        written_to=seen.written_to,
        language=opening.language,
        reason_ids=with_parents(opening.reason_id, parents),
        priority=opening.priority,
        standing=_standing_of(seen.customer_id, now) if _is_asked(directory, RuleField.STANDING) else "",
        order_state=order.state if order else "",
        order_cents=order.total_cents if order else None,
        store_id=store_id,
        is_open_now=is_open(hours, now) if hours and hours.weekly else None,
        has_attachment=seen.has_attachment,
    )


def _is_asked(directory: Directory, asked: RuleField) -> bool:
    return any(rule.is_active and rule.asks(asked) for rule in directory.rules)


def _standing_of(customer_id: int | None, now: datetime) -> str:
    if customer_id is None:
        return ""
    borders = get_borders(now=now)
    return choose_standing(orders.get_buying(customer_id, since=borders.year_after), borders)


def note_opening(ticket: Ticket, opening: Opening, *, directory: Directory, now: datetime) -> None:
    """Note what follows an opening: the rules that matched and why, the wish for a suggestion, whom it goes to.

    Rows that point to the ticket are added: it must be flushed before they are.
    """
    outcome = opening.outcome
    for hit in outcome.hits:
        changes = dict(hit.changes)
        note_ticket(
            "rule_applied",
            ticket,
            by=SYSTEM,
            now=now,
            rule_id=hit.rule_id,
            name=hit.name,
            version=hit.version_number,
            changes=changes,
        )
        db.session.add(
            RuleHit(
                ticket_id=ticket.id,
                rule_id=hit.rule_id,
                version_number=hit.version_number,
                changes=changes,
                happened_at=now,
            )
        )
    if outcome.effects.tags:
        tag_by_rule(ticket, outcome.effects.tags, now=now)
    if outcome.effects.expert_group_id:
        ask_by_rule(ticket, outcome.effects.expert_group_id, now=now)
    if ticket.reason_id is None and directory.suggests:
        db.session.add(
            ReasonSuggestion(
                ticket_id=ticket.id, state=SuggestionState.WAITING, held_out_count=0, made_at=now
            )
        )
    if ticket.assignee_id is None and (directory.switches.hands_out or outcome.effects.assignee_id):
        directory.unassigned.append((ticket, outcome.effects.assignee_id))


def tag_by_rule(ticket: Ticket, names: Sequence[str], *, now: datetime) -> None:
    """Tags of the chain, made where nobody has used them yet."""
    for name in names:
        kept = {"key": fold(name), "name": name, "is_active": True, "created_at": now}
        db.session.execute(insert(Tag).values(kept).on_conflict_do_nothing(index_elements=["key"]))
    ids = db.session.scalars(select(Tag.id).where(Tag.key.in_([fold(name) for name in names]))).all()
    rows = [{"ticket_id": ticket.id, "tag_id": tag_id, "added_at": now} for tag_id in ids]
    db.session.flush()
    added = insert(TicketTag).values(rows).on_conflict_do_nothing().returning(TicketTag.tag_id)
    for tag_id in sorted(db.session.scalars(added)):
        note_ticket("tagged", ticket, by=SYSTEM, now=now, tag_id=tag_id)
