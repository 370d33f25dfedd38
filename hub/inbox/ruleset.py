"""The routing rules as this process knows them, and what routing is switched on at all: one statement a batch."""

from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select

from hub.core.db import db
from hub.inbox.models import AssignmentSetting, ReasonModel, ReasonWords, RoutingRule, RoutingRuleVersion
from hub.inbox.routing_rules import Rule, from_content
from hub.inbox.routing_words import AssignmentMode, ModelState


@dataclass(frozen=True)
class Switches:
    """`stamp` grows with every change of a rule, 0 when there never was one."""

    stamp: int
    hands_out: bool
    can_suggest: bool


class _Kept:
    """What this process has read: the rules as they were at a stamp."""

    stamp: int = 0
    rules: tuple[Rule, ...] = ()


def read_switches() -> Switches:
    """Looked at by every batch: rules that somebody changed hold from its next one on, in every process."""
    hands_out = exists().where(AssignmentSetting.mode != AssignmentMode.BY_HAND)
    learnt = exists().where(ReasonModel.state == ModelState.READY)
    said = exists().where(ReasonWords.reason_id.is_not(None))
    row = db.session.execute(
        select(func.max(RoutingRuleVersion.id), select(hands_out).scalar_subquery(), or_(learnt, said))
    ).one()
    return Switches(row[0] or 0, bool(row[1]), bool(row[2]))


def get_rules(stamp: int) -> tuple[Rule, ...]:
    """Every rule in its order, those that are off too; read anew only when the stamp is another one."""
    if stamp == 0:
        return ()
    if _Kept.stamp != stamp:
        _Kept.rules = read_rules()
        _Kept.stamp = stamp
    return _Kept.rules


def read_rules() -> tuple[Rule, ...]:
    """As they stand in the table."""
    found = select(RoutingRule).where(RoutingRule.removed_at.is_(None))
    return tuple(
        rule_of(row) for row in db.session.scalars(found.order_by(RoutingRule.position, RoutingRule.id))
    )


def rule_of(row: RoutingRule) -> Rule:
    return from_content(
        row.content,
        rule_id=row.id,
        name=row.name,
        version_number=row.version_number,
        is_active=row.is_active,
    )
