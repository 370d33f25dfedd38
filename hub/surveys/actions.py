"""Confirming an answer, changing it, and what happens when answers contradict one another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Gone, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.surveys import rules
from hub.surveys.facts import AnswerReclassified, AnswersContradicted, FollowUpNeeded, SurveyAnswered
from hub.surveys.inviting import InvitationDraft, add_builtin_survey, invite, note_accepted
from hub.surveys.labelling import has_due, work_surveys
from hub.surveys.links import read_token
from hub.surveys.models import Answer, Invitation
from hub.surveys.queries import BAD_LINK
from hub.surveys.rules import Confirmation
from hub.surveys.words import AnswerState, InvitationState

__all__ = [
    "Confirmed",
    "InvitationDraft",
    "add_builtin_survey",
    "add_details",
    "confirm_answer",
    "has_due",
    "invite",
    "note_accepted",
    "work_surveys",
]

CONFIRM_ONCE_MORE = N_("Please confirm your choice once more with the button.")


class Confirmed(StrEnum):
    """What a POST did: the door chooses its page by it."""

    COUNTED = "counted"
    REPEATED = "repeated"
    ASK_AGAIN = "ask_again"


def confirm_answer(
    *, token: str, confirmation: Confirmation, topics: Sequence[str] = (), now: datetime, least_seconds: float
) -> Confirmed:
    """Make the choice count. `confirmation` is in machine time, `now` is business time.

    The last confirmed choice wins and the history is kept; the same choice again brings its words only. Raises NotFound for a mangled token, Gone after the
    window, Invalid when the page was sent too fast or too late.
    """
    invitation = _lock_invitation(token, now=now)
    if not rules.is_nonce_age_good(confirmation.opened_at, confirmation.at, least_seconds=least_seconds):
        raise Invalid(CONFIRM_ONCE_MORE)
    counting = _find_counting(invitation)
    if counting is not None and counting.choice is confirmation.choice:
        _renew(invitation, counting, confirmation, topics, now=now)
        return Confirmed.REPEATED
    if any(rules.is_contradiction(confirmation, other) for other in _list_recent(invitation, confirmation)):
        _contradict(invitation, counting, confirmation, now=now)
        return Confirmed.ASK_AGAIN
    _count(invitation, counting, confirmation, topics, now=now)
    return Confirmed.COUNTED


def add_details(*, token: str, topics: Sequence[str], comment: str, now: datetime) -> None:
    """The optional second page: what pleased or failed, on the answer that counts."""
    invitation = _lock_invitation(token, now=now)
    answer = _find_counting(invitation)
    if answer is None:
        raise Invalid(N_("Please confirm your choice first."))
    answer.topics = rules.known_topics(topics)
    words = rules.words_after(comment, answer.comment)
    if answer.comment not in {"", words}:
        _keep_history(answer)
    _change_words(invitation, answer, words, now=now)


def _lock_invitation(token: str, *, now: datetime) -> Invitation:
    invitation_id = read_token(token)
    found = db.session.scalar(select(Invitation).where(Invitation.id == invitation_id).with_for_update())
    if found is None:
        raise NotFound(BAD_LINK)
    if found.expires_at < now:
        raise Gone(
            N_("This question was open for 30 days and is now closed. You can still write to the store.")
        )
    return found


def _find_counting(invitation: Invitation) -> Answer | None:
    return db.session.scalar(
        select(Answer).where(Answer.invitation_id == invitation.id, Answer.state == AnswerState.CONFIRMED)
    )


def _list_recent(invitation: Invitation, new: Confirmation) -> list[Confirmation]:
    """What else was confirmed in the last minute, whatever became of it."""
    since = new.at - timedelta(seconds=rules.BURST_SECONDS)
    found = db.session.execute(
        select(Answer.choice, Answer.nonce, Answer.page_opened_at, Answer.confirmed_at).where(
            Answer.invitation_id == invitation.id, Answer.confirmed_at >= since
        )
    )
    return [Confirmation(*row) for row in found]


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
        _keep_history(counting)
    counting.topics = rules.known_topics(topics) or counting.topics
    counting.nonce = confirmation.page
    counting.page_opened_at = confirmation.opened_at
    counting.confirmed_at = confirmation.at
    _change_words(invitation, counting, comment, now=now)


def _change_words(invitation: Invitation, answer: Answer, comment: str, *, now: datetime) -> None:
    """Other words of the answer that counts: those of an unhappy customer reach the store."""
    is_news = comment != answer.comment
    answer.comment = comment
    if is_news and rules.is_unhappy(answer.choice):
        _ask_follow_up(invitation, answer, now=now)


def _keep_history(answer: Answer) -> None:
    kept = ("invitation_id", "store_id", "customer_id", "choice", "comment", "topics", "nonce")
    moments = ("page_opened_at", "confirmed_at", "answered_at")
    values = {name: getattr(answer, name) for name in kept + moments}
    db.session.add(Answer(state=AnswerState.SUPERSEDED, **values))


def _ask_follow_up(invitation: Invitation, answer: Answer, *, now: datetime) -> None:
    fact = FollowUpNeeded(
        customer_id=invitation.customer_id,
        answer_id=answer.id,
        order_id=invitation.order_id,
        store_id=invitation.store_id,
        score=rules.score_of(answer.choice),
    )
    record(fact, now=now)


def _count(
    invitation: Invitation,
    counting: Answer | None,
    confirmation: Confirmation,
    topics: Sequence[str],
    *,
    now: datetime,
) -> None:
    if counting is not None:
        _retire(
            counting,
            invitation,
            AnswerState.SUPERSEDED,
            now=now,
            is_still_unhappy=rules.is_unhappy(confirmation.choice),
        )
    answer = _add_answer(invitation, confirmation, AnswerState.CONFIRMED, topics, now=now)
    invitation.state = InvitationState.ANSWERED
    invitation.answered_at = now
    record(
        SurveyAnswered(
            customer_id=invitation.customer_id,
            invitation_id=invitation.id,
            answer_id=answer.id,
            order_id=invitation.order_id,
            store_id=invitation.store_id,
            score=rules.score_of(confirmation.choice),
        ),
        now=now,
    )
    if rules.is_unhappy(confirmation.choice):
        _ask_follow_up(invitation, answer, now=now)


def _contradict(
    invitation: Invitation, counting: Answer | None, confirmation: Confirmation, *, now: datetime
) -> None:
    """None of them counts; the customer is asked again."""
    _add_answer(invitation, confirmation, AnswerState.CONTRADICTED, (), now=now)
    if counting is None:
        return
    _retire(counting, invitation, AnswerState.CONTRADICTED, now=now, is_still_unhappy=False)
    invitation.state = InvitationState.OPEN
    invitation.answered_at = None
    fact = AnswersContradicted(
        customer_id=invitation.customer_id,
        invitation_id=invitation.id,
        answer_id=counting.id,
        order_id=invitation.order_id,
        store_id=invitation.store_id,
    )
    record(fact, now=now)


def _retire(
    answer: Answer, invitation: Invitation, state: AnswerState, *, now: datetime, is_still_unhappy: bool
) -> None:
    answer.state = state
    db.session.flush()
    if rules.is_unhappy(answer.choice) and not is_still_unhappy:
        record(
            AnswerReclassified(
                customer_id=invitation.customer_id,
                answer_id=answer.id,
                order_id=invitation.order_id,
                store_id=invitation.store_id,
            ),
            now=now,
        )


def _add_answer(
    invitation: Invitation,
    confirmation: Confirmation,
    state: AnswerState,
    topics: Sequence[str],
    *,
    now: datetime,
) -> Answer:
    answer = Answer(
        invitation_id=invitation.id,
        store_id=invitation.store_id,
        customer_id=invitation.customer_id,
        choice=confirmation.choice,
        comment=confirmation.comment[: rules.COMMENT_LENGTH],
        topics=rules.known_topics(topics),
        state=state,
        nonce=confirmation.page,
        page_opened_at=confirmation.opened_at,
        confirmed_at=confirmation.at,
        answered_at=now,
    )
    db.session.add(answer)
    db.session.flush()
    return answer
