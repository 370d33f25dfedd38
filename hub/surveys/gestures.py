"""Answers known from a gesture alone: provisional, judged after a quarter of an hour, never counted as confirmed."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.surveys import rules
from hub.surveys.counting import (
    add_answer,
    ask_follow_up,
    find_answer,
    lock_invitation,
    log_touch,
    relabel,
    retire,
)
from hub.surveys.domains import find_window
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import BOXES, PROVISIONAL_WAIT, Confirmation, Evidence, Source
from hub.surveys.traces import looked_on
from hub.surveys.words import AnswerState, Choice, TouchLabel, TouchMethod, TouchReason, WithdrawnBy

JUDGE_BATCH = 100


def note_intent(
    *, token: str, confirmation: Confirmation, source: Source, now: datetime
) -> AnswerState | None:
    """The page was closed after a gesture and without the button: perhaps an answer.

    Returns the state of the answer it made: provisional, or withdrawn at once where something speaks against it;
    None when it made none, because the customer has answered or the page was told of before. Raises NotFound for a
    mangled token, Gone after the window.
    """
    invitation = lock_invitation(token, now=now)
    if not rules.is_gesture_age_good(confirmation.opened_at, confirmation.at):
        _log(invitation, confirmation, source, TouchLabel.MACHINE, TouchReason.TOO_FAST, now=now)
        return None
    if find_answer(invitation, AnswerState.CONFIRMED) is not None:
        _log(invitation, confirmation, source, TouchLabel.SINGLE, TouchReason.ANSWERED, now=now)
        return None
    if _is_known(invitation, confirmation):
        return None
    doubt = rules.doubt_of(
        _gather(invitation, confirmation.choice, source.hash, at=now, is_filter=source.is_filter)
    )
    return _keep(invitation, confirmation, source, doubt, now=now)


def _keep(
    invitation: Invitation,
    confirmation: Confirmation,
    source: Source,
    doubt: TouchReason | None,
    *,
    now: datetime,
) -> AnswerState:
    """Kept also when it is doubted: a person of the staff may know better."""
    standing = find_answer(invitation, AnswerState.PROVISIONAL)
    if standing is not None and doubt is None:
        if standing.choice is confirmation.choice:
            _log(
                invitation,
                confirmation,
                source,
                TouchLabel.HUMAN,
                TouchReason.GESTURE,
                now=now,
                answer=standing,
            )
            return AnswerState.PROVISIONAL
        retire(standing, invitation, AnswerState.SUPERSEDED, why=WithdrawnBy.CUSTOMER, now=now)
    state = AnswerState.PROVISIONAL if doubt is None else AnswerState.WITHDRAWN
    answer = add_answer(invitation, confirmation, state, (), now=now, is_gesture=True)
    answer.judge_at = now + PROVISIONAL_WAIT if doubt is None else None
    label = TouchLabel.HUMAN if doubt is None else TouchLabel.MACHINE
    _log(invitation, confirmation, source, label, doubt or TouchReason.GESTURE, now=now, answer=answer)
    return state


def judge_provisional(*, now: datetime) -> int:
    """Those that have waited: withdrawn if anything speaks against them by now, else told. Returns how many rows."""
    due = (
        select(Answer.invitation_id)
        .where(Answer.judge_at <= now)
        .order_by(Answer.judge_at)
        .limit(JUDGE_BATCH)
    )
    waiting = db.session.scalars(due).all()
    held = db.session.scalars(
        select(Invitation).where(Invitation.id.in_(waiting)).with_for_update(skip_locked=True)
    ).all()
    for invitation in held:
        answer = find_answer(invitation, AnswerState.PROVISIONAL)
        if answer is not None and answer.judge_at is not None and answer.judge_at <= now:
            _judge(invitation, answer, now=now)
    return len(held)


def find_next_judgement() -> datetime | None:
    """Business time."""
    return db.session.scalar(select(func.min(Answer.judge_at)).where(Answer.judge_at.is_not(None)))


def _judge(invitation: Invitation, answer: Answer, *, now: datetime) -> None:
    answer.judge_at = None
    touch = db.session.scalar(
        select(Touch).where(Touch.answer_id == answer.id).order_by(Touch.id.desc()).limit(1)
    )
    if touch is not None and touch.reason is not TouchReason.STAFF:
        doubt = _doubt_of_waiting(invitation, answer, touch)
        if doubt is not None:
            answer.state = AnswerState.WITHDRAWN
            relabel(answer.id, TouchLabel.MACHINE, doubt)
            return
    db.session.flush()
    if rules.is_unhappy(answer.choice):
        ask_follow_up(invitation, answer, now=now)


def _doubt_of_waiting(invitation: Invitation, answer: Answer, touch: Touch) -> TouchReason | None:
    """A gesture needs a clean log; a doubted press was believed that far, unless whoever pressed went on opening boxes."""
    if not answer.is_gesture:
        return TouchReason.OTHER_CHOICE if looked_on(touch) else None
    return rules.doubt_of(_gather(invitation, answer.choice, touch.source_hash, at=answer.answered_at))


def _is_known(invitation: Invitation, confirmation: Confirmation) -> bool:
    """Pages speak up each time they are hidden: the first time counts."""
    told = select(Touch.id).join(Answer, Answer.id == Touch.answer_id)
    same = and_(Answer.invitation_id == invitation.id, Answer.nonce == confirmation.page)
    return db.session.scalar(told.where(same).limit(1)) is not None


def _gather(
    invitation: Invitation, choice: Choice, source_hash: str, *, at: datetime, is_filter: bool = False
) -> Evidence:
    """What the log says around a gesture at `at` (business time), before it and, when it is judged later, after it."""
    age = at - invitation.accepted_at if invitation.accepted_at else None
    row = db.session.execute(_around(invitation.id, choice, source_hash, at)).one()
    return Evidence(
        mail_age=age,
        is_filter=is_filter,
        filtered_count=row.filtered_count,
        pressed_count=row.pressed_count,
        filter_window=find_window(invitation.customer_id),
        has_head=bool(row.has_head),
        has_mangled=bool(row.has_mangled),
        has_other_choice=bool(row.has_other_choice),
        has_footer=bool(row.has_footer),
    )


def _around(
    invitation_id: int, choice: Choice, source_hash: str, at: datetime
) -> Select[int, int, bool, bool, bool, bool]:
    """One round trip. What a person of the staff called human speaks against nobody."""
    is_other = and_(
        Touch.choice.in_(BOXES - {choice.value}),
        Touch.reason != TouchReason.PREFETCH,
        func.coalesce(Touch.happened_at, Touch.touched_at).between(
            at - PROVISIONAL_WAIT, at + PROVISIONAL_WAIT
        ),
    )
    is_person = and_(Touch.label == TouchLabel.HUMAN, Touch.reason == TouchReason.STAFF)
    return select(
        _count_others(invitation_id, source_hash, TouchLabel.MACHINE, TouchReason.BURST).label(
            "filtered_count"
        ),
        _count_others(invitation_id, source_hash, TouchLabel.HUMAN, TouchReason.BUTTON).label(
            "pressed_count"
        ),
        func.bool_or(and_(Touch.method == TouchMethod.HEAD, ~is_person)).label("has_head"),
        func.bool_or(Touch.label == TouchLabel.MANGLED).label("has_mangled"),
        func.bool_or(is_other).label("has_other_choice"),
        _has_footer(invitation_id, source_hash).label("has_footer"),
    ).where(Touch.invitation_id == invitation_id)


def _count_others(
    invitation_id: int, source_hash: str, label: TouchLabel, reason: TouchReason
) -> ScalarSelect[int]:
    """Other invitations that this source touched like that."""
    seen = aliased(Touch)
    counted = select(func.count(func.distinct(seen.invitation_id)))
    return counted.where(
        seen.source_hash == source_hash,
        seen.label == label,
        seen.reason == reason,
        seen.invitation_id != invitation_id,
    ).scalar_subquery()


def _has_footer(invitation_id: int, source_hash: str) -> ColumnElement[bool]:
    """Whether the source fetched links below the mail within seconds of touching this invitation."""
    box, footer = aliased(Touch), aliased(Touch)
    span = timedelta(seconds=rules.FOOTER_SECONDS)
    return exists().where(
        box.invitation_id == invitation_id,
        box.source_hash == source_hash,
        footer.source_hash == source_hash,
        footer.label == TouchLabel.FOOTER,
        footer.touched_at.between(box.touched_at - span, box.touched_at + span),
    )


def _log(
    invitation: Invitation,
    confirmation: Confirmation,
    source: Source,
    label: TouchLabel,
    reason: TouchReason,
    *,
    now: datetime,
    answer: Answer | None = None,
) -> None:
    answer_id = answer.id if answer else None
    log_touch(
        invitation, confirmation, source, TouchMethod.INTENT, label, reason, now=now, answer_id=answer_id
    )
    db.session.flush()
