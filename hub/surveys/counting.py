"""Which answer of an invitation counts, and what others are told when that changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from hub.core.db import db
from hub.core.errors import Gone, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.surveys import rules
from hub.surveys.facts import (
    AnswerReclassified,
    AnswersContradicted,
    AnswerWorded,
    FollowUpNeeded,
    SurveyAnswered,
)
from hub.surveys.links import read_token
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.queries import BAD_LINK
from hub.surveys.rules import Confirmation, Source
from hub.surveys.words import (
    AnswerState,
    InvitationState,
    TouchLabel,
    TouchMethod,
    TouchReason,
    WithdrawnBy,
)


def lock_invitation(token: str, *, now: datetime) -> Invitation:
    """The row, held until the end of the transaction. Raises NotFound for a mangled token, Gone after the window."""
    invitation_id = read_token(token)
    found = db.session.scalar(select(Invitation).where(Invitation.id == invitation_id).with_for_update())
    if found is None:
        raise NotFound(BAD_LINK)
    if found.expires_at < now:
        raise Gone(
            N_("This question was open for 30 days and is now closed. You can still write to the store.")
        )
    return found


def find_answer(invitation: Invitation, state: AnswerState) -> Answer | None:
    """The confirmed or the provisional answer: of each there is one at most."""
    return db.session.scalar(
        select(Answer).where(Answer.invitation_id == invitation.id, Answer.state == state)
    )


def add_answer(
    invitation: Invitation,
    confirmation: Confirmation,
    state: AnswerState,
    topics: Sequence[str],
    *,
    now: datetime,
    is_gesture: bool = False,
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
        is_gesture=is_gesture,
    )
    db.session.add(answer)
    invitation.answer_count += 1
    db.session.flush()
    return answer


def keep_history(answer: Answer, invitation: Invitation) -> None:
    """The words that are about to change stay as a superseded answer."""
    kept = ("invitation_id", "store_id", "customer_id", "choice", "comment", "topics", "nonce")
    moments = ("page_opened_at", "confirmed_at", "answered_at")
    values = {name: getattr(answer, name) for name in kept + moments}
    db.session.add(Answer(state=AnswerState.SUPERSEDED, **values))
    invitation.answer_count += 1


def retire(
    answer: Answer,
    invitation: Invitation,
    state: AnswerState,
    *,
    why: WithdrawnBy,
    now: datetime,
    is_still_unhappy: bool = False,
    agent_id: int | None = None,
) -> None:
    """The answer counts no more; of an unhappy one the store is told, unless the customer is still unhappy."""
    answer.state = state
    answer.judge_at = None
    db.session.flush()
    if rules.is_unhappy(answer.choice) and not is_still_unhappy:
        fact = AnswerReclassified(
            customer_id=invitation.customer_id,
            answer_id=answer.id,
            order_id=invitation.order_id,
            store_id=invitation.store_id,
            reason=why.value,
            agent_id=agent_id,
        )
        record(fact, now=now)


def tell_answered(invitation: Invitation, answer: Answer, *, now: datetime) -> None:
    """The confirmed answer counts from now."""
    invitation.state = InvitationState.ANSWERED
    invitation.answered_at = answer.answered_at
    record(SurveyAnswered(**_said(invitation, answer)), now=now)
    if rules.is_unhappy(answer.choice):
        ask_follow_up(invitation, answer, now=now)


def tell_worded(invitation: Invitation, answer: Answer, *, now: datetime) -> None:
    record(AnswerWorded(**_said(invitation, answer)), now=now)


def _said(invitation: Invitation, answer: Answer) -> dict[str, Any]:
    """What every fact about an answer that was given says."""
    return {
        "customer_id": invitation.customer_id,
        "invitation_id": invitation.id,
        "answer_id": answer.id,
        "order_id": invitation.order_id,
        "store_id": invitation.store_id,
        "score": rules.score_of(answer.choice),
    }


def ask_follow_up(invitation: Invitation, answer: Answer, *, now: datetime) -> None:
    fact = FollowUpNeeded(
        customer_id=invitation.customer_id,
        answer_id=answer.id,
        order_id=invitation.order_id,
        store_id=invitation.store_id,
        score=rules.score_of(answer.choice),
    )
    record(fact, now=now)


def let_count(
    chosen_id: int | None, *, invitation: Invitation, instead_of: Answer | None, now: datetime
) -> None:
    """The chosen answer counts from now; without one nobody has answered, where one counted before."""
    if chosen_id is not None:
        chosen = db.session.get_one(Answer, chosen_id)
        chosen.state = AnswerState.CONFIRMED
        db.session.flush()
        tell_answered(invitation, chosen, now=now)
    elif instead_of is not None:
        tell_nobody(invitation, instead_of, now=now)


def tell_nobody(invitation: Invitation, answer: Answer, *, now: datetime) -> None:
    """The answer that counted does not, and no other one does: the question is open again."""
    invitation.state = InvitationState.OPEN
    invitation.answered_at = None
    fact = AnswersContradicted(
        customer_id=invitation.customer_id,
        invitation_id=invitation.id,
        answer_id=answer.id,
        order_id=invitation.order_id,
        store_id=invitation.store_id,
    )
    record(fact, now=now)


def log_touch(
    invitation: Invitation,
    confirmation: Confirmation,
    source: Source,
    method: TouchMethod,
    label: TouchLabel,
    reason: TouchReason,
    *,
    now: datetime,
    answer_id: int | None,
) -> None:
    """A line of the log beside what it did."""
    touch = Touch(
        invitation_id=invitation.id,
        choice=confirmation.choice.value,
        method=method,
        label=label,
        reason=reason,
        source_hash=source.hash,
        user_agent=source.user_agent,
        touched_at=confirmation.at,
        happened_at=now,
        answer_id=answer_id,
    )
    db.session.add(touch)


def relabel(answer_id: int, label: TouchLabel, reason: TouchReason) -> None:
    """What an answer's touches turned out to be; where a person of the staff has spoken, that stands."""
    db.session.execute(
        update(Touch)
        .where(Touch.answer_id == answer_id, Touch.reason != TouchReason.STAFF)
        .values(label=label, reason=reason)
    )
