"""Confirming an answer, changing it, and what happens when answers contradict one another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from hub.core.db import db, transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.surveys import rules, trace_rules
from hub.surveys.bursts import doubt_of_press
from hub.surveys.contradicting import contradict, let_all_fall
from hub.surveys.counting import (
    add_answer,
    ask_follow_up,
    find_answer,
    keep_history,
    lock_invitation,
    log_touch,
    retire,
    tell_answered,
    tell_worded,
)
from hub.surveys.doubted import ask_once_more, keep_waiting
from hub.surveys.first_answer import count_first_answer
from hub.surveys.gestures import note_intent
from hub.surveys.inviting import InvitationDraft, add_builtin_survey, invite, note_accepted
from hub.surveys.labelling import has_due, next_due_at, work_surveys
from hub.surveys.links import read_token
from hub.surveys.models import Answer, Invitation
from hub.surveys.rules import Confirmation, Source
from hub.surveys.switching import switch_touch
from hub.surveys.touching import note_footer_touch, touch_and_read
from hub.surveys.trace_rules import Trace
from hub.surveys.traces import read_trace
from hub.surveys.words import AnswerState, TouchLabel, TouchMethod, TouchReason, WithdrawnBy

__all__ = [
    "Confirmed",
    "InvitationDraft",
    "add_builtin_survey",
    "add_details",
    "confirm_answer",
    "has_due",
    "invite",
    "next_due_at",
    "note_accepted",
    "note_footer_touch",
    "note_intent",
    "switch_touch",
    "take_answer",
    "touch_and_read",
    "work_surveys",
]

UNKNOWN_SOURCE = Source()
CONFIRM_ONCE_MORE = N_("Please confirm your choice once more with the button.")


class Confirmed(StrEnum):
    """What a POST did: the door chooses its page by it."""

    COUNTED = "counted"
    REPEATED = "repeated"
    ASK_AGAIN = "ask_again"
    WAITING = "waiting"


def take_answer(
    *,
    token: str,
    confirmation: Confirmation,
    topics: Sequence[str] = (),
    source: Source,
    now: datetime,
    least_seconds: float,
) -> Confirmed:
    """As `confirm_answer`, in a transaction of its own: the first answer of an invitation is a single statement.

    Most answers are the first one, and none other is waited for by so many at once.
    """
    _check_age(confirmation, least_seconds)
    invitation_id = read_token(token)
    is_plain = not (source.is_filter or confirmation.is_asked_again)
    if (
        is_plain
        and invitation_id is not None
        and count_first_answer(invitation_id, confirmation, rules.known_topics(topics), source, now=now)
    ):
        return Confirmed.COUNTED
    with transaction():
        return confirm_answer(
            token=token,
            confirmation=confirmation,
            topics=topics,
            source=source,
            now=now,
            least_seconds=least_seconds,
        )


def confirm_answer(
    *,
    token: str,
    confirmation: Confirmation,
    topics: Sequence[str] = (),
    source: Source = UNKNOWN_SOURCE,
    now: datetime,
    least_seconds: float,
) -> Confirmed:
    """Make the choice count. `confirmation` is in machine time, `now` is business time.

    The last confirmed choice wins and the history is kept; the same choice again brings its words only. A press that
    looks like a machine's is kept and asks for another one. Raises
    NotFound for a mangled token, Gone after the window, Invalid when the page was sent too fast or too late.
    """
    invitation = lock_invitation(token, now=now)
    _check_age(confirmation, least_seconds)
    trace = read_trace(invitation.id, source)
    doubted = _doubt(invitation, confirmation, source, trace, now=now)
    if doubted is not None:
        return doubted
    counting = find_answer(invitation, AnswerState.CONFIRMED)
    if trace_rules.says_everything(trace, confirmation):
        let_all_fall(invitation, counting, confirmation, source, now=now)
        return Confirmed.ASK_AGAIN
    disagreeing = _list_disagreeing(invitation, confirmation)
    if disagreeing:
        contradict(invitation, counting, confirmation, disagreeing, source, now=now)
        return Confirmed.ASK_AGAIN
    if counting is not None and counting.choice is confirmation.choice:
        _renew(invitation, counting, confirmation, topics, now=now)
        _log(invitation, confirmation, source, counting, now=now)
        return Confirmed.REPEATED
    if not rules.is_read(confirmation):
        ask_once_more(invitation, confirmation, source, TouchReason.BURST, now=now)
        return Confirmed.ASK_AGAIN
    answer = _count(invitation, counting, confirmation, topics, now=now)
    _log(invitation, confirmation, source, answer, now=now)
    return Confirmed.COUNTED


def add_details(*, token: str, topics: Sequence[str], comment: str, now: datetime) -> None:
    """The optional second page: what pleased or failed, on the answer that counts."""
    invitation = lock_invitation(token, now=now)
    answer = find_answer(invitation, AnswerState.CONFIRMED)
    if answer is None:
        raise Invalid(N_("Please confirm your choice first."))
    words = rules.words_after(comment, answer.comment)
    if answer.comment not in {"", words}:
        keep_history(answer, invitation)
    _change_words(invitation, answer, words, rules.known_topics(topics), now=now)


def _check_age(confirmation: Confirmation, least_seconds: float) -> None:
    if not rules.is_nonce_age_good(confirmation.opened_at, confirmation.at, least_seconds=least_seconds):
        raise Invalid(CONFIRM_ONCE_MORE)


def _list_disagreeing(invitation: Invitation, new: Confirmation) -> list[int]:
    """What else was confirmed in the last minute, whatever became of it; presses of machines speak against nobody."""
    since = new.at - timedelta(seconds=rules.BURST_SECONDS)
    found = db.session.execute(
        select(Answer.id, Answer.choice, Answer.nonce, Answer.page_opened_at, Answer.confirmed_at).where(
            Answer.invitation_id == invitation.id,
            Answer.confirmed_at >= since,
            Answer.is_gesture.is_(False),
            Answer.state.not_in([AnswerState.WITHDRAWN, AnswerState.PROVISIONAL]),
        )
    )
    return [row[0] for row in found if rules.is_contradiction(new, Confirmation(*row[1:]))]


def _renew(
    invitation: Invitation,
    counting: Answer,
    confirmation: Confirmation,
    topics: Sequence[str],
    *,
    now: datetime,
) -> None:
    """The same choice once more, from the same page or another one: nothing new but its words."""
    comment = rules.words_after(confirmation.comment, counting.comment)
    if (confirmation.page, comment) != (counting.nonce, counting.comment):
        keep_history(counting, invitation)
    counting.nonce = confirmation.page
    counting.page_opened_at = confirmation.opened_at
    counting.confirmed_at = confirmation.at
    _change_words(invitation, counting, comment, rules.known_topics(topics) or counting.topics, now=now)


def _change_words(
    invitation: Invitation, answer: Answer, comment: str, topics: list[str], *, now: datetime
) -> None:
    """Other words of the answer that counts: those of an unhappy customer reach the store."""
    is_news = (comment, topics) != (answer.comment, answer.topics)
    answer.comment, answer.topics = comment, topics
    if is_news:
        tell_worded(invitation, answer, now=now)
    if is_news and rules.is_unhappy(answer.choice):
        ask_follow_up(invitation, answer, now=now)


def _count(
    invitation: Invitation,
    counting: Answer | None,
    confirmation: Confirmation,
    topics: Sequence[str],
    *,
    now: datetime,
) -> Answer:
    """A gesture that said the same is confirmed by it, whatever was thought of it; others give way."""
    is_unhappy = rules.is_unhappy(confirmation.choice)
    if counting is not None:
        retire(
            counting,
            invitation,
            AnswerState.SUPERSEDED,
            why=WithdrawnBy.CUSTOMER,
            now=now,
            is_still_unhappy=is_unhappy,
        )
    guessed = find_answer(invitation, AnswerState.PROVISIONAL)
    if guessed is not None and guessed.choice is confirmation.choice:
        answer = _confirm_gesture(guessed, confirmation, topics, now=now)
    else:
        if guessed is not None:
            retire(guessed, invitation, AnswerState.SUPERSEDED, why=WithdrawnBy.CUSTOMER, now=now)
        answer = add_answer(invitation, confirmation, AnswerState.CONFIRMED, topics, now=now)
    tell_answered(invitation, answer, now=now)
    return answer


def _confirm_gesture(
    guessed: Answer, confirmation: Confirmation, topics: Sequence[str], *, now: datetime
) -> Answer:
    """The same answer, so that the ticket it may have opened becomes a confirmed one."""
    guessed.state = AnswerState.CONFIRMED
    guessed.is_gesture = False
    guessed.judge_at = None
    guessed.comment = confirmation.comment[: rules.COMMENT_LENGTH]
    guessed.topics = rules.known_topics(topics)
    guessed.nonce = confirmation.page
    guessed.page_opened_at = confirmation.opened_at
    guessed.confirmed_at = confirmation.at
    guessed.answered_at = now
    db.session.flush()
    return guessed


def _doubt(
    invitation: Invitation, confirmation: Confirmation, source: Source, trace: Trace, *, now: datetime
) -> Confirmed | None:
    """What becomes of a press that may be a machine's; None: nothing speaks against it."""
    doubt = doubt_of_press(invitation.id, confirmation, source)
    suspicion = trace_rules.doubt_of_trace(trace)
    if doubt is None and suspicion is not None:
        is_waiting = keep_waiting(invitation, confirmation, source, suspicion, now=now)
        return Confirmed.WAITING if is_waiting else Confirmed.ASK_AGAIN
    if doubt is None and trace_rules.is_hasty(trace, confirmation):
        doubt = TouchReason.BURST
    if doubt is None:
        return None
    ask_once_more(invitation, confirmation, source, doubt, now=now)
    return Confirmed.ASK_AGAIN


def _log(
    invitation: Invitation, confirmation: Confirmation, source: Source, answer: Answer, *, now: datetime
) -> None:
    log_touch(
        invitation,
        confirmation,
        source,
        TouchMethod.POST,
        TouchLabel.HUMAN,
        TouchReason.BUTTON,
        now=now,
        answer_id=answer.id,
    )
    db.session.flush()
