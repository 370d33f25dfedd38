"""Presses of the button that may be a machine's: kept, asked once more, and then provisional at best."""

from datetime import datetime

from hub.surveys import rules, trace_rules
from hub.surveys.counting import add_answer, find_answer, log_touch, retire
from hub.surveys.models import Answer, Invitation
from hub.surveys.rules import PROVISIONAL_WAIT, Confirmation, Source
from hub.surveys.words import AnswerState, TouchLabel, TouchMethod, TouchReason, WithdrawnBy


def ask_once_more(
    invitation: Invitation, confirmation: Confirmation, source: Source, reason: TouchReason, *, now: datetime
) -> None:
    """Kept, so that a person of the staff may know better; the customer is asked once more."""
    answer = add_answer(invitation, confirmation, AnswerState.WITHDRAWN, (), now=now)
    _log(invitation, confirmation, source, reason, answer, now=now)


def keep_waiting(
    invitation: Invitation, confirmation: Confirmation, source: Source, reason: TouchReason, *, now: datetime
) -> bool:
    """The source looks like a machine: its second press is provisional for a quarter of an hour, never confirmed.

    Returns whether it waits; else it is asked again, and what it said before that is otherwise gives way too.
    """
    standing = find_answer(invitation, AnswerState.PROVISIONAL)
    may_wait = trace_rules.may_wait(
        confirmation,
        mail_age=now - invitation.accepted_at if invitation.accepted_at else None,
        standing=standing.choice if standing else None,
        has_answer=find_answer(invitation, AnswerState.CONFIRMED) is not None,
    )
    if not may_wait:
        _give_way(invitation, standing, confirmation, now=now)
        ask_once_more(invitation, confirmation, source, reason, now=now)
        return False
    answer = standing or add_answer(invitation, confirmation, AnswerState.PROVISIONAL, (), now=now)
    if standing is None:
        answer.judge_at = now + PROVISIONAL_WAIT
    _log(invitation, confirmation, source, reason, answer, now=now)
    return True


def _give_way(
    invitation: Invitation, standing: Answer | None, confirmation: Confirmation, *, now: datetime
) -> None:
    """A doubted press that another one contradicts; a person's gesture is judged by its own evidence."""
    if standing is None or standing.is_gesture or standing.choice is confirmation.choice:
        return
    if rules.is_settled(confirmation):
        retire(standing, invitation, AnswerState.CONTRADICTED, why=WithdrawnBy.CONTRADICTION, now=now)


def _log(
    invitation: Invitation,
    confirmation: Confirmation,
    source: Source,
    reason: TouchReason,
    answer: Answer,
    *,
    now: datetime,
) -> None:
    method, label = TouchMethod.POST, TouchLabel.MACHINE
    log_touch(invitation, confirmation, source, method, label, reason, now=now, answer_id=answer.id)
