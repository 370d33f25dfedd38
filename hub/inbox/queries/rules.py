"""What the pages show of routing rules: the list with its hits, one rule, its versions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.models import RoutingRule, RoutingRuleVersion, RuleHit
from hub.inbox.routing_rules import Rule, from_content
from hub.inbox.routing_words import RuleAct
from hub.inbox.ruleset import read_rules, rule_of
from hub.staff import queries as staff


@dataclass(frozen=True)
class ListedRule:
    """`hit_count` since the moment that was asked for."""

    rule: Rule
    hit_count: int


@dataclass(frozen=True)
class RuleVersion:
    rule: Rule
    act: RuleAct
    saved_at: datetime
    saved_by: str


def list_rules(*, since: datetime) -> list[ListedRule]:
    """Every rule in its order with how many new tickets it matched since then."""
    counted = (
        select(RuleHit.rule_id, func.count()).where(RuleHit.happened_at >= since).group_by(RuleHit.rule_id)
    )
    hits = {row[0]: row[1] for row in db.session.execute(counted)}
    return [ListedRule(rule, hits.get(rule.id, 0)) for rule in read_rules()]


def get_rule(rule_id: int) -> Rule:
    """Raises NotFound for one that is not in the list."""
    row = db.session.get(RoutingRule, rule_id)
    if row is None or row.removed_at is not None:
        raise NotFound(N_("This rule does not exist any more. Please go back to the list."))
    return rule_of(row)


def list_versions(rule_id: int) -> list[RuleVersion]:
    """Newest first."""
    found = select(RoutingRuleVersion).where(RoutingRuleVersion.rule_id == rule_id)
    rows = db.session.scalars(found.order_by(RoutingRuleVersion.number.desc())).all()
    people = staff.get_agents({row.saved_by_id for row in rows if row.saved_by_id})
    return [
        RuleVersion(
            rule=from_content(
                row.content,
                rule_id=rule_id,
                name=row.name,
                version_number=row.number,
                is_active=row.is_active,
            ),
            act=row.act,
            saved_at=row.saved_at,
            saved_by=people[row.saved_by_id].name if row.saved_by_id in people else "",
        )
        for row in rows
    ]
