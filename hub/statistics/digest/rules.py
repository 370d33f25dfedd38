"""What is worth a look, and the three things that are shown: each rule is a function of the figures. Pure.

A rule speaks only where both sides are large enough (30 waits, answers or tickets) and the change lies beyond what
chance explains; small numbers never make an observation.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev

from hub.core.intervals import Interval, newcombe, student
from hub.statistics.digest.words import Page, Rule
from hub.statistics.rows import Satisfaction, Waits
from hub.statistics.rules import FEW_ANSWERS, FEW_WAITS

SHOWN = 3
LEAST_PAST = 5
LEAST_WAITING = 10
LEAST_POINTS = 0.03
MOSTLY = 0.5
SHORTEST_SECONDS = 60.0
TIERS = {Rule.CENTRAL_QUEUE: 0, Rule.GAP: 2}
USUAL_TIER = 1
SAME = ({Rule.LATE, Rule.SLOW},)
"""Of one place only one of these is told: they are two sides of one thing."""


@dataclass(frozen=True)
class Place:
    """A store; without a code it is all that the digest is about."""

    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class Part:
    """So many of so many."""

    count: int
    total: int

    @property
    def is_few(self) -> bool:
        return self.total < FEW_WAITS

    @property
    def share(self) -> float:
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a place answered: now, in the period before, and in the periods before that as far as they are known."""

    place: Place
    now: Waits
    before: Waits
    past: tuple[Waits, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What the customers of a place answered."""

    place: Place
    now: Satisfaction
    before: Satisfaction


@dataclass(frozen=True, kw_only=True)
class Change:
    """The same part, now and before; `subject` names a contact reason by its id."""

    now: Part
    before: Part
    subject: int = 0


@dataclass(frozen=True, kw_only=True)
class Sight:
    """All that the rules look at."""

    courses: tuple[Course, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    unanswered: Change | None = None
    reopened: Change | None = None
    moved: Change | None = None
    reasons: tuple[Change, ...] = ()
    gaps: tuple[tuple[int, Part], ...] = ()
    central_waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One thing to look at: how many customers it concerns, and the numbers of its sentence."""

    rule: Rule
    page: Page
    concerned: int
    place: Place = Place()
    subject: int = 0
    values: Mapping[str, float] = field(default_factory=dict)


def choose(sight: Sight) -> tuple[Observation, ...]:
    """At most three: first who waits in the central queue, then what grew worse, last what the articles lack.

    Among these by how many customers are concerned; one of a rule, and of one place not two that say the same.
    """
    chosen: list[Observation] = []
    for each in sorted(observe(sight), key=_order):
        if len(chosen) < SHOWN and not any(_says_the_same(each, other) for other in chosen):
            chosen.append(each)
    return tuple(chosen)


def observe(sight: Sight) -> Iterator[Observation]:
    """Everything that a rule finds."""
    if sight.central_waiting >= LEAST_WAITING:
        count = sight.central_waiting
        yield Observation(rule=Rule.CENTRAL_QUEUE, page=Page.INBOX, concerned=count, values={"count": count})
    yield from _of_waits(sight.courses)
    yield from _of_answers(sight.opinions)
    yield from _grown(Rule.UNANSWERED, Page.RESPONSE_TIMES, sight.unanswered)
    yield from _grown(Rule.REOPENED, Page.RESPONSE_TIMES, sight.reopened)
    yield from _grown(Rule.MOVED, Page.ROUTING, sight.moved)
    for change in sight.reasons:
        if change.now.count > change.before.count:
            yield from _grown(Rule.REASON, Page.INBOX, change)
    for subject, part in sight.gaps:
        if not part.is_few and part.share >= MOSTLY:
            values = {"count": part.count, "total": part.total}
            yield Observation(
                rule=Rule.GAP, page=Page.GAPS, concerned=part.count, subject=subject, values=values
            )


def expected_median(past: Sequence[Waits]) -> Interval | None:
    """Where 19 of 20 medians of this place lie, by its own past: Student's interval of one more value, on logarithms.

    None of fewer than five periods with enough replies.
    """
    logs = [
        math.log(max(waits.median_seconds, SHORTEST_SECONDS))
        for waits in past
        if not waits.is_few and waits.median_seconds is not None
    ]
    if len(logs) < LEAST_PAST:
        return None
    middle = fmean(logs)
    reach = student(len(logs) - 1) * stdev(logs) * math.sqrt(1 + 1 / len(logs))
    return Interval(math.exp(middle - reach), math.exp(middle), math.exp(middle + reach))


def late_part(waits: Waits) -> Part:
    """Waits that ended after their target, of those with known hours."""
    in_time = round((waits.target_share or 0.0) * waits.measured_count)
    return Part(waits.measured_count - in_time, waits.measured_count)


def _of_waits(courses: Iterable[Course]) -> Iterator[Observation]:
    for course in courses:
        change = Change(now=late_part(course.now), before=late_part(course.before))
        yield from _grown(Rule.LATE, Page.RESPONSE_TIMES, change, course.place)
        usual, median = expected_median(course.past), course.now.median_seconds
        if usual is not None and median is not None and not course.now.is_few and median > usual.high:
            yield Observation(
                rule=Rule.SLOW,
                page=Page.RESPONSE_TIMES,
                concerned=course.now.measured_count // 2,
                place=course.place,
                values={"median": median, "low": usual.low, "high": usual.high},
            )


def _of_answers(opinions: Iterable[Opinion]) -> Iterator[Observation]:
    """Satisfied customers became fewer: told as the share of those who are not."""
    for each in opinions:
        now, before = _unhappy(each.now), _unhappy(each.before)
        if min(now.total, before.total) >= FEW_ANSWERS:
            change = Change(now=now, before=before)
            yield from _grown(Rule.SATISFACTION, Page.SATISFACTION, change, each.place)


def _unhappy(found: Satisfaction) -> Part:
    return Part(found.counts[2], found.total)


def _grown(rule: Rule, page: Page, change: Change | None, place: Place = Place()) -> Iterator[Observation]:
    """The share grew: beyond the 95 % interval of the difference, and by three points at least."""
    if change is None or change.now.is_few or change.before.is_few:
        return
    now, before = change.now, change.before
    found = newcombe(now.count, now.total, before.count, before.total)
    if found is None or found.low <= 0 or found.value < LEAST_POINTS:
        return
    yield Observation(
        rule=rule,
        page=page,
        concerned=max(1, round(found.value * now.total)),
        place=place,
        subject=change.subject,
        values={
            "count": now.count,
            "total": now.total,
            "share": now.share,
            "before": before.share,
            "low": found.low,
            "high": found.high,
        },
    )


def _order(each: Observation) -> tuple[int, int, int, str, int]:
    tier = TIERS.get(each.rule, USUAL_TIER)
    return tier, -each.concerned, list(Rule).index(each.rule), each.place.name, each.subject


def _says_the_same(each: Observation, other: Observation) -> bool:
    if each.rule is other.rule:
        return True
    return each.place == other.place and any({each.rule, other.rule} <= both for both in SAME)
