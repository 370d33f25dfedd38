"""What the duplicates hand out: pairs and merges as frozen rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.customers.duplicates.words import PairState, Why
from hub.customers.rows import CustomerRow


@dataclass(frozen=True)
class Reason:
    """One reason of a score; points may be negative. `why` has its words on the page."""

    why: Why
    points: int


@dataclass(frozen=True)
class PairRow:
    """Two customers who may be one; `points` 0-100."""

    id: int
    left_id: int
    right_id: int
    state: PairState
    points: int
    is_exact: bool
    reasons: Sequence[Mapping[str, Any]]
    found_at: datetime
    decided_at: datetime | None
    decided_by_id: int | None


@dataclass(frozen=True)
class PairLine:
    """A pair in the queue, with both customers."""

    pair: PairRow
    left: CustomerRow
    right: CustomerRow


@dataclass(frozen=True)
class MergeRow:
    """A merge in the list; `later_id` is the merge to undo first, `may_undo` False when it is undone or forgotten."""

    id: int
    batch_id: int | None
    survivor: CustomerRow
    merged: CustomerRow
    points: int | None
    fields: Mapping[str, Any]
    agent_id: int | None
    merged_at: datetime
    undone_at: datetime | None
    undone_by_id: int | None
    forgotten_at: datetime | None
    later_id: int | None

    @property
    def may_undo(self) -> bool:
        return self.undone_at is None and self.forgotten_at is None and self.later_id is None


@dataclass(frozen=True)
class SharedAddress:
    """An address shared in a household, seen from one card: `other` is its owner, or who shares it."""

    link_id: int
    value: str
    other_id: int
    other_name: str
    is_mine: bool
