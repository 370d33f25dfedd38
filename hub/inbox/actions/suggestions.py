"""Suggests a reason for new tickets, in a worker, and remembers what a person made of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from hub.core import clock, files
from hub.core.actor import Actor
from hub.core.apart import do_each, is_free
from hub.core.audit import note_change
from hub.core.batches import among
from hub.core.db import db, transaction
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_, fold
from hub.inbox.directory import Directory
from hub.inbox.learning import Learnt, UnreadableModelError, from_bytes, name_reasons
from hub.inbox.models import ReasonModel, ReasonSuggestion, ReasonWords, Ticket, TicketMessage
from hub.inbox.routing_words import ModelState, SuggestionState
from hub.inbox.suggesting import (
    SETTING,
    Choice,
    Precision,
    Suggested,
    find_by_words,
    plain_text,
    read_choice,
    suggest_by_model,
    suggest_by_words,
)
from hub.inbox.words import MessageKind
from hub.reasons.queries import get_reason, list_reasons
from hub.stores.actions import change_setting

log = structlog.get_logger(__name__)
BELL = "suggestions"
BATCH = 100
MOST_WORDS = 60
PERCENTS = range(50, 100)


class _Kept:
    """The model this process has read, by its id."""

    model_id: int = 0
    learnt: Learnt | None = None


def work_suggestions(wake: Callable[[], None]) -> int:
    """One batch of tickets that wait for a look; returns how many were looked at. One that fails is put off alone."""
    with transaction():
        machine_now = clock.machine_now()
        waiting = (
            select(ReasonSuggestion)
            .where(_waits(machine_now))
            .order_by(ReasonSuggestion.ticket_id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = db.session.scalars(waiting.execution_options(populate_existing=True)).all()
        if len(rows) == BATCH:
            wake()
        if rows:
            _suggest(rows, now=clock.business_now(), machine_now=machine_now)
    return len(rows)


def has_due() -> bool:
    waiting = select(ReasonSuggestion.ticket_id).where(_waits(clock.machine_now()))
    return db.session.scalar(waiting.limit(1)) is not None


def _waits(machine_now: datetime) -> ColumnElement[bool]:
    is_waiting = ReasonSuggestion.state == SuggestionState.WAITING
    return is_waiting & is_free(BELL, ReasonSuggestion.ticket_id, machine_now=machine_now)


def _suggest(rows: Sequence[ReasonSuggestion], *, now: datetime, machine_now: datetime) -> None:
    texts = _texts([row.ticket_id for row in rows])
    choice = read_choice(Directory().chain.settings)
    words, model = read_words(), find_model()
    figures = model.figures if model else {}
    fresh = _words_since(model)
    by_model = _name(texts, _read(model) if model else None)
    usable = {row.id for row in list_reasons() if not row.has_children}

    def look_at(row: ReasonSuggestion) -> None:
        found = find_by_words("\n".join(texts.get(row.ticket_id, ())), words)
        measured = None if found is None or found[0] in fresh else _precision(figures, "words", found[0])
        guess = by_model.get(row.ticket_id)
        suggested = suggest_by_words(found, measured, choice) or suggest_by_model(
            guess, _precision(figures, "model", guess), choice
        )
        _write(row, suggested if suggested and suggested.reason_id in usable else None, model, now)

    do_each(BELL, rows, look_at, id_of=lambda row: row.ticket_id, machine_now=machine_now)


def _name(texts: Mapping[int, tuple[str, str]], learnt: Learnt | None) -> dict[int, int | None]:
    """What the model says of each ticket, in one go; of one that it cannot take it says nothing."""
    if learnt is None:
        return {}
    plain = {ticket_id: plain_text(*each) for ticket_id, each in texts.items()}
    try:
        return dict(zip(plain, name_reasons(learnt, list(plain.values())), strict=True))
    except Exception:
        log.exception("suggestions.apart", count=len(plain))
    return {ticket_id: _name_one(learnt, ticket_id, text) for ticket_id, text in plain.items()}


def _name_one(learnt: Learnt, ticket_id: int, text: str) -> int | None:
    try:
        return name_reasons(learnt, [text])[0]
    except Exception:
        log.exception("suggestion.failed", ticket_id=ticket_id)
        return None


def _write(
    row: ReasonSuggestion, suggested: Suggested | None, model: ReasonModel | None, now: datetime
) -> None:
    row.state = SuggestionState.OFFERED if suggested else SuggestionState.NONE
    row.reason_id = suggested.reason_id if suggested else None
    row.suggested_by = suggested.by if suggested else None
    row.share = suggested.share if suggested else None
    row.held_out_count = suggested.held_out_count if suggested else 0
    row.word = suggested.word if suggested else ""
    row.model_id = model.id if model and suggested and suggested.share is not None else None
    row.made_at = now


def _texts(ticket_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Subject and first message of each ticket that still has no reason."""
    first = (
        select(Ticket.id, Ticket.subject, TicketMessage.text)
        .join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
        .where(
            among(Ticket.id, ticket_ids),
            Ticket.reason_id.is_(None),
            TicketMessage.kind == MessageKind.CUSTOMER,
        )
        .ext(distinct_on(Ticket.id))
        .order_by(Ticket.id, TicketMessage.happened_at, TicketMessage.id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(first)}


def read_words() -> dict[int, Sequence[str]]:
    """The words of the head office by reason."""
    return {row.reason_id: tuple(row.words) for row in db.session.scalars(select(ReasonWords))}


def _words_since(model: ReasonModel | None) -> set[int]:
    """Reasons whose words were changed after the measure."""
    found = select(ReasonWords.reason_id)
    if model is not None and model.trained_at is not None:
        found = found.where(ReasonWords.changed_at > model.trained_at)
    return set(db.session.scalars(found))


def find_model() -> ReasonModel | None:
    """What was learnt last."""
    found = select(ReasonModel).where(ReasonModel.state == ModelState.READY)
    return db.session.scalar(found.order_by(ReasonModel.id.desc()).limit(1))


def _read(model: ReasonModel) -> Learnt | None:
    """None for a file that is gone or cannot be read: then nothing is said but by words, until the next training."""
    if _Kept.model_id != model.id and model.sha256:
        try:
            _Kept.learnt = from_bytes(files.read(model.sha256))
        except (UnreadableModelError, NotFound) as error:
            log.warning("reason_model.unreadable", model_id=model.id, error=type(error).__name__)
            return None
        _Kept.model_id = model.id
    return _Kept.learnt if _Kept.model_id == model.id else None


def _precision(
    figures: Mapping[str, Mapping[str, list[int]]], kind: str, reason_id: int | None
) -> Precision | None:
    found = figures.get(kind, {}).get(str(reason_id))
    return Precision(*found) if found else None


def find_offered(ticket_id: int) -> int:
    """The reason that is suggested. Raises Conflict when there is none any more."""
    found = select(ReasonSuggestion.reason_id).where(
        ReasonSuggestion.ticket_id == ticket_id, ReasonSuggestion.state == SuggestionState.OFFERED
    )
    reason_id = db.session.scalar(found)
    if reason_id is None:
        raise Conflict(N_("This suggestion is out of date. Please choose the reason yourself."))
    return reason_id


def decide_suggestion(ticket_id: int, reason_id: int | None, *, by: Actor, now: datetime) -> None:
    """A person gave the ticket its reason: the suggestion was accepted, or overruled. The latest decision stands."""
    if reason_id is None or not by.is_person:
        return
    is_same = ReasonSuggestion.reason_id == reason_id
    db.session.execute(
        update(ReasonSuggestion)
        .where(
            ReasonSuggestion.ticket_id == ticket_id,
            ReasonSuggestion.state.not_in([SuggestionState.WAITING, SuggestionState.NONE]),
        )
        .values(
            state=case((is_same, SuggestionState.ACCEPTED.value), else_=SuggestionState.OVERRULED.value),
            decided_at=now,
            decided_by_id=by.agent_id,
            chosen_reason_id=reason_id,
        )
        .execution_options(synchronize_session=False)
    )


def change_words(*, reason_id: int, words: Sequence[str], by: Actor, now: datetime) -> None:
    """The words that name a reason; none takes them away. Raises Invalid (words) and NotFound."""
    reason = get_reason(reason_id)
    given = list(dict.fromkeys(" ".join(word.split()) for word in words if fold(word).strip("* ")))
    if len(given) > MOST_WORDS:
        raise Invalid(N_("Please keep to %(most)s words."), field="words", most=MOST_WORDS)
    row = db.session.get(ReasonWords, reason.id, with_for_update=True)
    if row is None and given:
        row = ReasonWords(reason_id=reason.id)
        db.session.add(row)
    if row is not None and given:
        row.words, row.changed_at, row.changed_by_id = given, now, by.agent_id
    elif row is not None:
        db.session.delete(row)
    note_change(
        "reason_words.changed", subject_kind="reason", subject_id=reason.id, by=by, now=now, count=len(given)
    )
    db.session.flush()


def change_choice(choice: Choice, *, by: Actor, now: datetime) -> None:
    """Whether reasons are suggested, and how often one must have been right. Raises Invalid (least_percent)."""
    if choice.least_percent not in PERCENTS:
        raise Invalid(N_("Please give a percentage between 50 and 99."), field="least_percent")
    change_setting(SETTING, vars(choice), by=by, now=now)


def count_waiting() -> int:
    found = select(func.count()).where(ReasonSuggestion.state == SuggestionState.WAITING)
    return db.session.scalar(found) or 0
