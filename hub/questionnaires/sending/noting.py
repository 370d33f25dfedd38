"""What the outbox tells later of the letters: arrived, came back; and that a reminder has lost its point."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from hub.core.db import db
from hub.outbox import actions as outbox
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse
from hub.questionnaires.sending.letters import reminder_key


def note_delivered(invitation_id: int, *, at: datetime) -> None:
    """The first word counts."""
    asked = QuestionnaireInvitation
    _set(asked.id == invitation_id, asked.delivered_at.is_(None), delivered_at=at)


def note_bounced(invitation_id: int) -> None:
    """It had not arrived after all; but who has answered has read it, whatever a server says."""
    asked = QuestionnaireInvitation
    _set(asked.id == invitation_id, ~asked.has_answered, delivered_at=None)


def call_reminder_back(response_id: int, *, now: datetime) -> bool:
    """Who is known and has answered meanwhile is not reminded. Returns whether a reminder was still waiting."""
    answered = QuestionnaireResponse
    invitation_id = db.session.scalar(select(answered.invitation_id).where(answered.id == response_id))
    return invitation_id is not None and outbox.cancel(reminder_key(invitation_id), now=now)


def _set(*conditions: ColumnElement[bool], delivered_at: datetime | None) -> None:
    changed = update(QuestionnaireInvitation).where(*conditions).values(delivered_at=delivered_at)
    db.session.execute(changed.execution_options(synchronize_session=False))
