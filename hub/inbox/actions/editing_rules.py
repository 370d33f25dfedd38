"""Edits the routing rules: every change is a version with who and when, and holds from the next batch on everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_, fold
from hub.inbox.models import RoutingRule, RoutingRuleVersion
from hub.inbox.routing_rules import MOST_CONDITIONS, NUMBERS, TESTS, Condition, Effects, to_content
from hub.inbox.routing_words import RuleAct, RuleMatch

MOST_RULES = 200
LONGEST_NAME = 80
MOST_VALUES = 60
MOST_TAGS = 10
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('inbox.routing_rules', 0))")


@dataclass(frozen=True, kw_only=True)
class RuleDetails:
    """A rule as somebody edits it."""

    name: str
    match: RuleMatch
    conditions: Sequence[Condition]
    effects: Effects
    stops_after: bool = False
    is_active: bool = False


def save_rule(details: RuleDetails, *, rule_id: int | None = None, by: Actor, now: datetime) -> int:
    """Make a rule at the end of the list, or change one. Raises Invalid (name, conditions, effects), NotFound."""
    check_rule(details)
    db.session.execute(_ONE_AT_A_TIME)
    row = _get(rule_id) if rule_id else _add()
    row.name = " ".join(details.name.split())
    row.content = to_content(details.match, details.conditions, details.effects, stops=details.stops_after)
    row.is_active = details.is_active
    db.session.add(row)
    db.session.flush()
    _keep(row, RuleAct.EDITED if rule_id else RuleAct.MADE, by=by, now=now)
    return row.id


def check_rule(details: RuleDetails) -> None:
    """Whether it can be kept and tried. Raises Invalid."""
    if not details.name.strip() or len(details.name) > LONGEST_NAME:
        raise Invalid(
            N_("Please give a name of at most %(most)s characters."), field="name", most=LONGEST_NAME
        )
    if not 0 < len(details.conditions) <= MOST_CONDITIONS:
        raise Invalid(
            N_("Please set at least one condition, and %(most)s at the most."),
            field="conditions",
            most=MOST_CONDITIONS,
        )
    for condition in details.conditions:
        _check_condition(condition)
    if not details.effects.given():
        raise Invalid(N_("Please choose at least one thing that the rule sets."), field="effects")
    if len(details.effects.tags) > MOST_TAGS:
        raise Invalid(N_("Please keep to %(most)s tags."), field="effects", most=MOST_TAGS)


def _check_condition(condition: Condition) -> None:
    values = [value for value in condition.values if fold(value)]
    if not values or len(values) != len(condition.values):
        raise Invalid(N_("Please fill in every condition, or remove it."), field="conditions")
    if len(values) > MOST_VALUES or condition.test not in TESTS[condition.field]:
        raise Invalid(N_("This condition cannot be kept. Please remove it."), field="conditions")
    if condition.field in NUMBERS and not (values[0].isascii() and values[0].isdigit()):
        raise Invalid(N_("Please give the amount in figures."), field="conditions")


def switch_rule(*, rule_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    db.session.execute(_ONE_AT_A_TIME)
    row = _get(rule_id)
    if row.is_active is not is_active:
        row.is_active = is_active
        _keep(row, RuleAct.SWITCHED_ON if is_active else RuleAct.SWITCHED_OFF, by=by, now=now)


def move_rule(*, rule_id: int, is_up: bool, by: Actor, now: datetime) -> None:
    """One place up or down; at the ends nothing happens."""
    db.session.execute(_ONE_AT_A_TIME)
    rows = list(
        db.session.scalars(
            select(RoutingRule)
            .where(RoutingRule.removed_at.is_(None))
            .order_by(RoutingRule.position, RoutingRule.id)
        )
    )
    row = _get(rule_id)
    place = rows.index(row)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, each in enumerate(rows, 1):
        each.position = position
    _keep(row, RuleAct.MOVED, by=by, now=now)


def remove_rule(*, rule_id: int, by: Actor, now: datetime) -> None:
    """Out of the list for good; tickets it was applied to still name it."""
    db.session.execute(_ONE_AT_A_TIME)
    row = _get(rule_id)
    row.removed_at, row.is_active = now, False
    _keep(row, RuleAct.REMOVED, by=by, now=now)


def _add() -> RoutingRule:
    found = select(func.count(), func.max(RoutingRule.position)).where(RoutingRule.removed_at.is_(None))
    count, last = db.session.execute(found).one()
    if count >= MOST_RULES:
        raise Invalid(N_("There are %(most)s rules already. Please remove one first."), most=MOST_RULES)
    return RoutingRule(position=(last or 0) + 1, version_number=0)


def _get(rule_id: int) -> RoutingRule:
    row = db.session.get(RoutingRule, rule_id, populate_existing=True)
    if row is None or row.removed_at is not None:
        raise NotFound(N_("This rule does not exist any more. Please go back to the list."))
    return row


def _keep(row: RoutingRule, act: RuleAct, *, by: Actor, now: datetime) -> None:
    row.version_number += 1
    db.session.add(
        RoutingRuleVersion(
            rule_id=row.id,
            number=row.version_number,
            name=row.name,
            is_active=row.is_active,
            content=row.content,
            act=act,
            saved_at=now,
            saved_by_id=by.agent_id,
        )
    )
    db.session.flush()
