"""What the replay hands out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.plans.replay.words import ReplayState


@dataclass(frozen=True)
class VersionChoice:
    """A version that can be replayed. `digest` is that of its content now."""

    id: int
    number: int
    is_draft: bool
    is_published: bool
    digest: str
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class ReplayRow:
    """One replay in a list. `has_changed`: the draft has been edited since, so that this is of another content."""

    id: int
    version_number: int
    is_draft: bool
    has_changed: bool
    days: int
    since: datetime
    until: datetime
    state: ReplayState
    done_count: int
    total_count: int | None
    error: str
    asked_at: datetime
    ended_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        return self.state in {ReplayState.WAITING, ReplayState.RUNNING}


@dataclass(frozen=True)
class ReplayView:
    """One replay with what came of it: tables of counts (words.Table), and what was reckoned from them."""

    row: ReplayRow
    definition: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, int]]
    result: Mapping[str, Any]
