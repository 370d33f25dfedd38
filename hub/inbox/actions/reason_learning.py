"""Trains the reasons on the chain's own tickets, in a worker: asked for by a person or by the night, measured, kept.

What is claimed is noted as failed until it has ended well: a training that kills its worker is not tried for ever.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import DateTime, Integer, Row, String, cast, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from hub.core import clock, files
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db, ring_after_commit, transaction
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.inbox.actions.suggestions import BELL as SUGGESTIONS
from hub.inbox.actions.suggestions import read_words
from hub.inbox.directory import Directory
from hub.inbox.learning import learn, name_reasons, to_bytes
from hub.inbox.models import ReasonModel, ReasonSuggestion, Ticket, TicketMessage
from hub.inbox.routing_words import ModelState, SuggestionState
from hub.inbox.states import OPEN_STATES
from hub.inbox.suggesting import (
    HELD_OUT_SHARE,
    LEAST_TICKETS,
    TEXT_CHARS,
    Precision,
    find_by_words,
    measure,
    plain_text,
)
from hub.inbox.words import MessageKind, TicketState

log = structlog.get_logger(__name__)
BELL = "reason_models"
MOST_TICKETS = 10_000
MOST_OPEN = 5_000
A_NIGHT = timedelta(hours=20)
ENDED = "the worker ended while it learnt"


def ask_training(*, by: Actor, now: datetime) -> None:
    """Learn anew as soon as a worker is free. Raises Conflict while one training waits."""
    if has_due():
        raise Conflict(N_("A training is asked for already. Its result appears here."))
    db.session.add(ReasonModel(state=ModelState.WAITING, asked_at=now, asked_by_id=by.agent_id, error=""))
    db.session.flush()
    ring_after_commit(BELL)


def has_due() -> bool:
    waiting = select(ReasonModel.id).where(ReasonModel.state == ModelState.WAITING)
    return db.session.scalar(waiting.limit(1)) is not None


def work_reason_models(wake: Callable[[], None]) -> int:  # noqa: ARG001 - the shape of every job
    """One training: what somebody asked for, or rung by night what is due. No transaction is open while it learns."""
    started = monotonic()
    with transaction():
        claimed = _claim(clock.business_now())
        rows = _list_confirmed() if claimed else []
        words = read_words()
    if claimed is None:
        return 0
    count = len(rows)
    try:
        made = _train(rows, words) if count >= LEAST_TICKETS else None
    except Exception as error:
        log.exception("reasons.not_learnt", model_id=claimed)
        _end(claimed, ModelState.FAILED, count, started, error=f"{type(error).__name__}: {error}"[:500])
        return 1
    if made is None:
        _end(claimed, ModelState.TOO_FEW, count, started)
    else:
        _end(claimed, ModelState.READY, count, started, **made)
    return 1


def _claim(now: datetime) -> int | None:
    """The id of the training to do; by night one is asked for when the latest is a night old."""
    found = select(ReasonModel).where(ReasonModel.state == ModelState.WAITING).order_by(ReasonModel.id)
    row = db.session.scalar(found.limit(1).with_for_update(skip_locked=True))
    if row is None:
        latest = db.session.scalar(select(func.max(ReasonModel.asked_at)))
        if latest is not None and now - latest < A_NIGHT:
            return None
        row = ReasonModel(asked_at=now, asked_by_id=SYSTEM.agent_id)
        db.session.add(row)
    row.state, row.error = ModelState.FAILED, ENDED
    db.session.flush()
    return row.id


def _list_confirmed() -> Sequence[Row[int, str, str]]:
    """The latest tickets that a person solved with their reason, oldest first: reason, subject, first message."""
    latest = (
        select(Ticket.id)
        .where(
            Ticket.state.in_([TicketState.SOLVED, TicketState.CLOSED]),
            Ticket.reason_id.is_not(None),
            Ticket.first_solved_at.is_not(None),
            Ticket.merged_into_id.is_(None),
        )
        .order_by(Ticket.id.desc())
        .limit(MOST_TICKETS)
        .subquery()
    )
    first = (
        select(
            TicketMessage.ticket_id,
            func.left(TicketMessage.text, TEXT_CHARS).label("text"),
        )
        .where(TicketMessage.ticket_id.in_(select(latest.c.id)), TicketMessage.kind == MessageKind.CUSTOMER)
        .ext(distinct_on(TicketMessage.ticket_id))
        .order_by(TicketMessage.ticket_id, TicketMessage.happened_at, TicketMessage.id)
        .subquery()
    )
    found = (
        select(Ticket.reason_id, Ticket.subject, first.c.text)
        .join(first, first.c.ticket_id == Ticket.id)
        .order_by(Ticket.created_at, Ticket.id)
    )
    return db.session.execute(found).all()


def _train(rows: Sequence[Row[int, str, str]], words: dict[int, Sequence[str]]) -> dict[str, Any] | None:
    """Learn from the older tickets, measure on the later ones; None when too few reasons have examples."""
    texts = [plain_text(subject, text) for _, subject, text in rows]
    reasons = [reason_id for reason_id, _, _ in rows]
    edge = int(len(rows) * (1 - HELD_OUT_SHARE))
    learnt = learn(texts[:edge], reasons[:edge])
    if learnt is None:
        return None
    named = measure(name_reasons(learnt, texts[edge:]), reasons[edge:])
    said = [find_by_words(f"{subject}\n{text}", words) for _, subject, text in rows[edge:]]
    by_words = measure([found[0] if found else None for found in said], reasons[edge:])
    return {
        "sha256": files.keep(to_bytes(learnt)),
        "held_out_count": len(rows) - edge,
        "figures": {"model": _kept(named), "words": _kept(by_words)},
    }


def _kept(found: dict[int, Precision]) -> dict[str, list[int]]:
    return {str(reason_id): [each.named_count, each.right_count] for reason_id, each in found.items()}


def _end(model_id: int, state: ModelState, count: int, started: float, **made: Any) -> None:
    with transaction():
        row = db.session.get_one(ReasonModel, model_id)
        row.state, row.ticket_count, row.seconds = state, count, round(monotonic() - started, 2)
        row.trained_at = clock.business_now()
        row.error = ""
        for name, value in made.items():
            setattr(row, name, value)
        if state is ModelState.READY and Directory().suggests:
            _ask_again(now=row.trained_at)


def _ask_again(*, now: datetime) -> None:
    """Open tickets without a reason are looked at with what was learnt, unless a person has decided."""
    asked = (
        select(Ticket.id, *_constants(now))
        .where(Ticket.state.in_(OPEN_STATES), Ticket.reason_id.is_(None))
        .order_by(Ticket.id.desc())
        .limit(MOST_OPEN)
    )
    statement = insert(ReasonSuggestion).from_select(
        ["ticket_id", "state", "word", "held_out_count", "made_at"], asked
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["ticket_id"],
            set_={"state": SuggestionState.WAITING},
            where=ReasonSuggestion.decided_at.is_(None),
        )
    )
    ring_after_commit(SUGGESTIONS)


def _constants(now: datetime) -> tuple[Any, ...]:
    return (
        cast(literal(SuggestionState.WAITING.value), String),
        cast(literal(""), String),
        cast(literal(0), Integer),
        cast(literal(now), DateTime(timezone=True)),
    )
