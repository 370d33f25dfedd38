"""What the counts of one question come to: CSAT, NPS, CES, means, shares, each with its interval. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from hub.core import intervals
from hub.core.intervals import Group, Interval
from hub.questionnaires.definitions import CSAT_SATISFIED, CSAT_SCALE, Question, Wording
from hub.questionnaires.results.hiding import SHAKY
from hub.questionnaires.results.tallying import ANSWERED, SHOWN
from hub.questionnaires.words import QuestionKind

PROMOTER, PASSIVE = 9, 7
FAR = 1e15


class Measure(StrEnum):
    """What a figure is: a share of answers, a net share (-1 to 1), or a mean in the scale's own unit."""

    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    MEAN = "mean"
    YES = "yes"


MEASURES = {
    QuestionKind.CSAT: Measure.CSAT,
    QuestionKind.NPS: Measure.NPS,
    QuestionKind.CES: Measure.CES,
    QuestionKind.SCALE: Measure.MEAN,
    QuestionKind.NUMBER: Measure.MEAN,
    QuestionKind.CONSENT: Measure.YES,
}


@dataclass
class Tally:
    """The counts of one question over some stores and weeks. What was skipped is shown and not answered."""

    shown: int = 0
    answered: int = 0
    total: float = 0.0
    squares: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)

    def put(self, code: str, count: int, total: float, squares: float) -> None:
        if code == SHOWN:
            self.shown += count
        elif code == ANSWERED:
            self.answered += count
            self.total += total
            self.squares += squares
        else:
            self.codes[code] += count

    def add(self, other: "Tally") -> None:
        self.shown += other.shown
        self.answered += other.answered
        self.total += other.total
        self.squares += other.squares
        self.codes.update(other.codes)

    def less(self, other: "Tally") -> "Tally":
        return Tally(
            self.shown - other.shown,
            self.answered - other.answered,
            self.total - other.total,
            self.squares - other.squares,
            self.codes - other.codes,
        )


@dataclass(frozen=True)
class Figure:
    """A value with its interval; `variance` is that of one answer, `count` how many there are."""

    measure: Measure
    interval: Interval
    count: float
    variance: float

    @property
    def is_shaky(self) -> bool:
        return self.count < SHAKY


@dataclass(frozen=True)
class Bar:
    """One line of a distribution. `row` is of a matrix. `score`: the number of a scale."""

    code: str
    words: Wording | None
    count: int
    share: Interval
    row: Wording | None = None
    score: int | None = None
    place: float | None = None


def figure_of(question: Question, tally: Tally) -> Figure | None:
    """None without answers, or where the kind has no one figure."""
    measure = MEASURES.get(question.kind)
    if measure is None or tally.answered <= 0:
        return None
    interval = _interval(measure, question, tally)
    return (
        Figure(measure, interval, tally.answered, _variance(measure, interval.value, tally))
        if interval
        else None
    )


def _interval(measure: Measure, question: Question, tally: Tally) -> Interval | None:
    match measure:
        case Measure.CSAT:
            return intervals.wilson(satisfied(tally), tally.answered)
        case Measure.YES:
            return intervals.wilson(tally.codes["yes"], tally.answered)
        case Measure.NPS:
            return intervals.nps(*ends(tally), tally.answered)
        case _:
            least, most = question.range or (question.least or -FAR, question.most or FAR)
            return intervals.mean(tally.answered, tally.total, tally.squares, least=least, most=most)


def satisfied(tally: Tally) -> int:
    return sum(tally.codes[str(score)] for score in range(CSAT_SATISFIED, CSAT_SCALE[1] + 1))


def ends(tally: Tally) -> tuple[int, int]:
    """Promoters and detractors."""
    promoters = sum(count for code, count in tally.codes.items() if int(code) >= PROMOTER)
    return promoters, sum(count for code, count in tally.codes.items() if int(code) < PASSIVE)


def _variance(measure: Measure, value: float, tally: Tally) -> float:
    if measure in {Measure.CSAT, Measure.YES}:
        return value * (1 - value)
    if measure is Measure.NPS:
        return sum(ends(tally)) / tally.answered - value**2
    return max(0.0, tally.squares / tally.answered - (tally.total / tally.answered) ** 2)


def group_of(figure: Figure | None, size: float = 0.0) -> Group:
    return Group(figure.count, figure.interval.value, size) if figure else Group(0, 0.0, size)


def weigh(figures: list[tuple[Figure | None, float]], whole: Figure) -> Figure | None:
    """The chain's figure when each store counts by its size; its interval is that of as many answers as are as sure."""
    found = intervals.weigh([group_of(figure, size) for figure, size in figures])
    if found is None:
        return None
    spread = (found.effective / whole.count) ** -0.5
    if whole.measure in {Measure.CSAT, Measure.YES}:
        share = intervals.wilson(found.value * found.effective, found.effective)
        return Figure(whole.measure, share, found.effective, whole.variance) if share else None
    low, high = (
        found.value + spread * (end - whole.interval.value)
        for end in (whole.interval.low, whole.interval.high)
    )
    least = -1.0 if whole.measure is Measure.NPS else -FAR
    interval = Interval(max(least, low), found.value, min(-least, high))
    return Figure(whole.measure, interval, found.effective, whole.variance)


def bars_of(question: Question, tally: Tally) -> tuple[Bar, ...]:
    """The distribution among those who answered; of a multiple choice the shares add up to more than all."""
    return tuple(_bars(question, tally)) if tally.answered else ()


def _bars(question: Question, tally: Tally) -> Iterator[Bar]:
    if question.range is not None:
        for code in question.codes:
            yield _bar(code, None, tally.codes[code], tally.answered, score=int(code))
    elif question.kind is QuestionKind.CONSENT:
        for code in ("yes", "no"):
            yield _bar(code, None, tally.codes[code], tally.answered)
    elif question.kind is QuestionKind.MATRIX:
        yield from _matrix(question, tally)
    elif question.kind is QuestionKind.RANKING:
        yield from _ranking(question, tally)
    else:
        for option in question.options:
            yield _bar(option.code, option.words, tally.codes[option.code], tally.answered)
        known = {option.code for option in question.options}
        for code in sorted(code for code, count in tally.codes.items() if count and code not in known):
            yield _bar(code, None, tally.codes[code], tally.answered)


def _matrix(question: Question, tally: Tally) -> Iterator[Bar]:
    """Each line by itself: some are left out."""
    for row in question.rows:
        counts = {option.code: tally.codes[f"{row.code}={option.code}"] for option in question.options}
        for option in question.options:
            code = f"{row.code}={option.code}"
            yield _bar(code, option.words, counts[option.code], sum(counts.values()), row=row.words)


def _ranking(question: Question, tally: Tally) -> Iterator[Bar]:
    """How often each came first, and its mean place."""
    places = range(1, len(question.options) + 1)
    for option in question.options:
        counts = {place: tally.codes[f"{option.code}@{place}"] for place in places}
        total = sum(counts.values())
        place = sum(place * count for place, count in counts.items()) / total if total else None
        yield _bar(option.code, option.words, counts[1], total, place=place)


def _bar(
    code: str,
    words: Wording | None,
    count: int,
    total: int,
    *,
    row: Wording | None = None,
    score: int | None = None,
    place: float | None = None,
) -> Bar:
    share = intervals.wilson(count, total) or Interval(0, 0, 0)
    return Bar(code, words, count, share, row, score, place)
