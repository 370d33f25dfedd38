"""What the pages show of suggested reasons: the one of a ticket, what was learnt and how often it was right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from hub.core.db import db
from hub.inbox.models import ReasonModel, ReasonSuggestion, Ticket
from hub.inbox.routing_words import ModelState, SuggestedBy, SuggestionState
from hub.inbox.suggesting import Precision
from hub.inbox.words import TicketState


@dataclass(frozen=True)
class OfferedReason:
    """The suggestion on a ticket. `share` of 1 is its held-out precision; None for words no training has measured."""

    reason_id: int
    by: SuggestedBy
    share: float | None
    held_out_count: int
    word: str


@dataclass(frozen=True)
class ModelRow:
    """One training. `figures` by reason: what the model, and what the words of the head office, came to."""

    id: int
    state: ModelState
    asked_at: datetime
    trained_at: datetime | None
    ticket_count: int
    held_out_count: int
    seconds: float
    error: str
    by_model: Mapping[int, Precision]
    by_words: Mapping[int, Precision]


@dataclass(frozen=True)
class Decided:
    """What people made of suggestions of one reason."""

    accepted_count: int
    overruled_count: int


def find_offered_reason(ticket_id: int) -> OfferedReason | None:
    """What may be shown on the ticket now."""
    found = select(ReasonSuggestion).where(
        ReasonSuggestion.ticket_id == ticket_id, ReasonSuggestion.state == SuggestionState.OFFERED
    )
    row = db.session.scalar(found)
    if row is None or row.reason_id is None or row.suggested_by is None:
        return None
    return OfferedReason(row.reason_id, row.suggested_by, row.share, row.held_out_count, row.word)


def find_latest_training() -> ModelRow | None:
    return _find(select(ReasonModel).order_by(ReasonModel.id.desc()))


def find_ready_model() -> ModelRow | None:
    """What suggestions rest on now."""
    return _find(
        select(ReasonModel).where(ReasonModel.state == ModelState.READY).order_by(ReasonModel.id.desc())
    )


def _find(statement: Select[ReasonModel]) -> ModelRow | None:
    row = db.session.scalar(statement.limit(1))
    if row is None:
        return None
    return ModelRow(
        id=row.id,
        state=row.state,
        asked_at=row.asked_at,
        trained_at=row.trained_at,
        ticket_count=row.ticket_count,
        held_out_count=row.held_out_count,
        seconds=row.seconds,
        error=row.error,
        by_model=_precisions(row.figures.get("model", {})),
        by_words=_precisions(row.figures.get("words", {})),
    )


def _precisions(figures: Mapping[str, list[int]]) -> dict[int, Precision]:
    return {int(reason_id): Precision(*pair) for reason_id, pair in figures.items()}


def count_confirmed() -> int:
    """Tickets that a person solved with their reason: what can be learnt from."""
    found = select(func.count()).where(
        Ticket.state.in_([TicketState.SOLVED, TicketState.CLOSED]),
        Ticket.reason_id.is_not(None),
        Ticket.first_solved_at.is_not(None),
        Ticket.merged_into_id.is_(None),
    )
    return db.session.scalar(found) or 0


def count_decided(*, since: datetime) -> dict[int, Decided]:
    """By suggested reason what people decided since then."""
    found = (
        select(
            ReasonSuggestion.reason_id,
            func.count().filter(ReasonSuggestion.state == SuggestionState.ACCEPTED),
            func.count().filter(ReasonSuggestion.state == SuggestionState.OVERRULED),
        )
        .where(ReasonSuggestion.decided_at >= since)
        .group_by(ReasonSuggestion.reason_id)
    )
    return {row[0]: Decided(row[1], row[2]) for row in db.session.execute(found) if row[0]}
