"""The log of touches as the staff reads it: who touched which box, when, and why we think who it was."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from hub.core.db import db
from hub.core.paging import Page, decode_key, make_page
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.words import AnswerState, TouchLabel, TouchMethod, TouchReason

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class TouchFilters:
    """What the log shows; nothing given shows every touch of an invitation and every mangled link."""

    label: TouchLabel | None = None
    customer_id: int | None = None
    order_id: int | None = None
    answer_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class TouchRow:
    """One line. Ids are None for a link that names no invitation, `answer_state` for a touch that answers nothing."""

    id: int
    happened_at: datetime
    invitation_id: int | None
    order_id: int | None
    customer_id: int | None
    choice: str
    method: TouchMethod
    label: TouchLabel
    reason: TouchReason
    source_hash: str
    user_agent: str
    answer_id: int | None
    answer_state: AnswerState | None


def list_touches(filters: TouchFilters, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[TouchRow]:
    """Newest first, by keyset."""
    query = (
        select(Touch, Invitation.order_id, Invitation.customer_id, Answer.state)
        .outerjoin(Invitation, Invitation.id == Touch.invitation_id)
        .outerjoin(Answer, Answer.id == Touch.answer_id)
        .where(*_conditions(filters))
        .order_by(Touch.id.desc())
        .limit(size + 1)
    )
    if after:
        query = query.where(Touch.id < decode_key(after, int)[0])
    rows = [
        TouchRow(
            id=touch.id,
            happened_at=touch.happened_at or touch.touched_at,
            invitation_id=touch.invitation_id,
            order_id=order_id,
            customer_id=customer_id,
            choice=touch.choice,
            method=touch.method,
            label=touch.label,
            reason=touch.reason,
            source_hash=touch.source_hash,
            user_agent=touch.user_agent,
            answer_id=touch.answer_id,
            answer_state=answer_state,
        )
        for touch, order_id, customer_id, answer_state in db.session.execute(query)
    ]
    return make_page(rows, size=size, key=lambda row: [row.id])


def _conditions(filters: TouchFilters) -> list[ColumnElement[bool]]:
    """Links below mails fill the table and say nothing by themselves: they are shown when asked for."""
    found: list[ColumnElement[bool]] = [
        Touch.label == filters.label if filters.label else Touch.label != TouchLabel.FOOTER
    ]
    asked = select(Invitation.id)
    if filters.customer_id is not None:
        found.append(Touch.invitation_id.in_(asked.where(Invitation.customer_id == filters.customer_id)))
    if filters.order_id is not None:
        found.append(Touch.invitation_id.in_(asked.where(Invitation.order_id == filters.order_id)))
    if filters.answer_id is not None:
        of_answer = select(Answer.invitation_id).where(Answer.id == filters.answer_id)
        found.append(Touch.invitation_id.in_(of_answer))
    return found
