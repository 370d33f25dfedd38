"""What stands behind an address of a questionnaire, as the pages need it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from hub.core.words import Language
from hub.questionnaires.definitions import Definition
from hub.questionnaires.links import Ticket
from hub.questionnaires.walking import Walk, walk
from hub.questionnaires.words import LinkKind, QuestionKind, QuestionnaireState, ResponseState


class Standing(StrEnum):
    """Whether an address takes answers. OFF: the open link was switched off."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    OFF = "off"


def is_closed(state: QuestionnaireState, closes_at: datetime | None, now: datetime) -> bool:
    return state is not QuestionnaireState.OPEN or (closes_at is not None and closes_at <= now)


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """The first page. `language` is that of the invitation; `response_key` of what an invited person has begun."""

    token: str
    questionnaire_id: int
    version_id: int
    definition: Definition
    closes_at: datetime | None
    standing: Standing
    invitation_id: int | None = None
    link_id: int | None = None
    link_kind: LinkKind | None = None
    most_a_day: int = 0
    customer_id: int | None = None
    store_id: int | None = None
    language: Language | None = None
    response_key: str | None = None
    first_name: str = ""
    store_name: str = ""


@dataclass(frozen=True, kw_only=True)
class FileRow:
    id: int
    question_key: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ResponsePage:
    """One response as it is being filled in. `answers`: all that was told, codes and words."""

    ticket: Ticket
    id: int
    questionnaire_id: int
    version_id: int
    definition: Definition
    state: ResponseState
    is_closed: bool
    language: Language
    link_id: int | None
    link_kind: LinkKind | None
    invitation_id: int | None
    customer_id: int | None
    store_id: int | None
    page_key: str
    answers: dict[str, Any]
    first_name: str
    store_name: str

    @property
    def way(self) -> Walk:
        return walk(self.definition, self.answers, seed=self.ticket.key)

    @property
    def has_files(self) -> bool:
        return any(each.kind is QuestionKind.FILE for each in self.definition.questions)
