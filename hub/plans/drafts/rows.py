"""What is told of a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.plans.drafts.loosely import Loose


@dataclass(frozen=True)
class DraftView:
    """The draft of a plan as it is now. `seen`: what to hand back with a change; `from_number`: the version it began from.

    `published_version_id` is None for a plan that was never published. `earlier_count`: how many changes can be undone.
    """

    version_id: int
    plan_id: int
    plan_key: str
    name_fr: str
    name_en: str
    definition: Mapping[str, Any]
    loose: Loose
    seen: str
    from_version_id: int | None
    from_number: int | None
    published_version_id: int | None
    edited_by_id: int | None
    edited_at: datetime | None
    earlier_count: int

    @property
    def is_older(self) -> bool:
        """Whether it was begun from another version than the one in use: going back, or overtaken."""
        return self.from_version_id is not None and self.from_version_id != self.published_version_id

    @property
    def is_whole(self) -> bool:
        """Whether nothing stops it from being published as far as its form goes."""
        return not self.loose.lacks


@dataclass(frozen=True, kw_only=True)
class PlanWords:
    """What is said of a plan beside its versions: names, who goes first (lower), how many receive nothing."""

    name_fr: str
    name_en: str
    priority: int
    control_percent: int
    is_published: bool = False


@dataclass(frozen=True)
class PriorityRow:
    """A plan among the others: who goes first."""

    key: str
    name_fr: str
    name_en: str
    priority: int
