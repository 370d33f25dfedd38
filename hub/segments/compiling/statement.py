"""A tree as one statement: each set of customers is joined once, each test is a column or a parameter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import Subquery

from hub.customers.models import Customer
from hub.segments.compiling.frame import Frame, Members, Truth
from hub.segments.compiling.of_contacts import OF_CONTACTS, OF_VALUES
from hub.segments.compiling.of_customers import OF_CUSTOMERS, of_property
from hub.segments.compiling.of_messages import OF_MESSAGES
from hub.segments.compiling.of_orders import FIGURES, OF_ORDERS, figure, is_figure, is_kept, kept
from hub.segments.conditions.fields import FIELDS, PREFIX
from hub.segments.conditions.tree import Condition, Group, Node, conditions_of
from hub.segments.conditions.words import Match, Source
from hub.segments.models import SegmentMember

ANSWERS = {**OF_CUSTOMERS, **OF_ORDERS, **OF_MESSAGES, **OF_CONTACTS, **OF_VALUES}
UNANSWERED = set(FIELDS) - set(ANSWERS) - {"segments.member"}
"""Nothing: a field that is offered can be asked."""
MOST_INNER = 8


class Question:
    """Collects the sets that a tree needs; the same set is joined once.

    `is_lazy`: sets that would be measured for everybody are looked up for those customers who pass the other tests.
    """

    def __init__(self, root: Node, frame: Frame, *, is_lazy: bool = False) -> None:
        self.frame, self.is_lazy = frame, is_lazy
        self.asked = Counter((each.period, each.only) for each in conditions_of(root) if is_figure(each))
        self.joins: dict[str, Subquery] = {}
        self.inside: list[int] = []

    def truth_of(self, node: Node) -> Truth:
        """Whether a customer is in; never NULL."""
        if isinstance(node, Condition):
            answer = self.answer(node)
            return not_(answer) if node.is_negated else answer
        if not node.parts:
            return true()
        parts = [self.truth_of(part) for part in sorted(node.parts, key=self._is_dear)]
        if node.match is Match.ALL:
            return and_(*parts)
        return or_(*parts) if node.match is Match.ANY else not_(or_(*parts))

    def _is_dear(self, node: Node) -> bool:
        """Whether it looks figures up: asked last, of those of whom nothing else decides."""
        return self.is_lazy and any(is_figure(each) for each in conditions_of(node))

    def narrow(self, node: Node, *, is_negated: bool = False) -> list[Truth]:
        """The same as `truth_of`, as tests that must all hold: a set that everybody has to be in (or out of) is not joined."""
        if isinstance(node, Condition):
            return self._narrow_by(node, is_negated=is_negated is not node.is_negated)
        if node.parts and node.match is (Match.ANY if is_negated else Match.ALL):
            return [truth for part in node.parts for truth in self.narrow(part, is_negated=is_negated)]
        if node.parts and node.match is Match.NONE and not is_negated:
            return [truth for part in node.parts for truth in self.narrow(part, is_negated=True)]
        truth = self.truth_of(node)
        return [not_(truth) if is_negated else truth]

    def _narrow_by(self, each: Condition, *, is_negated: bool) -> list[Truth]:
        found = self._ask(each)
        if isinstance(found, Members):
            return [replace(found, is_absent=found.is_absent is not is_negated).narrows(Customer.id)]
        return [not_(found) if is_negated else found]

    def answer(self, each: Condition) -> Truth:
        """What one condition says, before its own negation."""
        if self.is_lazy and is_kept(each):
            return self._kept_or_looked_up(each)
        found = self._ask(each)
        if isinstance(found, Members):
            is_looked_up = self.is_lazy and found.is_measured and is_figure(each)
            return found.holds(Customer.id) if is_looked_up else self._is_member(found)
        return found

    def _kept_or_looked_up(self, each: Condition) -> Truth:
        """A figure of the whole life, as it is kept; of those who have none yet by their orders."""
        known = self._join(kept(self.frame))
        looked_up = ANSWERS[each.field.key](each, self.frame).holds(Customer.id)
        return case((known.c.customer_id.is_not(None), FIGURES[each.field.key](known, each)), else_=looked_up)

    def _ask(self, each: Condition) -> Truth | Members:
        if each.field.source is Source.SEGMENT:
            return or_(*(self._is_inside(int(str(value))) for value in each.values))
        if each.field.key.startswith(PREFIX):
            return of_property(each, self.frame)
        if is_figure(each) and self.asked[each.period, each.only] > 1:
            measured = figure(each, self.frame)
            return measured.test(self._join(measured.chosen))
        return ANSWERS[each.field.key](each, self.frame)

    def _is_inside(self, segment_id: int) -> Truth:
        """Of a live segment its own tree; of a static one the members it keeps; of none at all nobody."""
        if segment_id not in self.frame.inner or segment_id in self.inside or len(self.inside) >= MOST_INNER:
            return false()
        tree = self.frame.inner[segment_id]
        if tree is None:
            kept = select(SegmentMember.customer_id).where(
                SegmentMember.segment_id == segment_id, *self.frame.bounds.keep(SegmentMember.customer_id)
            )
            return self._is_member(Members(kept))
        self.inside.append(segment_id)
        truth = self.truth_of(tree)
        self.inside.pop()
        return truth

    def _is_member(self, members: Members) -> Truth:
        owner = self._join(members.chosen).c.customer_id
        return owner.is_(None) if members.is_absent else owner.is_not(None)

    def _join(self, chosen: Select[Any]) -> Subquery:
        compiled = chosen.compile()
        key = f"{compiled} {sorted(compiled.params.items(), key=str)}"
        if key not in self.joins:
            self.joins[key] = chosen.subquery(f"set_{len(self.joins) + 1}")
        return self.joins[key]

    def select(self, *columns: SQLColumnExpression[Any]) -> Select[Any]:
        """The columns for everybody the frame looks at: without those who were archived, erased or merged away."""
        statement = select(*columns).select_from(Customer)
        for one in self.joins.values():
            statement = statement.outerjoin(one, one.c.customer_id == Customer.id)
        return statement.where(*is_there(), *self.frame.bounds.keep(Customer.id))


def is_there() -> Sequence[Truth]:
    """Customers a segment may hold."""
    return (Customer.archived_at.is_(None), Customer.erased_at.is_(None), Customer.merged_into_id.is_(None))


def _is_narrowed(root: Group) -> bool:
    """Whether a condition of the first level leaves fewer customers for the groups inside."""
    return root.match is Match.ALL and any(isinstance(part, Condition) for part in root.parts)


def ask_count(root: Group, frame: Frame) -> Select[Any]:
    """How many it holds."""
    question = Question(root, frame, is_lazy=_is_narrowed(root))
    tests = question.narrow(root)
    return question.select(func.count()).where(*tests)


def ask_ids(root: Group, frame: Frame) -> Select[Any]:
    """Who it holds, by id."""
    question = Question(root, frame, is_lazy=_is_narrowed(root))
    tests = question.narrow(root)
    return question.select(Customer.id).where(*tests)


@dataclass(frozen=True)
class Patterns:
    """`statement` gives (bits, count): bit n is what condition n says of these customers, before its own negation."""

    statement: Select[Any]
    conditions: tuple[Condition, ...]


def ask_patterns(root: Group, frame: Frame) -> Patterns:
    """How many customers give the same answers: from that follows what each condition leaves, in one pass."""
    question = Question(root, frame)
    conditions = tuple(conditions_of(root))
    bits: ColumnElement[int] = literal(0, BigInteger)
    for place, each in enumerate(conditions):
        bits = bits + case(
            (question.answer(each), literal(1 << place, BigInteger)), else_=literal(0, BigInteger)
        )
    inner = question.select(bits.label("bits")).subquery()
    statement = select(inner.c.bits, func.count()).group_by(inner.c.bits)
    return Patterns(statement, conditions)
