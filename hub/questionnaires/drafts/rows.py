"""What is told of questionnaires and their drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from hub.questionnaires.definitions import Definition
from hub.questionnaires.words import QuestionnaireState


def is_taking(state: QuestionnaireState, closes_at: datetime | None, now: datetime) -> bool:
    """Whether answers are taken: it is open, and its closing moment has not come."""
    return state is QuestionnaireState.OPEN and (closes_at is None or now < closes_at)


@dataclass(frozen=True, kw_only=True)
class QuestionnaireRow:
    """A line of the list. `response_count`: complete ones."""

    id: int
    name: str
    state: QuestionnaireState
    closes_at: datetime | None
    changed_at: datetime
    response_count: int


@dataclass(frozen=True, kw_only=True)
class DraftView:
    """A questionnaire as its editor sees it. `seen`: what to hand back with a change.

    `published` is the version in use, None before the first one. `earlier_count`: how many changes can be undone.
    """

    id: int
    key: str
    name: str
    state: QuestionnaireState
    document: Mapping[str, Any]
    definition: Definition
    seen: str
    published: Mapping[str, Any] | None
    number: int
    closes_at: datetime | None
    earlier_id: int | None
    changed_at: datetime
    changed_by_id: int | None
    earlier_count: int

    @cached_property
    def is_changed(self) -> bool:
        """Whether the draft says something else than what is answered now."""
        return self.published is not None and self.published != self.document

    def is_taking(self, now: datetime) -> bool:
        return is_taking(self.state, self.closes_at, now)


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """A version that was published."""

    id: int
    number: int
    published_at: datetime
    published_by_id: int | None
    definition: Mapping[str, Any]
    moved: Mapping[str, Any]
    response_count: int
