"""Invitations and answers as other systems read them: newest first, by keyset, within the stores a key may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.surveys.models import Answer, Invitation
from hub.surveys.words import AnswerState, Choice, InvitationState

NO_INVITATION = N_("No invitation has this number. Please check it.")
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for; nothing given is everything. `store_ids` are those the reader may see, None all."""

    store_ids: Collection[int] | None = None
    customer_id: int | None = None
    order_id: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ToldAnswer:
    """An answer that counts."""

    id: int
    invitation_id: int
    order_id: int
    customer_id: int
    store_id: int
    choice: Choice
    comment: str
    topics: tuple[str, ...]
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class ToldInvitation:
    """`accepted_at` is when the mail left; None: it has not."""

    id: int
    order_id: int
    customer_id: int
    store_id: int
    state: InvitationState
    created_at: datetime
    accepted_at: datetime | None
    expires_at: datetime
    answer: ToldAnswer | None


def page_invitations(asked: Asked, *, after: str | None, size: int) -> Page[ToldInvitation]:
    """`since` is when they were made. Raises Invalid for a mangled page key."""
    conditions = _conditions(Invitation, asked)
    if asked.since is not None:
        conditions.append(Invitation.created_at >= asked.since)
    if after:
        conditions.append(Invitation.id < _read_key(after))
    return make_page(_invitations(conditions, size + 1), size=size, key=lambda row: [row.id])


def get_invitation(invitation_id: int, *, store_ids: Collection[int] | None) -> ToldInvitation:
    """Raises NotFound, also for one of a store that the reader may not see."""
    conditions = [*_conditions(Invitation, Asked(store_ids=store_ids)), Invitation.id == invitation_id]
    found = _invitations(conditions, 1)
    if not found:
        raise NotFound(NO_INVITATION)
    return found[0]


def find_invitation(order_id: int) -> ToldInvitation | None:
    return next(iter(_invitations([Invitation.order_id == order_id], 1)), None)


def page_answers(asked: Asked, *, after: str | None, size: int) -> Page[ToldAnswer]:
    """Those that count now. `since` is when they were given. Raises Invalid for a mangled page key."""
    conditions = [*_conditions(Answer, asked), Answer.state == AnswerState.CONFIRMED]
    if asked.order_id is not None:
        conditions.append(Invitation.order_id == asked.order_id)
    if asked.since is not None:
        conditions.append(Answer.answered_at >= asked.since)
    if after:
        conditions.append(Answer.id < _read_key(after))
    rows = db.session.execute(
        select(Answer, Invitation.order_id)
        .join(Invitation, Invitation.id == Answer.invitation_id)
        .where(*conditions)
        .order_by(Answer.id.desc())
        .limit(size + 1)
    )
    told = [_answer(answer, order_id) for answer, order_id in rows]
    return make_page(told, size=size, key=lambda row: [row.id])


def _conditions(model: type[Invitation] | type[Answer], asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.store_ids is not None:
        found.append(model.store_id.in_(asked.store_ids))
    if asked.customer_id is not None:
        found.append(model.customer_id == asked.customer_id)
    if asked.order_id is not None and model is Invitation:
        found.append(Invitation.order_id == asked.order_id)
    return found


def _invitations(conditions: Sequence[ColumnElement[bool]], count: int) -> list[ToldInvitation]:
    rows = db.session.execute(
        select(Invitation, Answer)
        .outerjoin(Answer, (Answer.invitation_id == Invitation.id) & (Answer.state == AnswerState.CONFIRMED))
        .where(*conditions)
        .order_by(Invitation.id.desc())
        .limit(count)
    )
    return [
        ToldInvitation(
            id=row.id,
            order_id=row.order_id,
            customer_id=row.customer_id,
            store_id=row.store_id,
            state=row.state,
            created_at=row.created_at,
            accepted_at=row.accepted_at,
            expires_at=row.expires_at,
            answer=_answer(answer, row.order_id) if answer else None,
        )
        for row, answer in rows
    ]


def _answer(row: Answer, order_id: int) -> ToldAnswer:
    return ToldAnswer(
        id=row.id,
        invitation_id=row.invitation_id,
        order_id=order_id,
        customer_id=row.customer_id,
        store_id=row.store_id,
        choice=row.choice,
        comment=row.comment,
        topics=tuple(row.topics),
        answered_at=row.answered_at,
    )


def _read_key(after: str) -> int:
    match decode_key(after):
        case [int() as row_id]:
            return row_id
        case _:
            raise Invalid(BAD_PAGE)
