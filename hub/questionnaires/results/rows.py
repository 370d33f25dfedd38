"""The results of a questionnaire as a page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.core.intervals import Interval
from hub.core.words import Language
from hub.questionnaires.definitions import Question, Wording
from hub.questionnaires.results.mapping import Version
from hub.questionnaires.results.measuring import Bar, Figure
from hub.questionnaires.sending.cohorts import Cohort
from hub.stores.queries import RegionRow, StoreRow


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address and the reader's stores narrow the results to. `store_ids`: None is the whole chain, with answers of no store.

    `place`: the one store, or the one region, that `store_ids` are, for anonymous questionnaires.
    """

    store_ids: frozenset[int] | None = None
    store_id: int | None = None
    region_id: int | None = None
    since_on: date | None = None
    until_on: date | None = None
    language: Language | None = None
    version: int | None = None
    question: str = ""
    is_strict: bool = False


@dataclass(frozen=True)
class Places:
    """Every store, closed ones too, and every region, in the order of their names: read once a page."""

    stores: tuple[StoreRow, ...]
    regions: tuple[RegionRow, ...]


@dataclass(frozen=True)
class QuestionResult:
    """`is_hidden`: too few answers to be shown. `left_out`: versions with another scale, whose answers are not in it.

    `change`: against the earlier questionnaire, where both are comparable (`is_comparable`, None without an earlier one).
    """

    question: Question
    shown: int
    answered: int
    figure: Figure | None
    bars: tuple[Bar, ...]
    is_hidden: bool = False
    left_out: tuple[int, ...] = ()
    earlier: Figure | None = None
    change: Interval | None = None
    is_comparable: bool | None = None


@dataclass(frozen=True)
class PlaceResult:
    """A region or a store; `shrunk` is its value drawn to the chain's mean, None where nothing can be said."""

    id: int
    code: str
    name: str
    answered: int
    figure: Figure | None
    shrunk: float | None = None
    is_hidden: bool = False


@dataclass(frozen=True)
class WeekResult:
    """`change` against the week before that is shown. Of an anonymous questionnaire it is a month, by its first day."""

    week_on: date
    answered: int
    figure: Figure | None
    change: Interval | None = None
    is_hidden: bool = False


@dataclass(frozen=True)
class PageLeft:
    """How many came by a page, and stopped there. `last`: of several pages told as one, so that none stands for too few.

    `shown` is None where not everybody came by: how many did not would be told else.
    """

    key: str
    number: int
    last: int
    title: Wording
    shown: int | None
    left: int


@dataclass(frozen=True)
class Way:
    """How far people came. `computed_at`: when it was counted, None for just now. `partial`: None where they are too few."""

    partial: int | None
    pages: tuple[PageLeft, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    sizes: Mapping[int, int] = field(default_factory=dict)
    computed_at: datetime | None = None


@dataclass(frozen=True)
class Results:
    """`headline` is the question that places and weeks are shown for; `weighted` its value with each store by its size.

    `earlier_name` is for the staff, `earlier_title` what participants read.
    """

    id: int
    name: str
    versions: tuple[Version, ...]
    version: Version
    is_anonymous: bool
    earlier_name: str
    complete: int
    is_hidden: bool
    questions: tuple[QuestionResult, ...]
    headline: QuestionResult | None
    regions: tuple[PlaceResult, ...]
    stores: tuple[PlaceResult, ...]
    weighted: Figure | None
    weeks: tuple[WeekResult, ...]
    way: Way | None
    earlier_title: Wording | None = None
