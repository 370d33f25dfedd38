"""Results of plans as pages and files show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.plans.results.rules import Gain, Sums, compare
from hub.plans.words import Arm, ExitReason, StepOutcome

NOBODY = Sums()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Windows that opened from `since` to before `until`, as known at `now`; business time.

    `store_ids` narrows to customers whose preferred store is one of them, None is everybody; `version` to those who
    entered with this version. `is_usual`: the last twelve months, whatever else is asked.
    """

    since: datetime
    until: datetime
    now: datetime
    store_ids: frozenset[int] | None = None
    version: int | None = None
    is_usual: bool = False


@dataclass(frozen=True)
class Arms:
    """Both arms of one group: heads whose window is closed, and how many are still counting."""

    treated: Sums = NOBODY
    control: Sums = NOBODY
    treated_open: int = 0
    control_open: int = 0

    @property
    def gain(self) -> Gain:
        return compare(self.treated, self.control)

    @property
    def heads(self) -> int:
        """All of them, counted or counting."""
        return self.treated.heads + self.control.heads + self.treated_open + self.control_open


@dataclass(frozen=True)
class VersionRow:
    """`has_dates`: steps count from a date that may lie after the entry, and so does the window (windows.py)."""

    id: int
    number: int
    horizon_days: int
    step_keys: tuple[str, ...]
    has_dates: bool = False


@dataclass(frozen=True)
class Ahead:
    """Passages of both arms whose window has not opened, and when the first one does."""

    passages: int = 0
    first_at: datetime | None = None


@dataclass(frozen=True)
class StoreArms:
    """`store_id` None: customers without a preferred store."""

    store_id: int | None
    code: str
    name: str
    arms: Arms


@dataclass(frozen=True)
class StepFigures:
    """One step: passages by outcome, and what became of its messages."""

    step_key: str
    waiting: int
    outcomes: Mapping[StepOutcome, int]
    sent: int
    delivered: int
    engaged: int


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Passages of the treated arm that came as far as each stage; `control` is how many entered the other arm.

    `engaged`, `unsubscribed` and `complained` are among `sent`.
    """

    entered: int = 0
    control: int = 0
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    engaged: int = 0
    unsubscribed: int = 0
    complained: int = 0


@dataclass(frozen=True)
class PlanHead:
    id: int
    key: str
    name_fr: str
    name_en: str
    is_on: bool
    control_percent: int


@dataclass(frozen=True)
class Results:
    """What one plan did and earned. `computed_at` is set when the figures were kept and not read just now.

    `before`: the arms of the period beside it; None where none was asked for, or it has too many entries.
    """

    asked: Asked
    plan: PlanHead
    versions: tuple[VersionRow, ...]
    currency: str
    arms: Arms
    by_store: tuple[StoreArms, ...]
    by_version: tuple[tuple[int, Arms], ...]
    funnel: Funnel
    steps: tuple[StepFigures, ...]
    exits: Mapping[Arm, Mapping[ExitReason, int]] = field(default_factory=dict)
    ahead: Ahead = Ahead()
    computed_at: datetime | None = None
    before: Arms | None = None

    @property
    def horizons(self) -> tuple[int, ...]:
        """The windows of the versions that somebody entered with, in days."""
        used = {number for number, _ in self.by_version}
        return tuple(sorted({row.horizon_days for row in self.versions if row.number in used}))

    @property
    def has_dates(self) -> bool:
        """Whether one of its versions lets windows open, or last, by a date."""
        return any(row.has_dates for row in self.versions)
