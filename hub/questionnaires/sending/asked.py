"""When customers were invited to questionnaires: whoever asks them something else waits a while."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.core.questions import Question, Rows
from hub.questionnaires.models import QuestionnaireInvitation
from hub.questionnaires.sending.rules import ASK_AGAIN


def ask_invited_moments(customer_ids: Iterable[int]) -> Question[dict[int, list[datetime]]]:
    """By customer; those who never were are missing."""
    invited = select(QuestionnaireInvitation.customer_id, QuestionnaireInvitation.created_at).where(
        among(QuestionnaireInvitation.customer_id, customer_ids)
    )

    def read(rows: Rows) -> dict[int, list[datetime]]:
        found: dict[int, list[datetime]] = {}
        for customer_id, moment in rows:
            found.setdefault(customer_id, []).append(moment)
        return found

    return Question((invited,), read)


def list_recently_invited(customer_ids: Iterable[int], *, now: datetime) -> set[int]:
    """Of these customers those invited to a questionnaire within the last 30 days."""
    found = select(QuestionnaireInvitation.customer_id).where(
        among(QuestionnaireInvitation.customer_id, customer_ids),
        QuestionnaireInvitation.created_at > now - ASK_AGAIN,
    )
    return set(db.session.scalars(found))
