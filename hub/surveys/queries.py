"""What is known of invitations and answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, select, text

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.questions import Question, Rows
from hub.core.text import N_
from hub.core.words import Language
from hub.surveys.links import read_token
from hub.surveys.models import Answer, Invitation, Survey
from hub.surveys.rules import ASK_AGAIN_DAYS, score_of
from hub.surveys.words import AnswerState, Choice, InvitationState

POST_PURCHASE = "post_purchase"
BAD_LINK = N_("This link is not complete. Please open it again from the message, or write to us.")

READ = """
    SELECT invitations.id, invitations.language, invitations.state, invitations.expires_at,
           invitations.order_id, invitations.customer_id, invitations.store_id,
           stores.name AS store_name, stores.slug AS store_slug, chains.name AS chain_name,
           answers.choice AS answered_choice, answers.comment
    FROM invitations
    JOIN stores ON stores.id = invitations.store_id
    CROSS JOIN (SELECT name FROM chains ORDER BY id LIMIT 1) AS chains
    LEFT JOIN answers ON answers.invitation_id = invitations.id AND answers.state = 'confirmed'
    WHERE invitations.id = :invitation_id
"""
READ_ONLY = text(READ)


@dataclass(frozen=True)
class SurveyPage:
    """What the page behind a box shows. `answered_choice` is None while no answer counts."""

    invitation_id: int
    language: Language
    state: InvitationState
    expires_at: datetime
    order_id: int
    customer_id: int
    store_id: int
    store_name: str
    store_slug: str
    chain_name: str
    answered_choice: Choice | None
    comment: str


@dataclass(frozen=True)
class AnswerRow:
    id: int
    invitation_id: int
    order_id: int
    customer_id: int
    store_id: int
    choice: Choice
    comment: str
    topics: tuple[str, ...]
    state: AnswerState
    answered_at: datetime

    @property
    def score(self) -> int:
        return score_of(self.choice)


def find_page(token: str) -> SurveyPage | None:
    """The page without a touch: to show it again after a form was sent."""
    row = db.session.execute(READ_ONLY, {"invitation_id": read_token(token)}).mappings().first()
    return page_of(row)


def page_of(row: RowMapping | None) -> SurveyPage | None:
    """A row of `READ`."""
    if row is None:
        return None
    return SurveyPage(
        invitation_id=row["id"],
        language=Language(row["language"]),
        state=InvitationState(row["state"]),
        expires_at=row["expires_at"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        store_id=row["store_id"],
        store_name=row["store_name"],
        store_slug=row["store_slug"],
        chain_name=row["chain_name"],
        answered_choice=Choice(row["answered_choice"]) if row["answered_choice"] else None,
        comment=row["comment"] or "",
    )


def get_survey_id(key: str = POST_PURCHASE) -> int:
    found = db.session.scalar(select(Survey.id).where(Survey.key == key))
    if found is None:
        raise NotFound(N_("This survey does not exist. Please check its address."))
    return found


def get_answer(answer_id: int) -> AnswerRow:
    row = _answer_rows(Answer.id == answer_id)
    if not row:
        raise NotFound(N_("This answer does not exist. Please reload the page."))
    return row[0]


def list_customer_answers(customer_id: int) -> list[AnswerRow]:
    """The answers that count, newest first."""
    return _answer_rows(Answer.customer_id == customer_id, Answer.state == AnswerState.CONFIRMED)


def list_recently_asked(customer_ids: Iterable[int], *, now: datetime) -> set[int]:
    """Of these customers, those invited within the last 30 days: they are not asked again yet."""
    since = now - timedelta(days=ASK_AGAIN_DAYS)
    found = select(Invitation.customer_id).where(
        among(Invitation.customer_id, customer_ids), Invitation.created_at > since
    )
    return set(db.session.scalars(found))


def ask_ask_moments(customer_ids: Iterable[int]) -> Question[dict[int, list[datetime]]]:
    """When each of these customers was invited; those who never were are missing."""
    invited = select(Invitation.customer_id, Invitation.created_at).where(
        among(Invitation.customer_id, customer_ids)
    )

    def read(rows: Rows) -> dict[int, list[datetime]]:
        found: dict[int, list[datetime]] = {}
        for customer_id, moment in rows:
            found.setdefault(customer_id, []).append(moment)
        return found

    return Question((invited,), read)


def list_invitations(order_ids: Iterable[int]) -> dict[int, int]:
    """Order id → id of its invitation to the post-purchase survey, of those that have one."""
    found = select(Invitation.order_id, Invitation.id).where(
        Invitation.survey_id == get_survey_id(), among(Invitation.order_id, order_ids)
    )
    return dict(db.session.execute(found).all())


def list_answer_moments(order_ids: Iterable[int]) -> dict[int, datetime]:
    """Order id → when its survey was answered, of the orders with an answer that counts."""
    found = (
        select(Invitation.order_id, Answer.answered_at)
        .join(Answer, Answer.invitation_id == Invitation.id)
        .where(
            Invitation.survey_id == get_survey_id(),
            among(Invitation.order_id, order_ids),
            Answer.state == AnswerState.CONFIRMED,
        )
    )
    return dict(db.session.execute(found).all())


def _answer_rows(*conditions: ColumnElement[bool]) -> list[AnswerRow]:
    query = (
        select(Answer, Invitation.order_id)
        .join(Invitation, Invitation.id == Answer.invitation_id)
        .where(*conditions)
        .order_by(Answer.id.desc())
        .limit(50)
    )
    return [
        AnswerRow(
            id=answer.id,
            invitation_id=answer.invitation_id,
            order_id=order_id,
            customer_id=answer.customer_id,
            store_id=answer.store_id,
            choice=answer.choice,
            comment=answer.comment,
            topics=tuple(answer.topics),
            state=answer.state,
            answered_at=answer.answered_at,
        )
        for answer, order_id in db.session.execute(query)
    ]
