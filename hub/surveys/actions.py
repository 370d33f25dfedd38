"""Inviting, confirming an answer, and labelling what scanners did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.db import db, transaction
from hub.core.errors import Gone, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Language
from hub.surveys import rules
from hub.surveys.facts import AnswerReclassified, FollowUpNeeded, SurveyAnswered
from hub.surveys.links import read_token
from hub.surveys.models import Answer, Invitation, Survey, Touch
from hub.surveys.queries import BAD_LINK, POST_PURCHASE, get_survey_id
from hub.surveys.rules import Confirmation, SeenTouch
from hub.surveys.words import AnswerState, InvitationState, TouchLabel

PURGE_BATCH = 5000
CONFIRM_ONCE_MORE = N_("Please confirm your choice once more with the button.")


class Confirmed(StrEnum):
    """What a POST did: the door chooses its page by it."""

    COUNTED = "counted"
    REPEATED = "repeated"
    ASK_AGAIN = "ask_again"


@dataclass(frozen=True, kw_only=True)
class InvitationDraft:
    order_id: int
    customer_id: int
    store_id: int
    language: Language


def add_builtin_survey(*, now: datetime) -> None:
    """The post-purchase question exists in every chain."""
    statement = insert(Survey).values(
        key=POST_PURCHASE,
        name_fr="Après l’achat",
        name_en="After the purchase",
        is_active=True,
        created_at=now,
    )
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


def invite(drafts: Sequence[InvitationDraft], *, now: datetime) -> dict[int, int]:
    """One invitation per order, however often asked. Returns order id → invitation id."""
    if not drafts:
        return {}
    survey_id = get_survey_id()
    rows = [
        {
            "survey_id": survey_id,
            "order_id": draft.order_id,
            "customer_id": draft.customer_id,
            "store_id": draft.store_id,
            "language": draft.language,
            "state": InvitationState.OPEN,
            "created_at": now,
            "expires_at": now + timedelta(days=rules.LINK_DAYS),
        }
        for draft in drafts
    ]
    db.session.execute(insert(Invitation).on_conflict_do_nothing(), rows)
    found = select(Invitation.order_id, Invitation.id).where(
        Invitation.survey_id == survey_id, Invitation.order_id.in_([draft.order_id for draft in drafts])
    )
    return dict(db.session.execute(found).all())


def note_accepted(*, order_id: int, now: datetime) -> None:
    """The provider took the mail: links live for 30 days from here."""
    db.session.execute(
        update(Invitation)
        .where(Invitation.order_id == order_id, Invitation.accepted_at.is_(None))
        .values(accepted_at=now, expires_at=now + timedelta(days=rules.LINK_DAYS))
    )


def confirm_answer(
    *, token: str, confirmation: Confirmation, topics: Sequence[str] = (), now: datetime, least_seconds: float
) -> Confirmed:
    """Make the choice count. `confirmation` is in machine time, `now` is business time.

    The last confirmed choice wins and the history is kept. Raises NotFound for a mangled token, Gone after the
    window, Invalid when the page was sent too fast or too late.
    """
    invitation = _lock_invitation(token, now=now)
    if not rules.is_nonce_age_good(confirmation.opened_at, confirmation.at, least_seconds=least_seconds):
        raise Invalid(CONFIRM_ONCE_MORE)
    counting = db.session.scalar(
        select(Answer).where(Answer.invitation_id == invitation.id, Answer.state == AnswerState.CONFIRMED)
    )
    before = _confirmation_of(counting)
    if rules.is_repeat(confirmation, before):
        return Confirmed.REPEATED
    if counting is not None and rules.is_contradiction(confirmation, before):
        _contradict(invitation, counting, confirmation, now=now)
        return Confirmed.ASK_AGAIN
    _count(invitation, counting, confirmation, topics, now=now)
    return Confirmed.COUNTED


def add_details(*, token: str, topics: Sequence[str], comment: str, now: datetime) -> None:
    """The optional second page: what pleased or failed, on the answer that counts."""
    invitation = _lock_invitation(token, now=now)
    answer = db.session.scalar(
        select(Answer).where(Answer.invitation_id == invitation.id, Answer.state == AnswerState.CONFIRMED)
    )
    if answer is None:
        raise Invalid(N_("Please confirm your choice first."))
    answer.topics = [topic for topic in topics if topic in rules.TOPICS]
    if comment.strip():
        answer.comment = comment.strip()[: rules.COMMENT_LENGTH]


def work_surveys(wake: Callable[[], None]) -> int:
    """Label bursts as machines and purge touches older than 30 days (machine time). One batch."""
    now = clock.machine_now()
    with transaction():
        labelled = _label_bursts(now)
        old = select(Touch.id).where(Touch.touched_at < now - timedelta(days=rules.TOUCH_DAYS))
        purged = db.session.execute(delete(Touch).where(Touch.id.in_(old.limit(PURGE_BATCH))))
    count = int(getattr(purged, "rowcount", 0))
    if count == PURGE_BATCH:
        wake()
    return labelled + count


def has_due() -> bool:
    """Touches that nobody has judged yet, once their minute is over; the daily purge is in the schedule."""
    until = clock.machine_now() - timedelta(seconds=rules.BURST_SECONDS)
    return db.session.scalar(_unjudged(until).limit(1)) is not None


def _unjudged(until: datetime) -> Select[int | None]:
    return select(Touch.invitation_id).where(
        Touch.label == TouchLabel.UNKNOWN, Touch.invitation_id.is_not(None), Touch.touched_at < until
    )


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


def _confirmation_of(answer: Answer | None) -> Confirmation | None:
    if answer is None or answer.page_opened_at is None:
        return None
    return Confirmation(
        answer.choice, answer.nonce, answer.page_opened_at, answer.confirmed_at, answer.comment
    )


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
    numbers = {"answer_id": answer.id, "order_id": invitation.order_id, "store_id": invitation.store_id}
    score = rules.score_of(confirmation.choice)
    record(
        SurveyAnswered(
            customer_id=invitation.customer_id, invitation_id=invitation.id, score=score, **numbers
        ),
        now=now,
    )
    if rules.is_unhappy(confirmation.choice):
        record(FollowUpNeeded(customer_id=invitation.customer_id, score=score, **numbers), now=now)


def _contradict(
    invitation: Invitation, counting: Answer, confirmation: Confirmation, *, now: datetime
) -> None:
    """None of the two counts; the customer is asked again."""
    _retire(counting, invitation, AnswerState.CONTRADICTED, now=now, is_still_unhappy=False)
    _add_answer(invitation, confirmation, AnswerState.CONTRADICTED, (), now=now)
    invitation.state = InvitationState.OPEN
    invitation.answered_at = None


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
        topics=[topic for topic in topics if topic in rules.TOPICS],
        state=state,
        nonce=confirmation.page,
        page_opened_at=confirmation.opened_at,
        confirmed_at=confirmation.at,
        answered_at=now,
    )
    db.session.add(answer)
    db.session.flush()
    return answer


def _label_bursts(now: datetime) -> int:
    """Judge the touches of invitations whose last minute is over. Returns how many rows were labelled."""
    until = now - timedelta(seconds=rules.BURST_SECONDS)
    ids = db.session.scalars(_unjudged(until).distinct().limit(200)).all()
    rows = db.session.execute(
        select(Touch.id, Touch.invitation_id, Touch.choice, Touch.touched_at).where(
            Touch.invitation_id.in_(ids), Touch.touched_at > now - timedelta(days=1)
        )
    ).all()
    by_invitation: dict[int | None, list[SeenTouch]] = {}
    for _id, invitation_id, choice, touched_at in rows:
        by_invitation.setdefault(invitation_id, []).append(SeenTouch(choice, touched_at))
    machines = {key for key, touches in by_invitation.items() if rules.is_burst(touches)}
    for label, chosen in ((TouchLabel.MACHINE, machines), (TouchLabel.SINGLE, set(ids) - machines)):
        db.session.execute(
            update(Touch)
            .where(
                Touch.invitation_id.in_(chosen), Touch.label == TouchLabel.UNKNOWN, Touch.touched_at < until
            )
            .values(label=label)
        )
    return len(ids)
