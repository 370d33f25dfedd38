"""What a statement is compiled for: the moment, whom it may look at; and how tests become SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    any_,
    between,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.sql.expression import FromClause, Subquery

from hub.segments.conditions.tree import Condition, Group, Period, Value
from hub.segments.conditions.words import Test

Column = SQLColumnExpression[Any]
Truth = ColumnElement[bool]


@dataclass(frozen=True)
class Bounds:
    """Whom to look at: everybody, the customers of a range of ids, or these. Each condition is bound by them."""

    above_id: int | None = None
    up_to_id: int | None = None
    ids: Sequence[int] | None = None

    def keep(self, owner: Column) -> list[Truth]:
        kept: list[Truth] = []
        if self.above_id is not None:
            kept.append(owner > self.above_id)
        if self.up_to_id is not None:
            kept.append(owner <= self.up_to_id)
        if self.ids is not None:
            kept.append(owner == any_(literal(list(self.ids), type_=ARRAY(BigInteger))))
        return kept


EVERYBODY = Bounds()


@dataclass(frozen=True)
class Frame:
    """`now` is business time; days are those of the chain. `inner`: live segments by id, None for a static one."""

    now: datetime
    zone: ZoneInfo
    bounds: Bounds = EVERYBODY
    inner: Mapping[int, Group | None] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def ago(self, days: Value) -> datetime:
        return self.now - timedelta(days=int(str(days)))

    def within(self, moment: Column, period: Period | None) -> list[Truth]:
        """The conditions that keep a moment in a period."""
        if period is None:
            return []
        if period.last_days is not None:
            return [moment >= self.ago(period.last_days)]
        kept: list[Truth] = []
        if period.first_on:
            kept.append(moment >= self.midnight(period.first_on))
        if period.last_on:
            kept.append(moment < self.midnight(_next(period.last_on)))
        return kept

    def is_at(self, moment: Column, each: Condition) -> Truth:
        """The test of a day on a column that holds a moment."""
        first = each.values[0]
        match each.test:
            case Test.IN_LAST:
                return moment >= self.ago(first)
            case Test.BEFORE_LAST:
                return moment < self.ago(first)
            case Test.IN_NEXT:
                return between(moment, self.now, self.now + timedelta(days=int(str(first))))
        start, end = days_of(each)
        bounds = self.within(moment, Period(first_on=start, last_on=end))
        return and_(true(), *bounds)


def _next(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def days_of(each: Condition) -> tuple[date | None, date | None]:
    """The first and the last day of a test of days that names them."""
    days = [value for value in each.values if isinstance(value, date)]
    if each.test is Test.SINCE:
        return days[0], None
    return (None, days[0]) if each.test is Test.UNTIL else (days[0], days[-1])


@dataclass(frozen=True)
class Members:
    """A set of customers: a select of one column `customer_id`, each at most once; `is_absent`: those not in it.

    `is_measured`: its groups are tested, so that it cannot be read without them.
    """

    chosen: Select[Any]
    is_absent: bool = False
    is_measured: bool = False

    def narrows(self, owner: Column) -> Truth:
        """Keep the owners that are in it, as a semi-join (or an anti-join): no group is made, and all cores may read."""
        rows = self.chosen if self.is_measured else self.chosen.group_by(None)
        if not self.is_absent:
            return owner.in_(rows)
        left_out = rows.subquery()
        return ~exists().where(left_out.c.customer_id == owner)

    def holds(self, owner: Column) -> Truth:
        """Whether one owner is in it: looked up for each who is asked for, never made for everybody."""
        whose = self.chosen.selected_columns.customer_id
        found = self.chosen.where(getattr(whose, "element", whose) == owner)
        is_in = found.exists()
        return ~is_in if self.is_absent else is_in


@dataclass(frozen=True)
class Measured:
    """Figures of customers that several conditions ask for: a select with `customer_id`, and the test on its columns.

    Who has no row has NULL in all of them.
    """

    chosen: Select[Any]
    test: Callable[[Subquery], Truth]


@dataclass(frozen=True)
class Rows:
    """Rows of customers: where they stand, whose they are, when they happened, what is counted (else each row)."""

    source: FromClause
    owner: Column
    moment: Column | None = None
    where: Sequence[Truth] = ()
    unit: Column | None = None


def choose(rows: Rows, each: Condition, frame: Frame) -> Select[Any]:
    """The owners of the rows within the period of the condition, each once."""
    period = frame.within(rows.moment, each.period) if rows.moment is not None else []
    return (
        select(rows.owner.label("customer_id"))
        .select_from(rows.source)
        .where(rows.owner.is_not(None), *rows.where, *period, *frame.bounds.keep(rows.owner))
        .group_by(rows.owner)
    )


def happened(rows: Rows, each: Condition, frame: Frame) -> Members:
    """How often it happened. Who has no row at all has it 0 times: such a test asks for those *not* in a set."""
    chosen = choose(rows, each, frame)
    count = func.count() if rows.unit is None else func.count(rows.unit.distinct())
    match each.test:
        case Test.EVER:
            return Members(chosen)
        case Test.NEVER:
            return Members(chosen, is_absent=True)
    return _apart(chosen, count, each)


def summed(rows: Rows, total: Column, each: Condition, frame: Frame) -> Members:
    """A sum over the rows; without any it is 0."""
    return _apart(choose(rows, each, frame), func.sum(total), each)


def _apart(chosen: Select[Any], measure: Column, each: Condition) -> Members:
    if passes(each, 0):
        return Members(chosen.having(~compare(measure, each)), is_absent=True, is_measured=True)
    return Members(chosen.having(compare(measure, each)), is_measured=True)


def compare(measure: Column, each: Condition) -> Truth:
    """The test of a number on a column."""
    first, last = each.values[0], each.values[-1]
    match each.test:
        case Test.AT_LEAST:
            return measure >= first
        case Test.AT_MOST:
            return measure <= first
        case Test.EXACTLY:
            return measure == first
    return between(measure, first, last)


def passes(each: Condition, number: float) -> bool:
    """The same test on a number."""
    first, last = float(str(each.values[0])), float(str(each.values[-1]))
    match each.test:
        case Test.AT_LEAST:
            return number >= first
        case Test.AT_MOST:
            return number <= first
        case Test.EXACTLY:
            return number == first
    return first <= number <= last


def texts(values: Sequence[Value]) -> Any:
    """Words as one parameter, to compare with `== any`."""
    return any_(literal([str(value) for value in values], type_=ARRAY(Text)))


def numbers(values: Sequence[Value]) -> Any:
    """Ids as one parameter, to compare with `== any`."""
    return any_(literal([int(str(value)) for value in values], type_=ARRAY(BigInteger)))
