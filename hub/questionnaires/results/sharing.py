"""The report that is shared by a link: its address is given and taken back, and which comments strangers may read."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.words import Language
from hub.customers.models import Customer
from hub.questionnaires.models import Questionnaire, QuestionnaireResponse
from hub.questionnaires.results.gathering import Head, get_head
from hub.questionnaires.results.hiding import LEAST
from hub.questionnaires.results.models import QuestionnaireComment
from hub.questionnaires.results.naming import names_somebody

SEAL_BYTES = 16
LOOKED_AT, MOST_SHOWN = 300, 100
"""Of the latest comments so many are read, and at most so many shown."""
NAMES = (Customer.first_name, Customer.last_name, Customer.company)


@dataclass(frozen=True)
class SharedComment:
    """Words without store and day."""

    question_key: str
    text: str
    language: Language


def share_report(questionnaire_id: int, *, has_comments: bool, by: Actor, now: datetime) -> str:
    """Returns the seal of the address, a new one when the report was not shared. Raises NotFound before the first version."""
    row = _get(questionnaire_id)
    if row.report_seal is None:
        row.report_seal = secrets.token_urlsafe(SEAL_BYTES)
    row.report_has_comments = has_comments
    note_change(
        "report_shared",
        subject_kind="questionnaire",
        subject_id=row.id,
        by=by,
        now=now,
        comments=has_comments,
    )
    return row.report_seal


def end_sharing(questionnaire_id: int, *, by: Actor, now: datetime) -> None:
    """The address is dead; whoever shares again gets another one."""
    row = _get(questionnaire_id)
    if row.report_seal is not None:
        row.report_seal, row.report_has_comments = None, False
        note_change("report_ended", subject_kind="questionnaire", subject_id=row.id, by=by, now=now)


def _get(questionnaire_id: int) -> Questionnaire:
    head = get_head(questionnaire_id)
    return db.session.get_one(Questionnaire, head.id, with_for_update=True)


def list_shared_comments(head: Head) -> list[SharedComment]:
    """The latest, without those that name somebody; none where the report leaves them out, or fewer than five people wrote."""
    if not head.report_has_comments:
        return []
    rows = db.session.execute(
        select(QuestionnaireComment, QuestionnaireResponse.words.label("told"), *NAMES)
        .join(QuestionnaireResponse, QuestionnaireResponse.id == QuestionnaireComment.response_id)
        .outerjoin(Customer, Customer.id == QuestionnaireResponse.customer_id)
        .where(QuestionnaireComment.questionnaire_id == head.id)
        .order_by(QuestionnaireComment.id.desc())
        .limit(LOOKED_AT)
    ).all()
    if len({row.QuestionnaireComment.response_id for row in rows}) < LEAST:
        return []
    return list(_shown(rows))[:MOST_SHOWN]


def _shown(rows: Iterable[Any]) -> Iterator[SharedComment]:
    for comment, told, *known in rows:
        if not names_somebody(comment.text, [*_told(told), *filter(None, known)]):
            yield SharedComment(comment.question_key, comment.text, comment.language)


def _told(words: Mapping[str, Any]) -> Iterator[str]:
    """The names that were given in the same response to be called back."""
    for contact in words.values():
        if isinstance(contact, dict):
            yield from (str(contact.get(name) or "") for name in ("first_name", "last_name"))
