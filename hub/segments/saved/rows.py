"""What the saved segments hand out: frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hub.segments.conditions.tree import Group
from hub.segments.words import FileKind, SegmentKind, WorkState


@dataclass(frozen=True)
class SegmentRow:
    """A segment. `customer_count` was right at `counted_at`; None before the first count."""

    id: int
    name: str
    description: str
    kind: SegmentKind
    definition: Mapping[str, Any]
    revision: int
    owner_id: int | None
    owner_name: str
    customer_count: int | None
    counted_at: datetime | None
    refreshed_at: datetime | None
    work_state: WorkState
    error: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

    @property
    def is_static(self) -> bool:
        return self.kind is SegmentKind.STATIC

    @property
    def is_working(self) -> bool:
        return self.work_state in {WorkState.WAITING, WorkState.RUNNING}


@dataclass(frozen=True)
class UseRow:
    """What looks at a segment: another segment, a plan, a campaign."""

    source_kind: str
    source_id: int
    name: str


@dataclass(frozen=True)
class SizeRow:
    counted_on: date
    customer_count: int


@dataclass(frozen=True)
class FileRow:
    """A file asked for. `sha256` names it on the shelf once it is done, until it ends."""

    id: int
    segment_id: int
    kind: FileKind
    state: WorkState
    asked_at: datetime
    done_at: datetime | None
    ends_at: datetime
    row_count: int | None
    sha256: str | None
    error: str


@dataclass(frozen=True)
class Draft:
    """A segment as a person leaves it. `revision` is the one that was seen, None for a new one."""

    name: str
    description: str
    kind: SegmentKind
    root: Group
    revision: int | None = None
